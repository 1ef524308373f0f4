"""Finds the guards inside the text of a database function, by a small grammar, and takes one of them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Comments hold no guards, and what stands in literals is no syntax.
_COMMENT_OR_LITERAL = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
_GUARD_CALL = re.compile(r"\b(?:private\.(?:require_\w+|refuse|lock_\w+)|pg_catalog\.pg_advisory_xact_lock)\(")
_RAISE = re.compile(r"\braise\s+(?!warning\b|notice\b|info\b|log\b|debug\b)[^;]+;")
_ROW_LOCK = re.compile(r"\s+for (?:no key update|update|share|key share)(?: of \w+)?(?=\s*[;)])")
# A refusal that is an answer and not an error.
_EARLY_ANSWER = re.compile(r"\breturn pg_catalog\.jsonb_build_object\('(?:outcome|is_allowed)',[^;]*;(?=\s*end if;)")
# The end of a loop has a when without then.
_WHEN = re.compile(r"(?<!exit )(?<!continue )\bwhen\b")
_PARENTHESIS_OR_THEN = re.compile(r"[()]|\bthen\b")
_WORD = re.compile(r"\s*'([a-z_]+)'")
# What a condition asks, and the answer that lets everybody through.
_QUESTIONS = (
    (re.compile(r"\bprivate\.(session_outcome|new_processing_outcome)\("), "'live'"),
    (re.compile(r"\bprivate\.(missing_for)\("), "'{}'::text[]"),
    (re.compile(r"\bprivate\.(workspace_terms_missing)\("), "false"),
    (re.compile(r"\bprivate\.(has_agreed|session_meets_mfa)\("), "true"),
)
_COMPARISONS = (
    (re.compile(r"[\w.]+ = auth\.uid\(\)"), "true"),
    (re.compile(r"(?:auth\.jwt\(\)|\bv_claims) \? 'client_id'"), "false"),
    (re.compile(r"\(v_claims ->> 'is_anonymous'\)::boolean"), "false"),
)
_RANKS = re.compile(r"\bprivate\.workspace_role_rank\((?P<held>[^()]*)\) >= private\.workspace_role_rank\([^()]*\)")


class Cut(NamedTuple):
    """One guard.

    Attributes:
        instead: what would stand in its place.
        what: how that is called.
        words: a test of it would use them.
        guard: the function that is not called or not believed, if it is one.
    """

    start: int
    end: int
    instead: str
    what: str
    words: tuple[str, ...] = ()
    guard: str = ""


def without(source: str, cut: Cut) -> str:
    """The text without the guard."""
    return source[: cut.start] + cut.instead + source[cut.end :]


def cuts_of(source: str, *, is_trigger: bool = False) -> list[Cut]:
    """Every guard in the body of a function, in the order of the text."""
    text = blanked(source)
    found: list[Cut] = []
    for find in (_calls, _locks, _answers, _branches, _questions):
        found += find(text, source)
    # A trigger that lets the row through has to hand it on.
    instead = "return coalesce(new, old);" if is_trigger else ""
    found += [Cut(match.start(), match.end(), instead, "no raise") for match in _RAISE.finditer(text)]
    return sorted(found)


def blanked(source: str) -> str:
    """The text with its places unchanged, without comments and with nothing in literals that looks like syntax."""
    return _COMMENT_OR_LITERAL.sub(_blank, source)


def _blank(match: re.Match[str]) -> str:
    text = match.group()
    return " " * len(text) if text.startswith("--") else re.sub(r"[()\[\];,\s]", "_", text)


def _closing(text: str, opening: int) -> int:
    """The place after the parenthesis that closes the one at `opening`."""
    depth = 0
    for place in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise AssertionError("a parenthesis is not closed")


def _calls(text: str, source: str) -> Iterator[Cut]:
    """`perform <guard>(...);` goes; where the value is used, nothing stands in its place, or the user of the JWT."""
    for match in _GUARD_CALL.finditer(text):
        end = _closing(text, match.end() - 1)
        name = match.group().removesuffix("(").rpartition(".")[2]
        argument = source[match.end() : end - 1].strip().split(",")[0].strip("'\n ")
        what, words = (f"no refusal {argument}", (argument,)) if name == "refuse" else (f"no {name}", (name,))
        perform = re.search(r"\bperform\s+$", text[: match.start()])
        if perform and text[end] == ";":
            yield Cut(perform.start(), end + 1, "", what, words, name)
        else:
            instead = "auth.uid()" if name == "require_user" else "null"
            yield Cut(match.start(), end, instead, what, words, name)


def _locks(text: str, source: str) -> Iterator[Cut]:
    for match in _ROW_LOCK.finditer(text):
        yield Cut(match.start(), match.end(), "", "no lock of a row", ("race", "at_once", "scene"))


def _answers(text: str, source: str) -> Iterator[Cut]:
    for match in _EARLY_ANSWER.finditer(text):
        words = re.findall(r"'(?:outcome|reason)', '(\w+)'", source[match.start() : match.end()])
        yield Cut(match.start(), match.end(), "", f"no early answer {' '.join(words)}".strip(), tuple(words))


def _branches(text: str, source: str) -> Iterator[Cut]:
    """`when <condition> then '<word>'`: the branch that says why not. A mere value is no condition."""
    for match in _WHEN.finditer(text):
        end = _next_then(text, match.end())
        condition, word = text[match.end() : end].strip(), _WORD.match(text, end + len("then"))
        if word and " " in condition:
            start = text.index(condition, match.end())
            yield Cut(start, start + len(condition), "false", f"never {word[1]}", (word[1],))


def _next_then(text: str, start: int) -> int:
    depth = 0
    for match in _PARENTHESIS_OR_THEN.finditer(text, start):
        if match.group() == "then" and depth == 0:
            return match.start()
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
    raise AssertionError("a when has no then")


def _questions(text: str, source: str) -> Iterator[Cut]:
    for pattern, answer in _QUESTIONS:
        for match in pattern.finditer(text):
            end, what = _closing(text, match.end() - 1), f"{match[1]} is {answer}"
            yield Cut(match.start(), end, answer, what, (match[1],), match[1])
    for pattern, answer in _COMPARISONS:
        for match in pattern.finditer(text):
            words = tuple(re.findall(r"'(\w+)'", match.group()))
            yield Cut(match.start(), match.end(), answer, f"{match.group()} is {answer}", words)
    for match in _RANKS.finditer(text):
        yield Cut(match.start(), match.end(), "true", f"any rank of {match['held']}", ("role",))
