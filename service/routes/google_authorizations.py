"""POST /v1/google/authorizations: start connecting a Google account."""

from flask_openapi import APIBlueprint

from service.domain import connecting
from service.domain.refusals import ReturnToNotAllowed
from service.routes.authentication import authenticated
from service.routes.documentation import BEARER, CONNECTION_TAG
from service.routes.error_documentation import SIGNED_IN, STARTING, WITH_BODY, errors
from service.routes.google_models import AuthorizationRequest, AuthorizationStarted
from service.routes.responses import respond
from service.routes.wiring import adapters, settings

blueprint = APIBlueprint("google_authorizations", __name__, abp_tags=[CONNECTION_TAG], abp_security=BEARER)


@blueprint.post(
    "/v1/google/authorizations",
    summary="Start connecting a Google account",
    responses={
        201: AuthorizationStarted,
        **errors(*SIGNED_IN, *WITH_BODY, *STARTING, ReturnToNotAllowed),
    },
)
def start_authorization(body: AuthorizationRequest):
    """Answers Google's consent address for this user; send the browser there."""
    principal = authenticated()
    if body.return_to not in settings().app_return_urls:
        raise ReturnToNotAllowed
    started = connecting.start(
        principal,
        body.return_to,
        database=adapters().database,
        sealer=adapters().sealer,
        oauth=adapters().google_oauth,
    )
    return respond(
        AuthorizationStarted(authorization_url=started.authorization_url, expires_at=started.expires_at), 201
    )
