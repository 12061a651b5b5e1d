"""The page about several runs of one recipe that differ in their seed: each beside the others, and all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from finetune.report.parts import (
    calibration_chart,
    facts_table,
    gains_table,
    notices_table,
    page,
    span,
    summary_table,
    table,
)


def seeds_page(figures: Mapping[str, Any], runs: Sequence[Path]) -> str:
    """Return the page as HTML, with what `finetune.evaluate.seeds.pool` found and the recipe of the first run."""
    stages = list(figures["stages"])
    name, gain = list(figures["gains"].items())[-1]
    sure = "leaves zero out" if gain["low"] > 0 or gain["high"] < 0 else "holds zero"
    seeds = ", ".join(str(run["seed"]) for run in figures["runs"])
    parts = [
        f'<p class="verdict">{escape(name.replace("-", " minus ").upper())}: {span(gain)} in field accuracy; '
        f"the interval {sure}.</p>",
        f"<p>Seeds {seeds}: each with dossiers, training and episodes of its own. {figures['facts']:,} facts of "
        f"{figures['dossiers']:,} held-out dossiers, whose text families, names, streets and places no training "
        "dossier contains. Intervals are 95 %, by case.</p>",
        "<h2>Seed by seed</h2>",
        _by_seed(figures, stages),
        "<h2>All together</h2>",
        summary_table(figures, stages),
        gains_table(figures),
        "<h2>Fact by fact</h2>",
        facts_table(figures, stages),
        notices_table(figures, stages),
        "<h2>How sure, and how right</h2>",
        calibration_chart(figures, stages),
        "<h2>Recipe of the first seed</h2>",
        f"<pre>{escape((runs[0] / 'recipe.yaml').read_text('utf-8'))}</pre>",
    ]
    return page(f"{len(runs)} seeds of one recipe", parts)


def _by_seed(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    """Field accuracy of every stage and every paired gain, a row for each seed."""
    gains = list(figures["gains"])
    rows = [
        [
            f"seed {run['seed']}",
            *(span(run["intervals"][stage]) for stage in stages),
            *(span(run["gains"][gain]) for gain in gains),
        ]
        for run in figures["runs"]
    ]
    heads = [stage.upper() for stage in stages] + [gain.replace("-", " minus ").upper() for gain in gains]
    return table(["field accuracy", *heads], rows)
