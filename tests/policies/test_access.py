"""policies/access says who may do what, and the live catalogue says the same: nothing more, nothing less."""

import pytest

from service.policy.comparison import differences, objects_declared_twice
from service.policy.files import access_files
from service.policy.rights import read_rights
from tests.databases import Database


def test_files_and_catalogue_say_the_same(shared: Database) -> None:
    assert differences(shared.connection) == []


def test_every_object_is_spoken_of_once() -> None:
    assert objects_declared_twice() == set()


def test_every_object_with_a_file_is_reachable(shared: Database) -> None:
    _, rights = read_rights(shared.connection)
    assert {declaration.content["object"] for declaration in access_files()} == {right.object for right in rights}


_ADDED = [
    *(
        f"grant {right} on public.profiles to anon"
        for right in ("select", "insert", "update", "delete", "truncate", "references", "trigger", "maintain")
    ),
    "grant update (email) on public.google_connections to authenticated",
    "grant select (state) on private.gmail_send_claims to service_role",
    "grant select (user_id) on public.profiles to authenticated with grant option",
    "grant select on ops.vault_health to google_operator",
    "grant select on audit.token_openings to supabase_auth_admin",
    "do $$ begin execute format('grant select on audit.token_openings_%s to anon', to_char(now(), 'YYYY_MM')); end $$",
    "grant execute on function private.open_token(uuid, uuid, text, boolean) to google_service",
    "grant execute on function service_api.open_token(uuid, uuid, text, boolean) to authenticated",
    "grant execute on function private.expire_records() to public",
    "grant usage on schema private to google_service",
    "grant create on schema public to authenticated",
    "grant usage on sequence private.token_versions to service_role",
    "grant select on sequence public.consent_texts_id_seq to anon",
    "alter default privileges in schema public grant select on tables to anon",
    "alter default privileges in schema private grant execute on functions to service_role",
    "alter default privileges grant execute on functions to public",
    "create table public.planted (id integer)",
    "create view public.planted as select 1 as one",
    "create sequence private.planted",
    "create function public.planted() returns integer language sql return 1",
    "create policy planted on public.profiles for select to anon using (true)",
    "create policy planted on public.profiles for delete to authenticated using (true)",
]
_REMOVED = [
    "revoke select (email) on public.google_connections from authenticated",
    "revoke execute on function service_api.open_token(uuid, uuid, text, boolean) from google_service",
    "revoke execute on function service_api.disconnect_google(uuid, uuid) from service_role",
    "revoke usage on schema service_api from google_operator",
    "drop policy profiles_select_owner on public.profiles",
    "drop view ops.vault_health",
    "drop function private.expire_records()",
    "drop table private.gmail_send_claims",
    "alter default privileges in schema public revoke all on tables from postgres",
]
_ALTERED = [
    "alter policy profiles_select_owner on public.profiles using (true)",
    "alter policy profiles_select_owner on public.profiles to authenticated, anon",
    "comment on policy profiles_select_owner on public.profiles is 'You see every profile (P-8.2).'",
    "alter policy profiles_select_owner on public.profiles rename to planted",
    "alter function private.expire_records() rename to planted",
]


@pytest.mark.parametrize("change", [*_ADDED, *_REMOVED, *_ALTERED])
def test_comparison_goes_red_if_the_database_changes(shared: Database, change: str) -> None:
    with shared.connection.transaction(force_rollback=True):
        shared.connection.execute(change.encode())
        assert differences(shared.connection)


@pytest.mark.parametrize("drop", [0, -1], ids=["first", "last"])
def test_comparison_goes_red_if_a_file_says_less(shared: Database, monkeypatch: pytest.MonkeyPatch, drop: int) -> None:
    files = list(access_files())
    missing = files.pop(drop).content["object"]
    monkeypatch.setattr("service.policy.comparison.access_files", lambda: files)
    assert [line for line in differences(shared.connection) if missing in line and "not in the files" in line]
