"""`casewright recipes`: list, show, copy and check recipes, and publish their schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="List, show, copy and check recipes.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="A shipped recipe, or a file.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key, dotted.")]


@app.command("list")
def list_() -> None:
    """List the shipped recipes."""
    from finetune.recipe import Recipe, load_recipe
    from finetune.shipped import shipped_recipes

    for name in shipped_recipes():
        recipe = load_recipe(name)
        stages = "SFT and RL" if recipe.rl else "SFT"
        learned = "an event log"
        if isinstance(recipe, Recipe):
            learned = f"{sum(source.confirmed + source.archive for source in recipe.sources)} dossiers"
        typer.echo(f"{name:24} {recipe.workflow} on {recipe.base}: {stages}, {learned}")


@app.command()
def show(recipe: Name, changes: Set = None, resolved: bool = False) -> None:
    """Print a recipe as it is written, or --resolved with every default filled in."""
    from finetune.recipe import load_recipe, write_recipe
    from finetune.shipped import recipe_path

    loaded = load_recipe(recipe, overrides=changes or ())
    text = write_recipe(loaded) if resolved or changes else recipe_path(recipe).read_text(encoding="utf-8")
    typer.echo(text, nl=False)


@app.command()
def copy(recipe: Name, to: Annotated[Path, typer.Argument(help="The new file.")]) -> None:
    """Copy a recipe to a file of your own, comments included; an existing file is left alone."""
    from finetune.shipped import recipe_path
    from scaffolds.errors import CasewrightError
    from scaffolds.files import write_text_atomic

    source = recipe_path(recipe)
    target = to / source.name if to.is_dir() else to
    if target.exists():
        raise CasewrightError(f"{target} exists already; choose another name.")
    write_text_atomic(target, source.read_text(encoding="utf-8"))
    typer.echo(f"{target}: change it, then run: casewright train {target} --dry-run")


@app.command()
def check(recipe: Name, changes: Set = None) -> None:
    """Check a recipe against its schema, the installed workflows and the licence gate."""
    from finetune.gates import check_licence
    from finetune.recipe import Recipe, load_recipe
    from workflows.registry import load_workflow

    loaded = load_recipe(recipe, overrides=changes or ())
    if isinstance(loaded, Recipe):
        load_workflow(loaded.workflow)
    for source in loaded.sources if isinstance(loaded, Recipe) else (loaded.source,):
        check_licence(source)
    typer.echo(f"{recipe} is sound.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a recipe, for an editor to complete and check with."""
    import json

    from finetune.recipe import recipe_schema

    typer.echo(json.dumps(recipe_schema(), ensure_ascii=False, indent=2))
