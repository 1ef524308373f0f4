"""Searches places for secrets in every spelling in which one could lie there, all of them in one pass."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

import ahocorasick_rs

# Shorter ones would be found everywhere by chance.
_SHORTEST = 16


@dataclass
class Searched:
    """What was looked for, where, and what was found."""

    secrets: int = 0
    spellings: int = 0
    places: int = 0
    size: int = 0
    names: set[str] = field(default_factory=set)
    hits: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.secrets} secrets in {self.spellings} spellings, {self.places} places, "
            f"{self.size / 2**20:.0f} MB: {len(self.hits)} hits"
        )


def spellings(secret: str) -> set[bytes]:
    """A secret as it is, in a URL, in hex, and in base64 wherever it begins within what was encoded."""
    raw = secret.encode()
    found = {raw, quote(secret, safe="").encode(), quote_plus(secret).encode(), raw.hex().encode()}
    found.add(raw.hex().upper().encode())
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):
            # Characters at both ends depend on the neighbours: only those in between are the secret's own.
            encoded = encode(b"\0" * before + raw)
            found.add(encoded[-(-before * 8 // 6) : len(encoded) - 4])
    return {each for each in found if len(each) >= _SHORTEST}


def search(secrets: Mapping[str, Iterable[str]], places: Iterator[tuple[str, bytes]]) -> Searched:
    """Look for all of them in each place.

    Args:
        secrets: by kind; a hit is reported by kind and place, never by the secret itself.
        places: their names and what lies there.
    """
    kinds: dict[bytes, str] = {}
    searched = Searched()
    for kind, each_of in secrets.items():
        for secret in each_of:
            searched.secrets += 1
            kinds |= dict.fromkeys(spellings(secret), kind)
    needles = list(kinds)
    searched.spellings = len(needles)
    automaton = ahocorasick_rs.BytesAhoCorasick(needles)
    for name, content in places:
        searched.places += 1
        searched.size += len(content)
        searched.names.add(name)
        found = {kinds[needles[index]] for index, _, _ in automaton.find_matches_as_indexes(content)}
        searched.hits += [f"{kind} in {name}" for kind in sorted(found)]
    return searched
