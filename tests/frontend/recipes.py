"""Reads recipes out of documents and makes programs of them, each line where it stands in its document.

A recipe is a block of TypeScript whose fence says `ts recipe=NAME`. HTML comments, which nobody sees, may prepare it
and have to say what then holds; all three share one scope:

    <!-- before
    const grace = await newUser();
    -->
    ```ts recipe=invite as=owner refused=role_too_low uses=code-of
    const { data, error } = await supabase.rpc("invite_member", { ... });
    ```
    <!-- after
    assert.equal(data?.role, "member");
    -->
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(\w*)\s*(.*)$")
_KEYS = {"recipe", "as", "refused", "uses"}
_GIVEN = (
    "supabase, email, password, userId, workspaceId, url, key, owner, member, newClient, newUser, "
    "announce, remind, send"
)


class RecipeError(Exception):
    """A document holds a recipe that cannot be run; the message names the line."""


@dataclass(frozen=True)
class Part:
    """Lines of a document, with the number of the first."""

    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Recipe:
    """One recipe.

    Attributes:
        persona: who `supabase` is signed in as, one of those of prepared.ts.
        refused: the codes of the refusals that belong to it, in order.
        uses: recipes of functions that it calls, from any document.
    """

    name: str
    document: str
    persona: str
    refused: tuple[str, ...]
    uses: tuple[str, ...]
    before: Part
    code: Part
    after: Part

    @property
    def file(self) -> str:
        """The name of its program."""
        return f"{self.name}.ts"

    def program(self, all_recipes: Mapping[str, Recipe]) -> str:
        """The text of its program.

        Raises:
            RecipeError: it uses a recipe that there is not.
        """
        lines = [""] * (self.after.first + len(self.after.lines))
        imports: list[str] = []
        for part in (self.before, self.code, self.after):
            _place(lines, part, imports)
        for name in self.uses:
            if name not in all_recipes:
                raise RecipeError(f"{self.document}:{self.code.first}: there is no recipe {name} to use")
            # Behind the rest: a function may be called before the line that declares it.
            used = all_recipes[name].code
            _place(lines, Part(len(lines) + 1, used.lines), imports)
        began = f'await cook("{self.persona}", {list(self.refused)}, async ({{ {_GIVEN} }}) => {{ {{'
        head = [
            'import assert from "node:assert/strict";',
            'import { cook } from "./prepared.js";',
            *sorted(set(imports)),
        ]
        # The first line of a document is its title; a second brace lets a recipe declare what is given to it.
        return "\n".join([" ".join([*head, began]), *lines[1:], "} });", ""])


def read_recipes(document: Path) -> list[Recipe]:
    """Every recipe of a document, in order.

    Raises:
        RecipeError: what is wrong, and in which line.
    """
    return list(_recipes(document.name, document.read_text().splitlines()))


def by_name(recipes: Iterable[Recipe]) -> dict[str, Recipe]:
    """Recipes by their names.

    Raises:
        RecipeError: two have the same.
    """
    found: dict[str, Recipe] = {}
    for recipe in recipes:
        if recipe.name in found:
            raise RecipeError(f"{recipe.document}:{recipe.code.first}: there is another recipe {recipe.name}")
        found[recipe.name] = recipe
    return found


def programs(recipes: Mapping[str, Recipe]) -> dict[str, str]:
    """The texts of all programs by file name.

    Raises:
        RecipeError: as Recipe.program.
    """
    return {recipe.file: recipe.program(recipes) for recipe in recipes.values()}


def _recipes(document: str, lines: list[str]) -> Iterator[Recipe]:
    before = Part(1, ())
    number = 0
    while number < len(lines):
        line = lines[number]
        if line == "<!-- before":
            before, number = _until(lines, number, "-->")
            continue
        fence = _FENCE.match(line)
        if fence is None:
            number += 1
            continue
        where = f"{document}:{number + 1}"
        code, number = _until(lines, number, "```")
        if fence[1] != "ts":
            continue
        words = {word.partition("=")[0]: word.partition("=")[2] for word in fence[2].split()}
        if "recipe" not in words or words.keys() - _KEYS:
            raise RecipeError(
                f"{where}: a block of TypeScript is a recipe=NAME, with as=, refused= and uses= if needed"
            )
        while number < len(lines) and not lines[number]:
            number += 1
        if lines[number : number + 1] != ["<!-- after"]:
            raise RecipeError(f"{where}: nothing says what holds after the recipe")
        after, number = _until(lines, number, "-->")
        refused, uses = (tuple(filter(None, words.get(key, "").split(","))) for key in ("refused", "uses"))
        yield Recipe(words["recipe"], document, words.get("as", "owner"), refused, uses, before, code, after)
        before = Part(1, ())


def _until(lines: list[str], start: int, end: str) -> tuple[Part, int]:
    """The lines between two marks, and where it goes on."""
    last = lines.index(end, start + 1)
    return Part(start + 2, tuple(lines[start + 1 : last])), last + 1


def _place(lines: list[str], part: Part, imports: list[str]) -> None:
    lines.extend([""] * (part.first - 1 + len(part.lines) - len(lines)))
    for number, line in enumerate(part.lines, start=part.first - 1):
        if line.startswith("import "):
            imports.append(line)
        else:
            lines[number] = line
