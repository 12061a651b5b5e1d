"""The recipes that come with Casewright, by name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from scaffolds.errors import CasewrightError

FOLDER = Path(__file__).parent / "recipes"


def shipped_recipes() -> dict[str, Path]:
    """Every shipped recipe by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


def recipe_path(name: str) -> Path:
    """Find a recipe: a file where `name` is one, else the shipped recipe of that name.

    Raises CasewrightError with the nearest shipped name.
    """
    shipped = shipped_recipes()
    if name in shipped and not name.endswith((".yaml", ".yml")):
        return shipped[name]
    path = Path(name)
    if path.is_file():
        return path
    near = get_close_matches(path.stem, shipped, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else f" Shipped recipes: {', '.join(shipped)}."
    raise CasewrightError(f"There is no recipe '{name}', neither a file nor a shipped recipe.{hint}")
