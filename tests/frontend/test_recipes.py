"""Every recipe of the documents type-checks, works with the real supabase-js, and leaves what it says.

To add a recipe, write it into a document of docs/ (how it looks: recipes.py) and nothing else:

- ```` ```ts recipe=NAME ```` names it; no two have the same name. `import` lines go to the top of its program.
- `as=visitor|newcomer|user|owner|member` is whom `supabase` is signed in as, owner if it does not say; what else it
  finds without declaring it, such as `workspaceId`, `member.supabase` or `newUser()`, is `Prepared` in prepared.ts.
- `<!-- before` ... `-->` above it makes what it starts from, such as rows to list: any TypeScript, with the same names.
- `<!-- after` ... `-->` below it says with `assert` what then holds. Without it the recipe is refused.
- `refused=CODE,CODE` lists the refusals that it provokes, in order; any other answer of an error fails it.
- `uses=NAME,NAME` makes functions callable that other recipes declare, from any document.
"""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from service.local.binaries import REPOSITORY
from service.local.platform import Platform
from tests.frontend.compiling import compile_in, run_compiled
from tests.frontend.recipes import Recipe, RecipeError, by_name, programs, read_recipes

_DOCUMENTS = sorted((REPOSITORY / "docs").glob("*.md"))
_RECIPES = by_name(recipe for document in _DOCUMENTS for recipe in read_recipes(document))
_BESIDE = {name: Path(__file__).with_name(name).read_text() for name in ("prepared.ts", "assert.d.ts")}


class Kitchen:
    """Programs of recipes, compiled together."""

    def __init__(self, folder: Path, recipes: dict[str, Recipe], platform: Platform) -> None:
        self._folder, self._platform = folder, platform
        self._wrong = compile_in(folder, {**_BESIDE, **programs(recipes)})

    def wrong_lines(self, recipe: Recipe) -> list[str]:
        """What does not type-check in a recipe, with the lines of its document, or in what it finds prepared."""
        return [line for line in self._wrong if line.startswith((f"{recipe.file}(", "prepared.ts("))]

    def fault(self, recipe: Recipe) -> str:
        """What went wrong when the recipe ran; empty if nothing did."""
        environment = {
            "SUPABASE_URL": self._platform.supabase_url,
            "SUPABASE_PUBLISHABLE_KEY": self._platform.publishable_key,
            "RUN": secrets.token_hex(6),
        }
        run = run_compiled(self._folder, recipe.name, environment)
        return run.stderr if run.returncode else ""


@pytest.fixture(scope="module")
def kitchen(published_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Kitchen:
    return Kitchen(tmp_path_factory.mktemp("recipes"), _RECIPES, published_platform)


@pytest.mark.parametrize("recipe", _RECIPES.values(), ids=lambda recipe: recipe.name)
def test_recipe_works(kitchen: Kitchen, recipe: Recipe) -> None:
    assert kitchen.wrong_lines(recipe) == []
    fault = kitchen.fault(recipe)
    assert not fault, fault


def _document(folder: Path, *lines: str) -> Path:
    (folder / "planted.md").write_text("\n".join(["# Planted", *lines, ""]))
    return folder / "planted.md"


def _recipe(name: str, code: str, after: str, *, fence: str = "as=newcomer") -> list[str]:
    return [f"```ts recipe={name} {fence}", code, "```", "<!-- after", after, "-->"]


def test_recipe_that_does_not_work_is_noticed_in_its_line(published_platform: Platform, tmp_path: Path) -> None:
    create = 'const { data } = await supabase.rpc("create_workspace", { name: "Bakery" });'
    missing = "adult_attestation_missing"
    document = _document(
        tmp_path,
        *_recipe("refused-unsaid", create, "assert.equal(data, null);"),
        *_recipe("refused-said", create, "assert.equal(data, null);", fence=f"as=newcomer refused={missing}"),
        *_recipe("not-refused", create, "assert.ok(data);", fence="as=user refused=role_too_low"),
        *_recipe("not-so", create, 'assert.equal(data?.workspace_id, "planted");', fence="as=user"),
        *_recipe("not-typed", 'await supabase.from("workspaces").insert({ name: "Bakery" });', "assert.ok(true);"),
    )
    recipes = by_name(read_recipes(document))
    (tmp_path / "kitchen").mkdir()
    kitchen = Kitchen(tmp_path / "kitchen", recipes, published_platform)
    wrong = [line.partition(",")[0] for recipe in recipes.values() for line in kitchen.wrong_lines(recipe)]
    assert wrong == ["not-typed.ts(27"]
    faults = {name: kitchen.fault(recipe) for name, recipe in recipes.items() if name != "not-typed"}
    assert faults["refused-said"] == ""
    assert missing in faults["refused-unsaid"]
    assert "role_too_low" in faults["not-refused"]
    assert "'planted'" in faults["not-so"]
    assert "not-so.ts:24:" in faults["not-so"]


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["```ts", "await nothing();", "```"], "planted.md:2: a block of TypeScript is a recipe"),
        (["```ts recipe=planted for=nobody", "```"], "planted.md:2: a block of TypeScript is a recipe"),
        (["", "```ts recipe=planted", "```", "It works."], "planted.md:3: nothing says what holds after"),
        (_recipe("one", "", "") + _recipe("one", "", ""), "planted.md:9: there is another recipe one"),
        (_recipe("one", "", "", fence="uses=none"), "planted.md:3: there is no recipe none to use"),
    ],
    ids=["not_a_recipe", "unknown_word", "without_after", "same_name", "uses_nothing"],
)  # fmt: skip
def test_document_that_cannot_be_cooked_is_refused(tmp_path: Path, lines: list[str], complaint: str) -> None:
    document = _document(tmp_path, *lines)
    with pytest.raises(RecipeError, match=complaint):
        programs(by_name(read_recipes(document)))
