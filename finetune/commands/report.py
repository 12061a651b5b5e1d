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
    from finetune.report.run_page import write_run_page
    from finetune.run import reopen
    from finetune.stages import gate
    from scaffolds.errors import CasewrightError
    from scaffolds.files import read_json

    work = reopen(run, tell=silent)
    if not (run / "evaluation.json").is_file():
        raise CasewrightError(f"{run} was not evaluated yet; run `casewright evaluate {run}` first.")
    verdict = gate(work, read_json(run / "evaluation.json"))
    typer.echo(f"Report: {write_run_page(run, verdict=verdict.why)}")
