"""Starts the real PostgREST, configured as a hosted project has it, by environment only: no secret is on disk.

Not imitated: the newer release that hosted runs, its connection pooler and its larger pool.
"""

from __future__ import annotations

import json
from pathlib import Path

from service.local import binaries
from service.local.keys import AUDIENCE, LocalKeys
from service.local.parts import Part, base_environment, http_answers
from service.local.ports import unused_port
from service.local.postgres import Cluster
from service.local.processes import start_child

EXPOSED_SCHEMAS = "public, service_api"


def start_postgrest(cluster: Cluster, database: str, keys: LocalKeys, *, port: int, log_dir: Path) -> Part:
    """Start PostgREST on a migrated database; it is ready once its schema cache is loaded.

    Migrations come first: service_api and the roles of our JWTs do not exist before them.
    """
    admin_port = unused_port()
    environment = {
        **base_environment(),
        "PGRST_DB_URI": cluster.url(database, "authenticator"),
        "PGRST_DB_SCHEMAS": EXPOSED_SCHEMAS,
        "PGRST_DB_EXTRA_SEARCH_PATH": "public, extensions",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_DB_MAX_ROWS": "1000",
        "PGRST_DB_POOL": "6",
        "PGRST_DB_CHANNEL_ENABLED": "true",
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
        "PGRST_ADMIN_SERVER_PORT": str(admin_port),
        "PGRST_JWT_SECRET": json.dumps(keys.jwks()),
        "PGRST_JWT_AUD": AUDIENCE,
        # Without the cache each request pays several milliseconds for verifying ES256.
        "PGRST_JWT_CACHE_MAX_LIFETIME": "3600",
        # From level "error" on PostgREST logs request lines, query string included.
        "PGRST_LOG_LEVEL": "crit",
    }
    child = start_child("postgrest", [str(binaries.postgrest())], env=environment, log_path=log_dir / "postgrest.log")
    ready = f"http://127.0.0.1:{admin_port}/ready"
    return Part("PostgREST", f"http://127.0.0.1:{port}", child, lambda: http_answers(ready, 200))
