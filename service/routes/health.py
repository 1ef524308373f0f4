"""GET /healthz and /readyz, for load balancers and operators."""

from flask import Response
from flask_openapi import APIBlueprint
from pydantic import Field

from service.routes.documentation import HEALTH_TAG
from service.routes.responses import ResponseModel, respond
from service.routes.wiring import adapters

blueprint = APIBlueprint("health", __name__, abp_tags=[HEALTH_TAG])


class Health(ResponseModel):
    """The process runs."""

    is_alive: bool


class Readiness(ResponseModel):
    """Whether everything answers that a request needs."""

    is_ready: bool
    parts: dict[str, bool] = Field(examples=[{"jwks": True, "postgrest": True}])


@blueprint.get("/healthz", summary="Is the process alive?", responses={200: Health})
def show_health() -> Response:
    """Answers without asking anybody: restart the process if this does not."""
    return respond(Health(is_alive=True))


@blueprint.get("/readyz", summary="Can requests be served?", responses={200: Readiness, 503: Readiness})
def show_readiness() -> Response:
    """Asks PostgREST and Auth's keys: send no requests here while this is 503."""
    parts = {name: is_ready() for name, is_ready in adapters().readiness.items()}
    return respond(Readiness(is_ready=all(parts.values()), parts=parts), 200 if all(parts.values()) else 503)
