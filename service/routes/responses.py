"""The one way out for JSON: a pydantic model, checked as it is made, serialised as the OpenAPI document says."""

from collections.abc import Mapping

from flask import Response
from pydantic import BaseModel, ConfigDict


class ResponseModel(BaseModel):
    """A body that goes out. If it should ever not fit its own schema, the log says which field, not what was in it."""

    # Frozen: a body that has been checked stays as it was checked.
    model_config = ConfigDict(hide_input_in_errors=True, frozen=True, from_attributes=True)


def respond(body: ResponseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Turn a model, which was checked when it was made, into a response."""
    return Response(
        body.model_dump_json(by_alias=True), status, headers=dict(headers or {}), mimetype="application/json"
    )
