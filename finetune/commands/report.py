"""`casewright report`: write the page of a run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def report(run: Annotated[Path, typer.Argument(help="The folder of an evaluated run.")]) -> None:
    """Write a run's report again, from its logs and figures."""
    from finetune.progress import silent
    from finetune.recipe import Recipe
    from finetune.report.run_page import write_run_page
    from finetune.run import recipe_of, reopen
    from finetune.stages import gate
    from scaffolds.errors import CasewrightError
    from scaffolds.files import read_json

    recipe = recipe_of(run)
    work = reopen(run, tell=silent) if isinstance(recipe, Recipe) else None
    if not (run / "evaluation.json").is_file():
        raise CasewrightError(f"{run} was not evaluated yet; run `casewright evaluate {run}` first.")
    figures = read_json(run / "evaluation.json")
    if work:
        written = write_run_page(run, verdict=gate(work, figures).why)
    else:
        from finetune.logs.run import write_log_report

        written = write_log_report(run)
    typer.echo(f"Report: {written}")
