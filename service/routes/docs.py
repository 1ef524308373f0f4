"""GET /openapi.json, and /docs: Swagger UI from installed files, without other hosts and without inline scripts."""

from importlib.resources import files

from flask import Blueprint, Response, current_app, json
from flask_openapi import OpenAPI

from service.errors import NotFound
from service.routes.documentation import openapi_document

blueprint = Blueprint("docs", __name__)

_ASSETS = {
    "swagger-ui.css": ("css/swagger-ui.css", "text/css"),
    "swagger-ui-bundle.js": ("js/swagger-ui-bundle.js", "text/javascript"),
}
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>CxTrack Google service</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<noscript>This page needs JavaScript; the document itself is <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = """SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
});
"""
# Swagger UI's style sheet holds its icons as data: addresses.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@blueprint.get("/openapi.json")
def show_document() -> Response:
    """Answer the OpenAPI document."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - flask's way to the app itself
    if not isinstance(app, OpenAPI):
        raise TypeError("the document belongs to an OpenAPI application")
    return Response(json.dumps(openapi_document(app)), mimetype="application/json")


@blueprint.get("/docs")
def show_page() -> Response:
    """Answer the page that shows the document."""
    return _asset(_PAGE.encode(), "text/html")


@blueprint.get("/docs/start.js")
def show_start_script() -> Response:
    """Answer the script that starts Swagger UI."""
    return _asset(_START.encode(), "text/javascript")


@blueprint.get("/docs/<name>")
def show_asset(name: str) -> Response:
    """Answer one of Swagger UI's own files."""
    if name not in _ASSETS:
        raise NotFound
    path, media_type = _ASSETS[name]
    return _asset((files("flask_openapi_swagger") / "templates" / "swagger" / path).read_bytes(), media_type)


def _asset(content: bytes, media_type: str) -> Response:
    return Response(content, mimetype=media_type, headers={"Content-Security-Policy": CONTENT_SECURITY_POLICY})
