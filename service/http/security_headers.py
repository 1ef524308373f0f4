"""Headers that keep browsers from doing what nobody asked for."""

from flask import Flask, Response, request

_API_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_TWO_YEARS = "max-age=63072000"


def install(app: Flask, *, is_production: bool) -> None:
    """Set the headers on every answer; a route may bring a Content-Security-Policy of its own."""

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _API_POLICY)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if is_production:
            headers["Strict-Transport-Security"] = _TWO_YEARS
        if not request.path.startswith("/docs/"):
            headers["Cache-Control"] = "no-store"
        return response
