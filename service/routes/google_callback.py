"""GET /v1/google/callback: the browser comes back from Google. A page for a browser, not for a program."""

from flask import Response, request
from flask_openapi import APIBlueprint

from service.domain import connecting
from service.domain.connecting import CallbackParameters, StateRefused
from service.routes.documentation import CONNECTION_TAG
from service.routes.wiring import adapters

blueprint = APIBlueprint("google_callback", __name__, abp_tags=[CONNECTION_TAG])

_MESSAGES = {
    "state_unknown": "This link does not belong to a connection that is under way.",
    "state_used": "This link was used before.",
    "state_expired": "This link is older than 30 minutes.",
}


@blueprint.get(
    "/v1/google/callback",
    summary="Where Google sends the browser back to",
    responses={303: None, 400: None, 503: None},
)
def receive_callback() -> Response:
    """Sends the browser to the frontend with `#google_completion=` or `#google_error=`; stores no token."""
    answer = connecting.receive_callback(
        CallbackParameters(
            state=request.args.get("state"),
            code=request.args.get("code"),
            iss=request.args.get("iss"),
            error=request.args.get("error"),
        ),
        database=adapters().database,
        sealer=adapters().sealer,
        oauth=adapters().google_oauth,
    )
    if isinstance(answer, StateRefused):
        return Response(_page(answer.reason), 400, mimetype="text/html")
    # Without a body: flask's own redirect page would repeat the address, completion and all.
    return Response(status=303, headers={"Location": answer.url})


def _page(reason: str) -> str:
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Not connected</title>"
        f"<h1>Not connected</h1><p>{_MESSAGES[reason]} Nothing was changed."
        " Go back to CxTrack and start connecting again.</p>"
        f"<p><small>{reason}</small></p></html>"
    )
