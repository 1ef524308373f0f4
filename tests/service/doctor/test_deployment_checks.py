"""The command on a running platform, and each check of credentials and network with what it looks at broken."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from service.config import Settings, load_settings
from service.doctor.credentials import credential_checks, region
from service.doctor.findings import Check, Verdict
from service.doctor.network import network_checks, new_client
from service.local.parts import base_environment
from service.local.platform import Platform
from service.local.ports import unused_port
from tests.databases import Database
from tests.service.answering import answering
from tests.service.environments import local, production, service_jwt


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """The doctor's own client."""
    with new_client() as client:
        yield client


@pytest.fixture
def settings(platform: Platform) -> Settings:
    """Settings of the service on the running platform."""
    return load_settings(platform.settings_env())


def _doctor(platform: Platform, folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environ = {**base_environment(), **platform.settings_env(), **changes}
    return subprocess.run(
        [sys.executable, "-m", "service", "doctor", *arguments],
        env=environ, cwd=folder, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def _verdict(checks: list[Check], name: str) -> Verdict:
    return next(each for each in checks if each.name == name).run().verdict


def test_command_names_what_is_found_and_exits_with_one(platform: Platform, tmp_path: Path):
    nowhere = f"http://127.0.0.1:{unused_port()}"
    answer = _doctor(platform, tmp_path, "--part", "operator", "--json", PUBLIC_URL=nowhere)
    found = {each["check"]: each["verdict"] for each in json.loads(answer.stdout)}
    assert answer.returncode == 1, answer.stderr
    assert found["public-url"] == "finding"
    # The database is shared with tests that leave documents under keys of their own.
    well = ("migrations", "supabase", "service-role-is-narrow", "signing-keys", "clock", "google")
    assert {name: found[name] for name in well} == dict.fromkeys(well, "ok")


def test_command_says_with_which_code_the_role_was_refused(platform: Platform, tmp_path: Path):
    answer = _doctor(platform, tmp_path, "--json", SUPABASE_SERVICE_JWT=service_jwt(kid="local-other"))
    found = {each["check"]: each["verdict"] for each in json.loads(answer.stdout)}
    assert (answer.returncode, found["supabase"]) == (1, "finding")
    assert '"alert": "database_refused"' in answer.stderr
    assert "PGRST" in answer.stderr


def test_command_prints_no_secret(platform: Platform, tmp_path: Path):
    answer = _doctor(platform, tmp_path, "--part", "operator")
    keys = json.loads(platform.identity.token_keys)["keys"]
    secrets = [platform.service_jwt, platform.identity.google_client_secret, *(key["k"] for key in keys)]
    assert "public-url" in answer.stdout
    assert [each for each in secrets if each in answer.stdout + answer.stderr] == []


def test_command_says_everything_that_is_wrong_with_the_settings(platform: Platform, tmp_path: Path):
    answer = _doctor(platform, tmp_path, TOKEN_KEYS="{}", PUBLIC_URL="nowhere")
    assert answer.returncode == 1
    assert "TOKEN_KEYS" in answer.stderr
    assert "PUBLIC_URL" in answer.stderr


def test_role_that_is_not_let_in_is_found(settings: Settings, http: httpx.Client):
    foreign = settings.model_copy(update={"supabase_service_jwt": SecretStr(service_jwt())})
    assert _verdict(network_checks(settings, http), "supabase") == Verdict.OK
    assert _verdict(network_checks(foreign, http), "supabase") == Verdict.FINDING


def test_role_that_reaches_an_operators_function_is_found(settings: Settings, platform: Platform, http: httpx.Client):
    wide = settings.model_copy(update={"supabase_service_jwt": SecretStr(platform.keys.google_operator_jwt)})
    assert _verdict(network_checks(settings, http), "service-role-is-narrow") == Verdict.OK
    assert _verdict(network_checks(wide, http), "service-role-is-narrow") == Verdict.FINDING


def test_role_that_reaches_a_table_is_found(settings: Settings, platform_database: Database, http: httpx.Client):
    platform_database.execute("grant usage on schema public to google_service")
    platform_database.execute("grant select on public.google_connections to google_service")
    try:
        assert _verdict(network_checks(settings, http), "service-role-is-narrow") == Verdict.FINDING
    finally:
        platform_database.execute("revoke select on public.google_connections from google_service")
        platform_database.execute("revoke usage on schema public from google_service")


def test_symmetric_signing_key_is_found(settings: Settings, http: httpx.Client):
    with answering(200, b'{"keys": [{"alg": "HS256"}]}') as url:
        checks = network_checks(settings.model_copy(update={"supabase_url": url}), http)
        assert _verdict(checks, "signing-keys") == Verdict.FINDING


@pytest.mark.parametrize(("seconds", "verdict"), [(-3600, Verdict.FINDING), (3600, Verdict.FINDING), (0, Verdict.OK)])
def test_clock_that_is_off_is_found(settings: Settings, http: httpx.Client, seconds: int, verdict: Verdict):
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + seconds))
    with answering(200, b"{}", {"Date": date}) as url:
        checks = network_checks(settings.model_copy(update={"supabase_url": url}), http)
        assert _verdict(checks, "clock") == verdict


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [({}, Verdict.FINDING), ({"Strict-Transport-Security": "max-age=63072000"}, Verdict.OK)],
)
def test_headers_that_a_proxy_removes_are_found(http: httpx.Client, headers: dict[str, str], verdict: Verdict):
    settings = load_settings(production())
    with answering(200, b"{}", headers) as url:
        checks = network_checks(settings.model_copy(update={"public_url": url}), http)
        assert _verdict(checks, "public-url") == verdict


