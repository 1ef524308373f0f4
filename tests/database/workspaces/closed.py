"""The states that close new processing to a person, each with somebody in it who has rows of their own."""

from __future__ import annotations

from dataclasses import dataclass

from tests.database.connections import Caller, connect
from tests.database.workspaces.stage import Stage, publish, tell_of_google
from tests.databases import Database
from tests.personas import Person, Persona, add_person

# What each state has missing, the first reason first.
MISSING = {
    "new": ["adult_attestation_missing", "agreement_missing"],
    "unattested": ["adult_attestation_missing"],
    "outdated": ["agreement_missing"],
    "not_delivered": ["agreement_missing"],
    "removed": ["agreement_missing"],
    "closing": ["account_closing"],
}


@dataclass(frozen=True)
class Somebody:
    """A person in one of the states, with a row in each table of their own rights.

    Attributes:
        is_member: of the workspace of the stage.
        secrets: how many secrets their Google connection has.
    """

    stage: Stage
    person: Person
    missing: list[str]
    is_member: bool
    secrets: int

    @property
    def database(self) -> Database:
        return self.stage.database

    @property
    def persona(self) -> Persona:
        return self.person.persona()


def bring(stage: Stage, state: str) -> Somebody:
    """Let a person come into a state who had rows of their own before."""
    database = stage.database
    is_member = state not in ("new", "removed")
    person = _newcomer(database) if state == "new" else stage.people["member" if is_member else "removed"]
    database.execute(
        "insert into public.consents (user_id, purpose, state, consent_text_id, source) "
        "values (%s, 'marketing', 'given', %s, 'settings')",
        (person.id, stage.text["id"]),
    )
    can_connect = state not in ("new", "closing")
    if can_connect:
        with Caller(database) as service:
            connect(service, person)
        database.execute(
            "insert into public.security_notices (user_id, kind) values (%s, 'google_reconnect_required')", (person.id,)
        )
    if state == "unattested":
        database.execute("update public.profiles set adult_attested_at = null where user_id = %s", (person.id,))
    elif state in ("outdated", "not_delivered", "removed"):
        publish(database, "privacy_policy", "changed")
    if state == "not_delivered":
        database.value("select private.announce_policy_versions()")
    if state == "closing":
        database.value("select ops.close_account(%s)", (person.id,))
    if not can_connect:
        # What should be there nevertheless is theirs all the same.
        tell_of_google(database, person)
    return Somebody(stage, person, MISSING[state], is_member, 2 if can_connect else 0)


def _newcomer(database: Database) -> Person:
    """Somebody who did nothing yet, but for an agreement to a version that is long out of date."""
    person = add_person(database, is_ready=False)
    long_ago = publish(database, "privacy_policy", "earlier", effective="now() - interval '9 years'")
    database.execute(
        "with told as (insert into public.policy_notices (user_id, policy_version_id, channel) "
        "values (%(user)s, %(version)s, 'in_app')) "
        "insert into public.agreements (user_id, policy_version_id, kind, text_sha256) "
        "values (%(user)s, %(version)s, 'explicit', %(text)s)",
        {"user": person.id, "version": long_ago["id"], "text": long_ago["text_sha256"]},
    )
    return person
