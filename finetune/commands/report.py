"""`casewright report`: write the page of a run again, or one page about several seeds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaffolds.errors import CasewrightError

app = typer.Typer()


@app.command(epilog="Example: casewright report runs/first runs/second runs/third --out seeds.html")
def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="The folder of an evaluated run, or several.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Of several runs: their page, with JSON beside it.")
    ] = None,
) -> None:
    """Write a run's report again, from its logs and figures; of several runs, one page about all their seeds."""
    if (len(runs) > 1) != (out is not None):
        raise CasewrightError("A page about several runs needs --out; the report of one lies in its folder.")
    written = _one(runs[0]) if out is None else _several(runs, out)
    typer.echo(f"Report: {written}")


def _several(runs: list[Path], out: Path) -> Path:
    from finetune.evaluate.compare import comparison_table
    from finetune.evaluate.seeds import pool
    from finetune.report.seeds_page import seeds_page
    from scaffolds.files import write_json_atomic, write_text_atomic

    if out.suffix == ".json":
        raise CasewrightError(f"{out}: name the page, such as {out.with_suffix('.html')}; its figures go beside it.")
    figures = pool(runs)
    typer.echo(comparison_table(figures))
    write_json_atomic(out.with_suffix(".json"), figures)
    return write_text_atomic(out, seeds_page(figures, runs))


def _one(run: Path) -> Path:
    from finetune.progress import silent
    from finetune.recipe import Recipe
    from finetune.report.run_page import write_run_page
    from finetune.run import recipe_of, reopen
    from finetune.stages import gate
    from scaffolds.files import read_json

    recipe = recipe_of(run)
    work = reopen(run, tell=silent) if isinstance(recipe, Recipe) else None
    if not (run / "evaluation.json").is_file():
        raise CasewrightError(f"{run} was not evaluated yet; run `casewright evaluate {run}` first.")
    figures = read_json(run / "evaluation.json")
    if work:
        return write_run_page(run, verdict=gate(work, figures).why)
    from finetune.logs.run import write_log_report

    return write_log_report(run)
