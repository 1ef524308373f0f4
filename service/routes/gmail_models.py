"""Bodies of what became of a send, and of the status of messages."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from service.errors import FieldError
from service.routes.google_calls import PreferHeaders
from service.routes.message_models import GMAIL_ID
from service.routes.parameters import ParameterModel
from service.routes.responses import ResponseModel

_ID = "18c2f0a1b2c3d4e5"
_KEY = "6f1c2f0e-7c55-4a3a-9d3c-0d9a7f0f5b11"


class MessageSent(ResponseModel):
    """Gmail's ids of the message sent."""

    message_id: str = Field(examples=[_ID])
    thread_id: str = Field(examples=[_ID])


class SendHeaders(PreferHeaders):
    """The key that makes a send happen at most once. Checked by the route, which answers 400 if it is missing."""

    idempotency_key: str | None = Field(
        default=None, alias="Idempotency-Key", description="A UUID, new for each message.", examples=[_KEY],
    )  # fmt: skip


class SendPath(ParameterModel):
    """The Idempotency-Key of a send."""

    key: UUID = Field(examples=[_KEY])


class SendBody(ResponseModel):
    """What became of a send. `failed` is certainly not sent; `unknown` is never sent again by itself."""

    key: UUID = Field(examples=[_KEY])
    state: Literal["sending", "sent", "failed", "unknown"]
    message_id: str | None = Field(examples=[_ID])
    thread_id: str | None = Field(examples=[_ID])
    reason: str | None = Field(description="Why it failed, in a word of Google's or of ours.", examples=[None])
    created_at: datetime
    finished_at: datetime | None


class MessagePath(ParameterModel):
    """Gmail's id of a message."""

    id: str = Field(pattern=GMAIL_ID, examples=[_ID])


class ThreadPath(ParameterModel):
    """Gmail's id of a thread."""

    id: str = Field(pattern=GMAIL_ID, examples=[_ID])


class StatusRequest(BaseModel):
    """What to change; what is left out stays as it is. Nothing is ever deleted for good."""

    model_config = ConfigDict(extra="forbid")

    is_read: bool | None = Field(default=None, strict=True, examples=[True])
    is_trashed: bool | None = Field(default=None, strict=True, examples=[None])

    @model_validator(mode="after")
    def _changes_something(self) -> "StatusRequest":
        if self.is_read is None and self.is_trashed is None:
            raise FieldError("is_read", "is_read or is_trashed has to be given")
        return self


class MessageStatusBody(ResponseModel):
    """A message as far as its labels and its date tell. Its text is never asked for."""

    id: str = Field(examples=[_ID])
    thread_id: str = Field(examples=[_ID])
    is_read: bool
    is_trashed: bool
    is_sent: bool = Field(description="Whether the user sent it.")
    date: datetime | None = Field(description="When it was received or sent; null if Gmail did not say.")


class ThreadStatusBody(ResponseModel):
    """The messages of a thread, oldest first."""

    id: str = Field(examples=[_ID])
    messages: list[MessageStatusBody]
