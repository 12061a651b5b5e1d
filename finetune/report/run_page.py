"""The page about a run: base, SFT and RL side by side, in one HTML file that needs no network and no script.

It is written from the files of the run's folder alone, so it can be written again at any time. Everything that a
document or a model said is escaped.
"""

from __future__ import annotations

import json
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
    summary_table,
    table,
)
from scaffolds.files import read_json, write_text_atomic
from scaffolds.verify import NAMES
from workflows.svg import line_chart

EXAMPLES = 12


def write_run_page(run: Path, *, verdict: str) -> Path:
    """Write RUN/report.html from what the run left in its folder, and give its path."""
    figures, data = read_json(run / "evaluation.json"), read_json(run / "data.json")
    stages = list(figures["stages"])
    parts = [
        f'<p class="verdict">{escape(verdict)}</p>',
        f"<p>{figures['facts']:,} facts of {figures['dossiers']:,} held-out dossiers, whose text families, names, "
        "streets and places no training dossier contains. Intervals are 95 %, by case.</p>",
        summary_table(figures, stages),
        "<h2>Paired gains</h2>",
        gains_table(figures),
        "<h2>Fact by fact</h2>",
        facts_table(figures, stages),
        notices_table(figures, stages),
        "<h2>How sure, and how right</h2>",
        calibration_chart(figures, stages),
        "<h2>Training</h2>",
        *_curves(run),
        "<h2>Examples</h2>",
        _examples(run, stages[-1]),
        "<h2>Data</h2>",
        f"<pre>{escape(json.dumps(data, indent=1, ensure_ascii=False))}</pre>",
        "<h2>Recipe</h2>",
        f"<pre>{escape((run / 'recipe.yaml').read_text('utf-8'))}</pre>",
    ]
    return write_text_atomic(run / "report.html", page(f"Run {run.name}", parts))


def _curves(run: Path) -> list[str]:
    curves = []
    if losses := _points(run / "sft" / "metrics.jsonl", "loss"):
        desc = "Loss on the answers over the steps of SFT."
        curves.append(line_chart({"loss": losses}, title="SFT loss", desc=desc, x="step", y="loss"))
    if margins := _points(run / "preference" / "metrics.jsonl", "rewards/margins"):
        desc = "How much more the policy prefers what annotators preferred than it did before, over the steps."
        title = "Preference: reward margin"
        curves.append(line_chart({"margin": margins}, title=title, desc=desc, x="step", y="nats", from_zero=False))
    rewards = {name: _points(run / "rl" / "rewards.jsonl", name) for name in NAMES}
    if any(rewards.values()):
        smooth = {name: _smooth(points) for name, points in rewards.items() if points}
        desc = "Mean of each verifier over the steps of RL, averaged over ten steps."
        if left := read_json(run / "rl" / "left_out.json"):
            desc += f" {len(left)} of the archive's cases were left out: the base would have to read them in parts."
        curves.append(line_chart(smooth, title="Rewards by name", desc=desc, x="step", y="mean", from_zero=False))
    return curves


def _points(path: Path, name: str) -> list[tuple[float, float]]:
    if not path.exists():
        return []
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [(float(row["step"]), float(row[name])) for row in rows if row.get(name) is not None]


def _smooth(points: Sequence[tuple[float, float]], width: int = 10) -> list[tuple[float, float]]:
    ys = [y for _, y in points]
    windows = [ys[max(0, place - width + 1) : place + 1] for place in range(len(ys))]
    return [(x, sum(window) / len(window)) for (x, _), window in zip(points, windows, strict=True)]


def _examples(run: Path, stage: str) -> str:
    lines = (run / "evaluation" / f"{stage}.jsonl").read_text("utf-8").splitlines()
    readings = [json.loads(line) for line in lines]
    wrong = [reading for reading in readings if not reading["correct"]]
    right = [reading for reading in readings if reading["correct"] and reading["gold_state"] == "stated"]
    head = ["Fact", "Gold", "Answer", "Quotation", "Probability", "Family"]
    return (
        f"<h3>Wrong ({len(wrong)} of {len(readings)})</h3>"
        + table(head, _example_rows(wrong), numbers=False)
        + "<h3>Right</h3>"
        + table(head, _example_rows(right), numbers=False)
    )


def _example_rows(readings: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    def said(reading: Mapping[str, Any], values: str, state: str) -> str:
        return ", ".join(map(str, reading[values])) or reading[state].replace("_", " ")

    spread = readings[:: max(1, len(readings) // EXAMPLES)][:EXAMPLES]
    return [
        [
            escape(part)
            for part in (
                reading["path"],
                said(reading, "gold", "gold_state"),
                said(reading, "said", "state"),
                reading["quotation"],
                f"{reading['confidence']:.2f}",
                reading["family"],
            )
        ]
        for reading in spread
    ]
