"""What the OpenAPI document says beside the routes themselves: errors, the security scheme, the version."""

from typing import Any

from flask_openapi import OpenAPI
from pydantic import BaseModel, Field

# The newest version that code generators and validators take.
OPENAPI_VERSION = "3.1.0"
CONNECTION_TAG = {"name": "Google connection", "description": "Connect, see, disconnect."}
GMAIL_TAG = {
    "name": "Gmail",
    "description": "Send what the user wrote here; mark as read, move to the trash.",
}
CALENDAR_TAG = {"name": "Calendar", "description": "Show, create and change events; nothing is kept."}
HEALTH_TAG = {"name": "Health", "description": "For load balancers and operators."}
BEARER: list[dict[str, list[str]]] = [{"supabase": []}]
SECURITY_SCHEMES = {
    "supabase": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The user's access token from Supabase Auth.",
    }
}
DESCRIPTION = (
    "Connects a user's Google account and acts for that user in Gmail and Calendar. Every error has the same body; "
    "branch on `error_code`, not on the text. Quote `X-Request-ID` when you report a problem."
)


class ErrorBody(BaseModel):
    """The body of every error."""

    error_code: str = Field(description="Stable; made for programs.", examples=["not_connected"])
    message: str = Field(description="For people; may change.", examples=["No Google account is connected."])
    # A plain dict or list of plain values, depending on error_code.
    details: Any = Field(default=None, description="What belongs to this error_code: fields, seconds, a scope.")


# gunicorn's own words. Without content, so that generated clients do not take it for an error of ours.
_TOO_LONG = {"description": "The address is too long. Answered by the HTTP server, with a page and no JSON."}


def openapi_document(app: OpenAPI) -> dict[str, Any]:
    """Build the document and correct what flask-openapi adds by itself.

    It promises 422 with a list on every operation, also on those that take no input; ours is ErrorBody and is declared
    by the operations that have it. What the HTTP server refuses by itself is added.
    """
    document = app.api_doc
    for path_item in document["paths"].values():
        for operation in path_item.values():
            content = operation["responses"].get("422", {}).get("content", {})
            if content.get("application/json", {}).get("schema", {}).get("type") == "array":
                del operation["responses"]["422"]
            if any(each["in"] in ("path", "query") for each in operation.get("parameters", [])):
                operation["responses"]["414"] = _TOO_LONG
    return document
