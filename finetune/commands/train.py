"""`casewright train`: run a recipe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from finetune.preview import DryRun
    from finetune.run import Result

app = typer.Typer()


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="A shipped recipe, or a file.")],
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a key, dotted.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and stop.")] = False,
    out: Annotated[Path | None, typer.Option(help="The run's folder; runs/NAME without it.")] = None,
) -> None:
    """Run a recipe: fine-tune, evaluate, report, and bundle what passes the gate.

    The same command again goes on where it stopped. Exit code 1 says that the gate was not passed.
    """
    from finetune.libraries import settle_libraries
    from finetune.progress import shown_progress
    from finetune.recipe import Recipe, load_recipe

    loaded = load_recipe(recipe, overrides=changes or ())
    folder = out or Path("runs") / loaded.name
    settle_libraries(hub=loaded.hub)
    if not isinstance(loaded, Recipe):
        from finetune.commands.train_log import train_on_log

        train_on_log(loaded, out=folder, dry_run=dry_run)
        return
    with shown_progress() as tell:
        if dry_run:
            from finetune.preview import dry_run as look
            from finetune.run import prepare

            looked = look(prepare(loaded, out=folder, tell=tell))
        else:
            from finetune.run import run_recipe

            result = run_recipe(loaded, out=folder, tell=tell)
    if dry_run:
        show_dry_run(looked)
    else:
        show_result(result)


def show_dry_run(looked: DryRun) -> None:
    """Print the preview and the estimates."""
    from rich.console import Console

    from finetune.machine import GIB

    Console(highlight=False, markup=False).print(looked.preview)
    sft = looked.estimates["sft"]
    typer.echo(f"\nBase         {looked.estimates['base']}")
    tokens = f"{sft['answer_tokens']:,} of {sft['tokens']:,} tokens in answers"
    typer.echo(f"SFT          {sft['steps']} steps over {sft['rows']} rows, {tokens}; {_minutes(sft)}")
    if preference := looked.estimates.get("preference"):
        typer.echo(f"Preference   {preference['steps']} steps over {preference['rows']} rows; {_minutes(preference)}")
    if rl := looked.estimates.get("rl"):
        typer.echo(f"RL           {rl['steps']} steps, {rl['episodes']:,} episodes; {_minutes(rl)}")
    typer.echo(f"Peak memory  about {looked.estimates['peak_memory_bytes'] / GIB:.1f} GiB")
    typer.echo(f"Written      {looked.folder}; nothing was trained")


def _minutes(stage: dict[str, float]) -> str:
    return f"about {stage['seconds'] / 60:.1f} minutes"


def show_result(result: Result) -> None:
    """Print the comparison, where the report and the bundle lie, and stop with 1 when there is no bundle."""
    from finetune.evaluate.compare import comparison_table

    typer.echo("")
    typer.echo(comparison_table(result.figures))
    typer.echo(f"\n{result.verdict.why}")
    typer.echo(f"Report: {result.report}")
    if result.bundle is None:
        raise typer.Exit(1)
    typer.echo(f"Bundle: {result.bundle}")
