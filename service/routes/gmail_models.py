"""Bodies of sending a mail."""

import re
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.routes.responses import ResponseModel

# CR, LF or NUL in a header would let the text of one field become another field; email.policy builds no header of
# anything that str.splitlines splits, which is more: U+0085, U+2028 and U+2029.
_CONTROL_CHARACTERS = re.compile("[\\x00-\\x1f\\x7f\\x85\\u2028\\u2029]")


def _without_control_characters(value: str) -> str:
    if _CONTROL_CHARACTERS.search(value):
        raise ValueError("control characters and line separators are not allowed")
    return value


def _address(value: str) -> str:
    """Give an address in the form that goes into a header: international domains as punycode (RFC 5891)."""
    try:
        checked = validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("not an e-mail address") from None
    if checked.ascii_email is None:
        raise ValueError("only ASCII characters can stand before the @")
    return checked.ascii_email


Recipient = Annotated[str, AfterValidator(_address)]


class MessageRequest(BaseModel):
    """A plain mail as the user wrote it."""

    model_config = ConfigDict(extra="forbid")

    to: list[Recipient] = Field(min_length=1, max_length=100, examples=[["grace@example.com"]])
    subject: Annotated[str, AfterValidator(_without_control_characters)] = Field(
        max_length=998, examples=["Tuesday"], strict=True
    )
    text: str = Field(max_length=1_000_000, examples=["Shall we say ten o'clock?"], strict=True)


class MessageSent(ResponseModel):
    """Gmail's ids of the message sent."""

    message_id: str = Field(examples=["18c2f0a1b2c3d4e5"])
    thread_id: str = Field(examples=["18c2f0a1b2c3d4e5"])


class SendHeaders(BaseModel):
    """The key that makes a send happen at most once. Checked by the route, which answers 400 if it is missing."""

    idempotency_key: str | None = Field(
        default=None, alias="Idempotency-Key", description="A UUID, new for each message.",
        examples=["6f1c2f0e-7c55-4a3a-9d3c-0d9a7f0f5b11"],
    )  # fmt: skip
