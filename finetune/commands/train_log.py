"""`casewright train` where the recipe's source is an event log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from finetune.logs.recipe import LogRecipe
    from finetune.logs.run import LogResult, LogWork


def train_on_log(recipe: LogRecipe, *, out: Path, dry_run: bool) -> None:
    """Run the recipe, or show a case as the model would read it; exit code 1 when the gate was not passed."""
    from finetune.logs.run import prepare_log, run_log_recipe
    from finetune.progress import shown_progress

    with shown_progress() as tell:
        if dry_run:
            work = prepare_log(recipe, out=out / "dry-run", tell=tell)
        else:
            result = run_log_recipe(recipe, out=out, tell=tell)
    if dry_run:
        _show(work)
        return
    show_log_result(result)


def show_log_result(result: LogResult) -> None:
    """Print the table, where the report and the bundle lie, and stop with 1 when there is no bundle."""
    from finetune.logs.figures import figures_table

    typer.echo("")
    typer.echo(figures_table(result.figures))
    typer.echo(f"\n{result.why}")
    typer.echo(f"Report: {result.report}")
    if result.bundle is None:
        raise typer.Exit(1)
    typer.echo(f"Bundle: {result.bundle}")


def _show(work: LogWork) -> None:
    from rich.console import Console

    from finetune.logs.estimate import estimate
    from finetune.logs.run import main_study
    from finetune.rows import preview

    study = main_study(work)
    policy, training = study.policy("base", work.recipe.seed), study.split.training
    rows = [policy.encoding.row(trace) for trace in training]
    Console(highlight=False, markup=False).print(preview(rows[0], policy.encoding.prompts.tokenizer))
    tokens, learned = sum(len(row.input_ids) for row in rows), sum(row.trained for row in rows)
    typer.echo(f"\nBase         {policy.base}")
    answers = len(policy.encoding.steps)
    typer.echo(f"Cases        {len(training)} to train on, {len(work.split.test)} to test on; {answers} answers")
    if study.split != work.split:
        typer.echo(f"             read by day; source.resolution is {work.recipe.source.resolution}")
    typer.echo(f"A pass       {tokens:,} tokens, of which {learned:,} are learned; nothing was trained")
    cost = estimate(study)
    typer.echo(f"             about {cost.pass_seconds:,.0f} s of a processor in {'bf16' if cost.bf16 else 'fp32'}")
    parts = ", ".join(f"{passes:,.0f} for {part}" for part, passes in cost.passes.items())
    typer.echo(f"The run      at most {cost.hours:.1f} hours for {sum(cost.passes.values()):,.0f} passes: {parts}")
