"""`casewright evaluate`: measure a run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def evaluate(run: Annotated[Path, typer.Argument(help="The folder of a trained run.")]) -> None:
    """Measure base, SFT and RL of a run again, and write its report and bundle anew."""
    from finetune.commands.train import show_result
    from finetune.libraries import settle_libraries
    from finetune.progress import shown_progress
    from finetune.run import evaluate_run

    settle_libraries()
    with shown_progress() as tell:
        result = evaluate_run(run, tell=tell)
    show_result(result)
