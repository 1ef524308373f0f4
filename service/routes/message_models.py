"""The body of a mail to send: what Gmail would refuse or misread is refused here, naming the field."""

import base64
import binascii
import re
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from service.domain.messages import Attachment, Message, Recipient
from service.errors import FieldError
from service.routes.addresses import EmailAddress, NamedAddress, ascii_address
from service.routes.texts import plain_line, plain_text

# Lists have default factories: a default in the document would make generated clients ask for the field.
MOST_RECIPIENTS = 100
_LARGEST_TEXT = 1_000_000
# RFC 6838, section 4.2: a type and a subtype, and no parameters. Messages and multiparts are no files.
_MEDIA_TYPE = re.compile(r"[a-z][a-z0-9]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", re.IGNORECASE)
_NO_FILES = ("message/", "multipart/")
_CONTENT_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
GMAIL_ID = r"^[0-9a-f]{1,16}$"


def _media_type(value: str) -> str:
    if not _MEDIA_TYPE.fullmatch(value) or value.lower().startswith(_NO_FILES):
        raise ValueError("not a media type of a file, such as application/pdf")
    return value.lower()


def _image_type(value: str) -> str:
    if not _media_type(value).startswith("image/"):
        raise ValueError("not a media type of an image, such as image/png")
    return value.lower()


def _file_name(value: str) -> str:
    if "/" in value or "\\" in value:
        raise ValueError("a file name has no slashes")
    return plain_line(value)


def _decoded(value: object) -> bytes:
    if not isinstance(value, str):
        raise ValueError("has to be base64 text")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64 (RFC 4648, section 4)") from None


def _named(value: object) -> object:
    # Checked here, so that the error names this entry and no field within it.
    return {"address": ascii_address(value), "name": ""} if isinstance(value, str) else value


Base64 = Annotated[
    bytes,
    BeforeValidator(_decoded),
    WithJsonSchema({"type": "string", "contentEncoding": "base64", "examples": ["SGVsbG8="]}),
]
# Just an address, or an address with a name.
To = Annotated[
    NamedAddress,
    BeforeValidator(_named),
    WithJsonSchema({"anyOf": [
        {"type": "string", "format": "email", "maxLength": 320},
        {
            "type": "object", "additionalProperties": False, "required": ["address", "name"],
            "properties": {
                "address": {"type": "string", "format": "email", "maxLength": 320},
                "name": {"type": "string", "maxLength": 200},
            },
        },
    ]}),
]  # fmt: skip
Recipients = Annotated[list[To], Field(max_length=MOST_RECIPIENTS)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AttachmentInput(_Body):
    """A file."""

    filename: Annotated[str, AfterValidator(_file_name)] = Field(
        min_length=1, max_length=255, strict=True, examples=["Größe.pdf"]
    )
    content_type: Annotated[str, AfterValidator(_media_type)] = Field(max_length=200, examples=["application/pdf"])
    content: Base64


class InlineImageInput(_Body):
    """A picture within the HTML, which shows it with `<img src="cid:CONTENT_ID">`."""

    content_id: str = Field(pattern=_CONTENT_ID, strict=True, examples=["logo"])
    content_type: Annotated[str, AfterValidator(_image_type)] = Field(max_length=200, examples=["image/png"])
    content: Base64


class MessageRequest(_Body):
    """A mail as the user wrote it. At most 100 recipients in all, and 25 MB when written out as MIME."""

    to: Recipients = Field(default_factory=list[NamedAddress], examples=[["grace@example.com"]])
    cc: Recipients = Field(
        default_factory=list[NamedAddress], examples=[[{"address": "ada@example.com", "name": "Ada Lovelace"}]]
    )
    bcc: Recipients = Field(default_factory=list[NamedAddress], examples=[[]])
    subject: Annotated[str, AfterValidator(plain_line)] = Field(max_length=998, examples=["Tuesday"], strict=True)
    text: Annotated[str, AfterValidator(plain_text)] | None = Field(
        default=None, max_length=_LARGEST_TEXT, examples=["Shall we say ten o'clock?"], strict=True
    )
    html: Annotated[str, AfterValidator(plain_text)] | None = Field(
        default=None, max_length=_LARGEST_TEXT, examples=["<p>Shall we say <b>ten</b> o'clock?</p>"], strict=True
    )
    attachments: list[AttachmentInput] = Field(default_factory=list[AttachmentInput], max_length=50, examples=[[]])
    inline_images: list[InlineImageInput] = Field(default_factory=list[InlineImageInput], max_length=50, examples=[[]])
    from_address: EmailAddress | None = Field(
        default=None, alias="from", description="An alias that Gmail lets the account send as; by default its own.",
        examples=[None],
    )  # fmt: skip
    thread_id: str | None = Field(
        default=None, pattern=GMAIL_ID, strict=True, examples=[None],
        description="Reply in this thread, to its last message. Keep the subject, else Gmail begins a new thread.",
    )  # fmt: skip
    workspace_id: UUID | None = Field(
        default=None, examples=[None],
        description="Whose contacts the recipients are looked up among; by default those of all the user's workspaces.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _is_whole(self) -> "MessageRequest":
        count = len(self.to) + len(self.cc) + len(self.bcc)
        if not count:
            raise FieldError("to", "to, cc or bcc has to name somebody")
        if count > MOST_RECIPIENTS:
            raise FieldError("to", f"to, cc and bcc name more than {MOST_RECIPIENTS} recipients")
        if self.text is None and self.html is None:
            raise FieldError("text", "text or html has to be there")
        if self.inline_images and self.html is None:
            raise FieldError("inline_images", "need html that shows them")
        if len({each.content_id for each in self.inline_images}) < len(self.inline_images):
            raise FieldError("inline_images", "a content_id stands there twice")
        return self

    def message(self) -> Message:
        """Give the mail to the domain."""
        return Message(
            to=_recipients(self.to),
            cc=_recipients(self.cc),
            bcc=_recipients(self.bcc),
            subject=self.subject,
            text=self.text,
            html=self.html,
            attachments=tuple(Attachment(each.filename, each.content_type, each.content) for each in self.attachments),
            inline_images=tuple(
                Attachment(None, each.content_type, each.content, each.content_id) for each in self.inline_images
            ),
            from_address=self.from_address,
            thread_id=self.thread_id,
            workspace_id=self.workspace_id,
        )


def _recipients(given: list[NamedAddress]) -> tuple[Recipient, ...]:
    return tuple(Recipient(each.address, each.name or None) for each in given)
