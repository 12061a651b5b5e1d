"""`casewright evaluate`: measure a run again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()


@app.command()
def evaluate(run: Annotated[Path, typer.Argument(help="The folder of a trained run.")]) -> None:
    """Measure the models of a run again, and write its report and bundle anew; nothing is trained that was kept."""
    from finetune.libraries import settle_libraries
    from finetune.progress import shown_progress
    from finetune.recipe import Recipe
    from finetune.run import evaluate_run, recipe_of

    settle_libraries()
    if not isinstance(recipe_of(run), Recipe):
        from finetune.commands.train_log import show_log_result
        from finetune.logs.run import evaluate_log_run

        with shown_progress() as tell:
            measured = evaluate_log_run(run, tell=tell)
        show_log_result(measured)
        return
    from finetune.commands.train import show_result

    with shown_progress() as tell:
        result = evaluate_run(run, tell=tell)
    show_result(result)
