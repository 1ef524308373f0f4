"""Every call of Gmail and Calendar: route, token, scope, parameters and body are checked before anything acts."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from service.local.google import calendar, gmail
from service.local.google.discovery import METHODS, ROUTES, Method
from service.local.google.errors import APIError
from service.local.google.faults import answer_before, google_error, spoil
from service.local.google.fields import InvalidFields, Mask, apply_mask, check_mask, parse_mask
from service.local.google.nulls import without_nulls
from service.local.google.state import AccessToken
from service.local.google.uploads import read_upload
from service.local.google.wiring import stand_in

blueprint = Blueprint("api", __name__)

Handler = Callable[[AccessToken, dict[str, Any], dict[str, Any]], dict[str, Any]]
_HANDLERS: dict[str, Handler] = {**gmail.HANDLERS, **calendar.HANDLERS}
_INTEGERS = re.compile(r"-?\d+")
_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


@blueprint.route("/gmail/v1/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@blueprint.route("/upload/gmail/v1/<path:_>", methods=["POST", "PUT"])
@blueprint.route("/calendar/v3/<path:_>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def call(_: str) -> Response:
    """Answer one API call."""
    try:
        endpoint, path_values = ROUTES.bind("").match(request.path, request.method)
    except HTTPException:
        return google_error(404, "notFound", "Not Found", status="NOT_FOUND")
    fault = answer_before(stand_in().faults)
    if fault is not None:
        return fault
    method = METHODS[endpoint]
    try:
        token = _token(method)
        parameters = {**path_values, **_parameters(method)}
        body = _body(method)
        mask = _mask(method)
        handler = _HANDLERS.get(endpoint)
        if handler is None:
            raise APIError(501, "notImplemented", f"{endpoint} is not imitated.", "UNIMPLEMENTED")
        with stand_in().google.lock:
            result = handler(token, parameters, body)
    except APIError as error:
        return error.response()
    answer = Response(json.dumps(apply_mask(result, mask)), 200, content_type="application/json; charset=UTF-8")
    stand_in().watch.note(request.path, answer.get_data(as_text=True))
    if "etag" in result:
        answer.headers["ETag"] = result["etag"]
    return spoil(stand_in().faults, answer)


def _token(method: Method) -> AccessToken:
    if "Authorization" not in request.headers:
        raise APIError(401, "required", "Login Required.", "UNAUTHENTICATED")
    scheme, _, given = request.headers["Authorization"].partition(" ")
    token = stand_in().google.access_tokens.get(given)
    if scheme.lower() != "bearer" or token is None or token.expires_at <= time.time():
        raise APIError(401, "authError", "Invalid Credentials", "UNAUTHENTICATED")
    if method.scopes and not method.scopes & token.scopes:
        raise APIError(
            403, "insufficientPermissions", "Request had insufficient authentication scopes.", "PERMISSION_DENIED",
            details=[{"@type": _INFO, "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com"}],
        )  # fmt: skip
    return token


def _mask(method: Method) -> Mask:
    if "fields" not in request.args:
        return {}
    try:
        mask = parse_mask(request.args["fields"])
        check_mask(mask, method.answer, method.schemas)
    except InvalidFields:
        raise APIError(400, "invalidParameter", "Invalid field selection") from None
    return mask


def _parameters(method: Method) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in request.args:
        described = method.parameters.get(name)
        if name == "uploadType" and request.path.startswith("/upload/"):
            continue
        if described is None or described.get("location") == "path":
            raise APIError(400, "badRequest", f'Invalid JSON payload received. Unknown name "{name}".')
        given = [_typed(name, each, described) for each in request.args.getlist(name)]
        values[name] = given if described.get("repeated") else given[-1]
    for name, described in method.parameters.items():
        if described.get("required") and described.get("location") == "query" and name not in values:
            raise APIError(400, "required", f"Required parameter: {name}")
    return values


def _typed(name: str, text: str, described: dict[str, Any]) -> Any:
    wrong = APIError(400, "invalidParameter", f"Invalid value at '{name}'.")
    if "enum" in described and text not in described["enum"]:
        raise wrong
    match described.get("type"):
        case "integer":
            if not _INTEGERS.fullmatch(text):
                raise wrong
            number = int(text)
            if not int(described.get("minimum", number)) <= number <= int(described.get("maximum", number)):
                raise wrong
            return number
        case "boolean":
            if text not in ("true", "false", "True", "False"):
                raise wrong
            return text.lower() == "true"
    return text


def _body(method: Method) -> dict[str, Any]:
    if method.body is None:
        return {}
    if request.path.startswith("/upload/"):
        metadata, media = read_upload()
        return {**_checked(method, metadata), "media": media}
    body = request.get_json(force=True, silent=True)
    # In a patch, null removes.
    return _checked(method, body) if request.method == "PATCH" else without_nulls(_checked(method, body))


def _checked(method: Method, body: object) -> dict[str, Any]:
    if method.body is None or not isinstance(body, dict):
        raise APIError(400, "parseError", "This API does not support parsing form-encoded input.")
    problem = next(method.body.iter_errors(body), None)
    if problem is not None:
        place = ".".join(str(part) for part in problem.absolute_path)
        # What the schema says, never the value: the value may be somebody's message.
        raise APIError(400, "badRequest", f"Invalid JSON payload received at '{place}': {problem.validator}.")
    return body
