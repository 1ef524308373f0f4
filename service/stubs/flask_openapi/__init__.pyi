# Types of the parts of flask-openapi that are used here; the library's own leave its decorators untyped.
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Blueprint, Flask, Response
from pydantic import BaseModel, ValidationError

_View = TypeVar("_View", bound=Callable[..., Response])
_Responses = Mapping[int, Any]

class _Operations:
    def get(self, rule: str, *, summary: str, responses: _Responses, **options: Any) -> Callable[[_View], _View]: ...
    def post(self, rule: str, *, summary: str, responses: _Responses, **options: Any) -> Callable[[_View], _View]: ...
    def patch(self, rule: str, *, summary: str, responses: _Responses, **options: Any) -> Callable[[_View], _View]: ...
    def delete(self, rule: str, *, summary: str, responses: _Responses, **options: Any) -> Callable[[_View], _View]: ...

class APIBlueprint(_Operations, Blueprint):  # type: ignore[misc]
    abp_security: list[dict[str, list[str]]]
    def __init__(
        self,
        name: str,
        import_name: str,
        *,
        abp_tags: Sequence[Mapping[str, str]] | None = None,
        abp_security: list[dict[str, list[str]]] | None = None,
    ) -> None: ...

class OpenAPI(_Operations, Flask):  # type: ignore[misc]
    openapi_version: str
    def __init__(
        self,
        import_name: str,
        *,
        info: Mapping[str, str],
        security_schemes: Mapping[str, Mapping[str, str]],
        servers: Sequence[Mapping[str, str]],
        validation_error_model: type[BaseModel],
        validation_error_callback: Callable[[ValidationError], Response],
        doc_ui: bool,
        static_folder: str | None,
    ) -> None: ...
    @property
    def api_doc(self) -> dict[str, Any]: ...
    def register_api(self, api: APIBlueprint) -> None: ...
