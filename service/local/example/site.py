"""Serves the example page and its configuration; nothing of it is deployed.

The page gets what any browser of the product gets: the address of Supabase and the publishable key.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, abort, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from service.local.parts import REPOSITORY

_PAGE = Path(__file__).parent / "page"
_SUPABASE_JS = REPOSITORY / "node_modules" / "@supabase" / "supabase-js" / "dist" / "umd" / "supabase.js"
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def create_site(*, supabase_url: str, publishable_key: str) -> Flask:
    """Build the site, to be mounted at /example."""
    site = Flask(__name__, static_folder=None)
    supabase = "{0.scheme}://{0.netloc}".format(urlsplit(supabase_url))
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https://lh3.googleusercontent.com; "
        f"connect-src 'self' {supabase}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )

    @site.get("/")
    def page() -> Response:
        return _file("index.html")

    @site.before_request
    def end_with_a_slash() -> BaseResponse | None:
        # Without it the page's own files would be looked for beside /example, not below it.
        return None if request.environ["PATH_INFO"] else redirect("/example/", 308)

    @site.get("/config.json")
    def configuration() -> Response:
        return jsonify(supabase_url=supabase_url, publishable_key=publishable_key)

    @site.get("/supabase.js")
    def supabase_js() -> Response:
        return Response(_SUPABASE_JS.read_bytes(), mimetype="text/javascript")

    @site.get("/<name>")
    def asset(name: str) -> Response:
        return _file(name)

    @site.after_request
    def protect(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = policy
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return site


def _file(name: str) -> Response:
    # A name of one part, out of a folder that holds nothing else: no path of a caller's reaches the disk.
    known = {path.name: path for path in _PAGE.iterdir()}
    if name not in known:
        abort(404)
    return Response(known[name].read_bytes(), mimetype=_TYPES[known[name].suffix])
