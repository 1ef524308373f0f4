"""Starts Caddy with the `Caddyfile` beside this module: one port for Auth and PostgREST."""

from __future__ import annotations

from pathlib import Path

from service.local import binaries
from service.local.keys import LocalKeys
from service.local.parts import Part, base_environment, http_answers
from service.local.processes import start_child

_CADDYFILE = Path(__file__).with_name("Caddyfile")


def start_gateway(keys: LocalKeys, *, port: int, auth_port: int, postgrest_port: int, log_dir: Path) -> Part:
    """Start the gateway; it is ready once Auth and PostgREST answer through it."""
    environment = {
        **base_environment(),
        # Caddy keeps an instance id below its data folder; it must not be the user's.
        "XDG_DATA_HOME": str(log_dir / "caddy"),
        "XDG_CONFIG_HOME": str(log_dir / "caddy"),
        "LOCAL_GATEWAY_PORT": str(port),
        "LOCAL_AUTH_PORT": str(auth_port),
        "LOCAL_POSTGREST_PORT": str(postgrest_port),
        "LOCAL_PUBLISHABLE_KEY": keys.publishable_key,
        "LOCAL_SECRET_KEY": keys.secret_key,
        "LOCAL_ANON_JWT": keys.anon_jwt,
        "LOCAL_SERVICE_ROLE_JWT": keys.service_role_jwt,
    }
    argv = [str(binaries.caddy()), "run", "--config", str(_CADDYFILE), "--adapter", "caddyfile"]
    child = start_child("gateway", argv, env=environment, log_path=log_dir / "gateway.log")
    url = f"http://127.0.0.1:{port}"
    headers = {"apikey": keys.publishable_key}

    def both_answer() -> bool:
        return http_answers(f"{url}/auth/v1/health", 200, headers) and http_answers(f"{url}/rest/v1/", 200, headers)

    return Part("Gateway (Supabase URL)", url, child, both_answer)
