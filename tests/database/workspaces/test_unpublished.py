"""A text that is written down and not published yet is shown to nobody."""

from __future__ import annotations

import pytest

from tests.database.workspaces.stage import Stage
from tests.personas import ANON, run_as

_DRAFTS = {
    "policy_versions": "(document, version, summary, url, text_sha256, is_material, published_at, effective_at) "
    "values ('privacy_policy', 'draft', 'A draft.', 'https://example.com/draft', repeat('a', 64), true, "
    "now() + interval '{days} days', now() + interval '9 days')",
    "consent_texts": "(purpose, version, language, text, text_sha256, published_at) "
    "values ('marketing', 'draft', 'en', 'A draft.', repeat('a', 64), now() + interval '{days} days')",
}


@pytest.mark.parametrize("who", ["anon", "owner"])
@pytest.mark.parametrize("table", _DRAFTS)
def test_draft_is_shown_to_nobody(own_stage: Stage, table: str, who: str) -> None:
    persona = ANON if who == "anon" else own_stage.persona(who)
    read = f"select id from public.{table} where version = 'draft'"
    own_stage.database.execute(f"insert into public.{table} {_DRAFTS[table].format(days=1)}")
    assert run_as(own_stage.database, persona, read) == []


@pytest.mark.parametrize("table", _DRAFTS)
def test_text_is_shown_from_the_moment_it_is_published(own_stage: Stage, table: str) -> None:
    own_stage.database.execute(f"insert into public.{table} {_DRAFTS[table].format(days=0)}")
    assert len(run_as(own_stage.database, ANON, f"select id from public.{table} where version = 'draft'")) == 1
