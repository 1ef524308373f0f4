"""The real @supabase/supabase-js on the local platform, run with Node."""

from __future__ import annotations

import json
import secrets
import subprocess
from pathlib import Path

import pytest

from service.local import binaries
from service.local.parts import base_environment
from service.local.platform import Platform

_SCRIPT = Path(__file__).parent / "js" / "session.mjs"


@pytest.mark.usefixtures("probes")
def test_supabase_js_lives_through_a_session(platform: Platform) -> None:
    environment = {
        **base_environment(),
        "SUPABASE_URL": platform.supabase_url,
        "SUPABASE_PUBLISHABLE_KEY": platform.publishable_key,
        "TEST_EMAIL": f"js-{secrets.token_hex(6)}@example.com",
        "TEST_PASSWORD": secrets.token_urlsafe(12),
    }
    run = subprocess.run(
        [str(binaries.node()), str(_SCRIPT)], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stderr
    steps = [json.loads(line) for line in run.stdout.splitlines()]
    assert steps == [
        {"step": "refused without a token", "status": 401, "code": "42501"},
        {"step": "rpc as anon", "role": "anon"},
        {"step": "sign up", "error": None, "has_session": True},
        {"step": "rpc as user", "role": "authenticated", "is_me": True},
        {"step": "insert own row", "note": "from js", "error": None},
        {"step": "stranger reads", "rows": 0},
        {"step": "refresh", "error": None, "is_rotated": True},
        {"step": "claims", "aal": "aal1", "alg": "ES256", "error": None},
        {"step": "wrong password", "name": "AuthApiError", "status": 400, "code": "invalid_credentials"},
        {"step": "sign in", "error": None, "is_same_user": True},
        {"step": "sign out", "error": None},
        # supabase-js makes its own error class of session_not_found and keeps the status only.
        {"step": "after sign out", "error": {"name": "AuthSessionMissingError", "status": 400}},
    ]
