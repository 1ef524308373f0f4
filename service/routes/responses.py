"""The one way out for JSON: a pydantic model, checked once more, serialised as the OpenAPI document says."""

from collections.abc import Mapping

from flask import Response
from pydantic import BaseModel, ConfigDict


class ResponseModel(BaseModel):
    """A body that goes out. If it should ever not fit its own schema, the log says which field, not what was in it."""

    model_config = ConfigDict(hide_input_in_errors=True)


def respond(body: ResponseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Turn a model into a response.

    Raises:
        pydantic.ValidationError: the model was changed after it was made and no longer fits its own schema.
    """
    checked = type(body).model_validate(body.model_dump(by_alias=True), by_alias=True)
    return Response(
        checked.model_dump_json(by_alias=True), status, headers=dict(headers or {}), mimetype="application/json"
    )
