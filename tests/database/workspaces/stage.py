"""One workspace with everybody who may stand before it, and a row of theirs in every table that clients may reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tests.database.workspaces.calling import call
from tests.database.workspaces.lists import add_lists
from tests.database.workspaces.records import Records, add_records
from tests.databases import Database
from tests.personas import Person, Persona, add_person

ADDRESS = "grace@example.com"


@dataclass
class Stage:
    """A workspace, the people around it, and what the calls of the cells name.

    Attributes:
        records: of the workspace, in the name of `owner`.
        records_elsewhere: of the workspace of `stranger`.
        lists: imports of `member` and one elsewhere, an export, a merge, two contacts to merge.
    """

    database: Database
    people: dict[str, Person]
    workspace_id: UUID
    elsewhere_id: UUID
    records: Records
    records_elsewhere: Records
    lists: Records
    token: str
    invitation_id: UUID
    notice_id: UUID
    version: dict[str, Any]
    terms: dict[str, Any]
    text: dict[str, Any]

    def persona(self, name: str) -> Persona:
        """Somebody, signed in."""
        person = self.people[name].persona()
        if name == "anonymous":
            return replace(person, claims={**person.claims, "is_anonymous": True})
        return person

    def id(self, name: str) -> UUID:
        """Their user id."""
        return self.people[name].id


def publish(database: Database, document: str, version: str, *, effective: str = "now()") -> dict[str, Any]:
    """A material version of a document, published two days before it takes effect; gives id and text_sha256."""
    return database.rows(
        "insert into public.policy_versions "
        "(document, version, summary, url, text_sha256, is_material, published_at, effective_at) "
        "values (%s, %s, 'It changed.', 'https://example.com/text', encode(sha256(convert_to(%s, 'UTF8')), 'hex'), "
        f"true, least(now(), {effective} - interval '2 days'), {effective}) returning id, text_sha256",
        (document, version, f"The text of {document} {version}."),
    )[0]


def build_stage(database: Database) -> Stage:
    """Everybody in place: the workspace's terms accepted, one invitation open, a consent of a contact on record."""
    names = ("owner", "admin", "member", "spare", "unattested", "removed", "invited", "stranger", "anonymous")
    people = {name: add_person(database, name) for name in names}
    terms = publish(database, "service_agreement", "terms-1")
    owner = people["owner"].persona()
    workspace_id = UUID(call(database, owner, "create_workspace", name="Bakery")["workspace_id"])
    _accept(database, owner, workspace_id, terms)
    for name, role in (("admin", "admin"), ("member", "member"), ("spare", "member"), ("unattested", "member"),
                       ("removed", "member")):  # fmt: skip
        join(database, owner, workspace_id, people[name], role)
    call(database, owner, "remove_member", workspace_id=workspace_id, user_id=people["removed"].id)
    database.execute(
        "update public.profiles set adult_attested_at = null where user_id = any(%s)",
        ([people["unattested"].id, people["anonymous"].id],),
    )
    elsewhere = UUID(call(database, people["stranger"].persona(), "create_workspace", name="Elsewhere")["workspace_id"])
    _accept(database, people["stranger"].persona(), elsewhere, terms)
    invitation = call(
        database, owner, "invite_member", workspace_id=workspace_id, email=people["invited"].email, role="member"
    )
    text = database.rows("select id, text_sha256 from public.consent_texts where purpose = 'marketing'")[0]
    call(
        database, owner, "record_contact_consent", workspace_id=workspace_id, address=ADDRESS, purpose="marketing",
        consent_text_id=text["id"], text_sha256=text["text_sha256"], source="form",
    )  # fmt: skip
    call(
        database,
        owner,
        "give_consent",
        purpose="marketing",
        consent_text_id=text["id"],
        text_sha256=text["text_sha256"],
    )
    tell_of_google(database, people["owner"])
    _remind(database, workspace_id, people["owner"])
    version = database.rows("select id, text_sha256 from public.policy_versions where id = private.agreement_needed()")[
        0
    ]
    coming = publish(database, "privacy_policy", "coming", effective="now() + interval '30 days'")
    database.value("select private.announce_policy_versions()")
    notice_id = database.value(
        "select id from public.policy_notices where user_id = %s and policy_version_id = %s",
        (people["owner"].id, coming["id"]),
    )
    return Stage(
        database=database,
        people=people,
        workspace_id=workspace_id,
        elsewhere_id=elsewhere,
        records=add_records(database, workspace_id, people["owner"].id),
        records_elsewhere=add_records(database, elsewhere, people["stranger"].id),
        lists=add_lists(database, people, workspace_id, elsewhere),
        token=invitation["token"],
        invitation_id=UUID(invitation["invitation_id"]),
        notice_id=notice_id,
        version=version,
        terms=terms,
        text=text,
    )


def join(database: Database, owner: Persona, workspace_id: UUID, person: Person, role: str) -> None:
    """Invite a person, who accepts."""
    token = call(database, owner, "invite_member", workspace_id=workspace_id, email=person.email, role=role)["token"]
    assert call(database, person.persona(), "accept_invitation", token=token)["outcome"] == "joined"


def tell_of_google(database: Database, person: Person) -> None:
    """A connection and an alert to show; nothing of it is ever opened."""
    database.execute(
        "insert into public.google_connections (id, user_id, google_sub, email, granted_scopes) "
        "values (gen_random_uuid(), %s, %s, %s, '{openid}')",
        (person.id, f"staged-{person.id}", person.email),
    )
    database.execute(
        "insert into public.security_notices (user_id, kind) values (%s, 'google_reconnect_required')", (person.id,)
    )


def _remind(database: Database, workspace_id: UUID, person: Person) -> None:
    """Something to do, of which its assignee was reminded."""
    database.execute(
        "with activity as (insert into public.activities (workspace_id, kind, title, assignee_id) "
        "values (%s, 'task', 'Call Grace', %s) returning workspace_id, id, assignee_id) "
        "insert into public.activity_reminders (workspace_id, activity_id, user_id, due_at) "
        "select workspace_id, id, assignee_id, now() from activity",
        (workspace_id, person.id),
    )


def _accept(database: Database, owner: Persona, workspace_id: UUID, terms: dict[str, Any]) -> None:
    answer = call(
        database, owner, "accept_workspace_terms", workspace_id=workspace_id, policy_version_id=terms["id"],
        text_sha256=terms["text_sha256"],
    )  # fmt: skip
    assert answer == {"outcome": "accepted", "are_terms_missing": False}
