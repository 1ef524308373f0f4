"""No token, code or word of a person rests anywhere but where it should, and then sealed.

`TORTURE=full` walks every fault; else each run walks a sample that its seed chooses.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.canary import paths
from tests.canary.conftest import Stage
from tests.canary.places import everywhere
from tests.canary.searching import search, spellings
from tests.canary.words import Words
from tests.faults.conftest import IS_FULL

_SEED = random.SystemRandom().randrange(10**6)
_KINDS = {"access_token", "refresh_token", "authorization_code", "code_verifier"}


def test_nothing_secret_rests_anywhere(stage: Stage, capsys: pytest.CaptureFixture[str]):
    chance, words = random.Random(_SEED), Words()
    token_faults = paths.TOKEN_FAULTS if IS_FULL else tuple(chance.sample(paths.TOKEN_FAULTS, 4))
    paths.connect_in_every_way(stage, token_faults)
    paths.use_in_every_way(stage, words, paths.write_faults(chance, None if IS_FULL else 8))
    paths.be_refused_in_every_way(stage, words)
    paths.refresh_in_every_way(stage, token_faults)
    paths.rotate_keys(stage)
    paths.end_in_every_way(stage)
    paths.crash_in_every_way(stage, words)
    (stage.logs / "metrics.txt").write_text(stage.metrics())

    handed_out = stage.google.handed_out()
    assert handed_out.keys() == _KINDS
    searched = search(handed_out | words.by_kind(), everywhere(stage.database, stage.began))
    with capsys.disabled():
        print(f"\ncanary with seed {_SEED}: {searched}")
    assert searched.hits == [], f"seed {_SEED}"
    assert {
        "private.gmail_send_claims", "audit.token_openings", "vault.decrypted_secrets", "auth.users", "pg_dump",
        "service.log", "worker.log", "postgres.log", "postgrest.log", "gateway.log", "auth.log", "rotate.log",
        "metrics.txt",
    } <= searched.names  # fmt: skip
    assert any(name.startswith("counter_") for name in searched.names), "files of the metrics"
    assert any(len(name) == 24 and int(name, 16) for name in searched.names if _is_hex(name)), "write-ahead log"


def _is_hex(name: str) -> bool:
    return all(character in "0123456789ABCDEF" for character in name)


def _in_a_table(stage: Stage, secret: str) -> None:
    stage.database.execute("create table if not exists private.planted (word text)")
    stage.database.execute("insert into private.planted values (%s)", (secret,))


def _in_vault_without_a_seal(stage: Stage, secret: str) -> None:
    stage.database.execute("select vault.create_secret(%s)", (secret,))


def _in_a_statement(stage: Stage, secret: str) -> None:
    stage.database.execute("select length(%s)", (secret,))


def _in_the_heap_alone(stage: Stage, secret: str) -> None:
    _in_a_table(stage, secret)
    stage.database.execute("delete from private.planted")


def _in_the_write_ahead_log(stage: Stage, secret: str) -> None:
    with stage.database.connect("supabase_admin") as admin:
        # No log line: the word is put together within the statement.
        half = len(secret) // 2
        admin.execute("set log_statement = 'none'")
        admin.execute("select pg_logical_emit_message(false, 'canary', %s || %s)", (secret[:half], secret[half:]))


def _in_a_file(name: str) -> Callable[[Stage, str], None]:
    def write(stage: Stage, secret: str) -> None:
        with (stage.logs / name).open("a") as file:
            file.write(secret)

    return write


_PLANTS: dict[str, tuple[Callable[[Stage, str], None], Callable[[str], bool]]] = {
    "table": (_in_a_table, lambda name: name == "private.planted"),
    "dump": (_in_a_table, lambda name: name == "pg_dump"),
    "vault": (_in_vault_without_a_seal, lambda name: name == "vault.decrypted_secrets"),
    "log of PostgreSQL": (_in_a_statement, lambda name: name == "postgres.log"),
    "heap": (_in_the_heap_alone, str.isdigit),
    "write-ahead log": (_in_the_write_ahead_log, lambda name: len(name) == 24 and _is_hex(name)),
    "log of the service": (_in_a_file("service.log"), lambda name: name == "service.log"),
    "log of the worker": (_in_a_file("worker.log"), lambda name: name == "worker.log"),
    "log of PostgREST": (_in_a_file("postgrest.log"), lambda name: name == "postgrest.log"),
    "log of the gateway": (_in_a_file("gateway.log"), lambda name: name == "gateway.log"),
    "metrics": (_in_a_file("counter_1.db"), lambda name: name == "counter_1.db"),
    "temporary folder": (_in_a_file("forgotten.tmp"), lambda name: name == "forgotten.tmp"),
}


@pytest.mark.parametrize("place", _PLANTS)
def test_secret_that_rests_in_a_place_is_found_there(stage: Stage, place: str):
    plant, is_it = _PLANTS[place]
    secret = f"planted{uuid4().hex}"
    plant(stage, secret)
    searched = search({"planted": [secret]}, everywhere(stage.database, stage.began))
    assert any(is_it(hit.removeprefix("planted in ")) for hit in searched.hits), searched.hits


@pytest.mark.parametrize("before", ["", "x", "xy", "a text with spaces & more before it: "])
def test_secret_is_found_in_every_spelling(before: str, tmp_path: Path):
    import base64
    from urllib.parse import quote

    secret = f"planted+{uuid4().hex}/and="
    text = f"{before}{secret}, and after it"
    written = {
        "raw": text.encode(),
        "url": quote(text, safe="").encode(),
        "hex": text.encode().hex().encode(),
        "base64": base64.b64encode(text.encode()),
        "base64url": base64.urlsafe_b64encode(text.encode()),
    }
    found = search({"planted": [secret]}, iter(written.items())).hits
    assert found == [f"planted in {name}" for name in written]
    assert search({"planted": [secret]}, iter([("nothing", b"something else" * 10)])).hits == []
    assert all(len(each) >= 16 for each in spellings(secret))
