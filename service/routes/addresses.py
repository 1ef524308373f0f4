"""E-mail addresses that come in, in the form in which they go into a header."""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from service.routes.texts import plain_line


def ascii_address(value: str) -> str:
    """Give an address in the form that goes into a header: international domains as punycode (RFC 5891)."""
    try:
        checked = validate_email(value, check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("not an e-mail address") from None
    if checked.ascii_email is None:
        raise ValueError("Gmail does not take addresses with characters other than ASCII before the @")
    return checked.ascii_email


EmailAddress = Annotated[
    str, AfterValidator(ascii_address), WithJsonSchema({"type": "string", "format": "email", "maxLength": 320})
]


class NamedAddress(BaseModel):
    """An address with the name that is shown beside it."""

    model_config = ConfigDict(extra="forbid")

    address: EmailAddress = Field(examples=["grace@example.com"])
    name: Annotated[str, AfterValidator(plain_line)] = Field(max_length=200, strict=True, examples=["Grace Hopper"])
