"""The application behind a real HTTP server, with a real verifier and sealer and neighbours that a test chooses."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
from flask_openapi import OpenAPI
from werkzeug.serving import make_server

from service import create_app
from service.adapters.sealing import TokenSealer
from service.adapters.supabase_jwt import SupabaseJWTVerifier
from service.config import load_settings
from service.routes.wiring import Adapters
from tests.service.environments import local
from tests.service.key_server import KeyServer


class Failing:
    """A neighbour whose every call fails with `error`."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*_: object, **__: object) -> Any:
            raise self.error

        return fail


@dataclass
class RunningApp:
    """A running application: call it with `http`, look at and spoil what is around it."""

    app: OpenAPI
    http: httpx.Client
    issuer: KeyServer
    database: Failing
    readiness: dict[str, bool] = field(default_factory=lambda: {"postgrest": True})

    def signed_in(self, **headers: str) -> dict[str, str]:
        """Headers of a user with a valid access token."""
        return {"Authorization": f"Bearer {self.issuer.token()}"} | headers


@contextmanager
def running_app(
    issuer: KeyServer, http_client: httpx.Client, environ: dict[str, str] | None = None
) -> Iterator[RunningApp]:
    """Run the application on a free port until the block ends."""
    settings = load_settings(environ or local(SUPABASE_URL=issuer.url))
    verifier = SupabaseJWTVerifier(f"{issuer.url}/auth/v1/.well-known/jwks.json", issuer.issuer, http_client)
    database, readiness = Failing(AssertionError("the database is not asked")), {"postgrest": True}
    untouched = cast(Any, Failing(AssertionError("not asked")))
    adapters = Adapters(
        jwt=verifier,
        database=cast(Any, database),
        sealer=TokenSealer(settings.token_keys),
        google_oauth=untouched,
        gmail=untouched,
        calendar=untouched,
        request_hasher=untouched,
        readiness={"jwks": verifier.ready, "postgrest": lambda: readiness["postgrest"]},
    )
    app = create_app(settings, adapters)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{server.server_port}", trust_env=False) as http:
            yield RunningApp(app, http, issuer, database, readiness)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
