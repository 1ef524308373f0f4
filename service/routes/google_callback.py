"""GET /v1/google/callback: the browser comes back from Google. A page for a browser, not for a program."""

from flask import Response, request
from flask_openapi import APIBlueprint

from service.domain import connecting
from service.domain.connecting import CallbackParameters, StateRefused
from service.errors import MethodNotAllowed
from service.routes.documentation import CONNECTION_TAG
from service.routes.wiring import adapters

blueprint = APIBlueprint("google_callback", __name__, abp_tags=[CONNECTION_TAG])

PATH = "/v1/google/callback"
_PARAMETERS = ("state", "code", "iss", "error")
_MESSAGES = {
    "state_unknown": "This link does not belong to a connection that is under way.",
    "state_used": "This link was used before.",
    "state_expired": "This link is older than 30 minutes.",
    "parameters_repeated": "This link was altered on its way.",
}


@blueprint.get(
    PATH,
    summary="Where Google sends the browser back to",
    responses={303: None, 400: None, 429: None, 503: None},
)
def receive_callback() -> Response:
    """Sends the browser to the frontend with `#google_completion=` or `#google_error=`; stores no token."""
    if request.method != "GET":
        # Link scanners ask with HEAD, which flask adds to every GET: it must not use up somebody's state.
        raise MethodNotAllowed
    if any(len(request.args.getlist(name)) > 1 for name in _PARAMETERS):
        # Parameters must not be repeated (RFC 6749, section 3.1): one of the two would be somebody else's.
        return _refused("parameters_repeated")
    answer = connecting.receive_callback(
        CallbackParameters(**{name: request.args.get(name) for name in _PARAMETERS}),
        database=adapters().database,
        sealer=adapters().sealer,
        oauth=adapters().google_oauth,
    )
    if isinstance(answer, StateRefused):
        return _refused(answer.reason)
    # Without a body: flask's own redirect page would repeat the address, completion and all.
    return Response(status=303, headers={"Location": answer.url})


def wait_page(seconds: int) -> Response:
    """Show a browser that it came too often, and for how many seconds it has to wait."""
    page = _page("Too many requests from this network. Wait a minute and reload this page.", "rate_limited")
    return Response(page, 429, headers={"Retry-After": str(seconds)}, mimetype="text/html")


def _refused(reason: str) -> Response:
    again = "Nothing was changed. Go back to CxTrack and start connecting again."
    return Response(_page(f"{_MESSAGES[reason]} {again}", reason), 400, mimetype="text/html")


def _page(text: str, reason: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Not connected</title>"
        f"<h1>Not connected</h1><p>{text}</p><p><small>{reason}</small></p></html>"
    )
