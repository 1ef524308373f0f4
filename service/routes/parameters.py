"""The parameters of a request: query, headers and path, each checked by a pydantic model."""

from functools import cache
from typing import Any

from pydantic import BaseModel


class ParameterModel(BaseModel):
    """Parameters of a request."""

    @classmethod
    def model_json_schema(cls, *args: Any, **options: Any) -> dict[str, Any]:
        """Give the JSON Schema; pydantic would make it anew each time, and flask-openapi asks on every request."""
        return super().model_json_schema(*args, **options) if args or options else _plain_schema(cls)


@cache
def _plain_schema(model: type[ParameterModel]) -> dict[str, Any]:
    return super(ParameterModel, model).model_json_schema()