@pytest.mark.parametrize(
    ("part", "changes", "check", "verdict"),
    [
        ("web", {}, "service-jwt", Verdict.OK),
        ("web", {"SUPABASE_SERVICE_JWT": service_jwt(exp=int(time.time()) + 3 * 86400)}, "service-jwt",
         Verdict.WARNING),
        ("web", {"SUPABASE_OPERATOR_JWT": service_jwt(role="google_operator")}, "operator-jwt", Verdict.WARNING),
        ("worker", {}, "operator-jwt", Verdict.FINDING),
        ("web", {"SUPABASE_SECRET_KEY": "sb_secret_x"}, "secrets-of-this-part", Verdict.WARNING),
        ("web", {}, "secrets-of-this-part", Verdict.WARNING),
        ("operator", {}, "secrets-of-this-part", Verdict.OK),
    ],
)  # fmt: skip
def test_credentials_are_judged_by_the_part_that_has_them(
    part: str, changes: dict[str, str], check: str, verdict: Verdict
):
    jwt = {"SUPABASE_SERVICE_JWT": service_jwt(exp=int(time.time()) + 90 * 86400)}
    settings = load_settings(production() | jwt | changes)
    assert _verdict(credential_checks(settings, part), check) == verdict  # type: ignore[arg-type]


_POOLER = "postgresql://postgres.ref:pw@aws-0-{}.pooler.supabase.com:5432/postgres?sslmode=verify-full"


@pytest.mark.parametrize(
    ("database", "environ", "verdict"),
    [
        (_POOLER.format("ca-central-1"), {}, Verdict.OK),
        (_POOLER.format("us-east-1"), {}, Verdict.FINDING),
        (_POOLER.format("ca-central-1"), {"AWS_REGION": "eu-west-1"}, Verdict.FINDING),
        ("postgresql://postgres:pw@db.ref.supabase.co/postgres", {}, Verdict.UNKNOWN),
        (None, {}, Verdict.UNKNOWN),
    ],
)
def test_region_is_told_where_it_can_be(database: str | None, environ: dict[str, str], verdict: Verdict):
    assert region(None if database is None else SecretStr(database), environ)[0] == verdict


def test_local_settings_have_no_region():
    assert load_settings(local() | {"AWS_REGION": "eu-west-1"}).app_env == "local"
