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

from finetune.evaluate.compare import SHOWN
from scaffolds.files import read_json, write_text_atomic
from scaffolds.verify import NAMES
from workflows.svg import line_chart

_STYLE = """
body{font:16px/1.5 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}
th,td{text-align:left;padding:.25rem .75rem;border-bottom:1px solid #ddd;vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
figure{margin:1.5rem 0}svg{max-width:100%;height:auto}
pre{white-space:pre-wrap;background:#f4f4f4;padding:1rem}
.verdict{border-left:.4rem solid #0072b2;padding:.5rem 1rem}
"""
EXAMPLES = 12


def write_run_page(run: Path, *, verdict: str) -> Path:
    """Write RUN/report.html from what the run left in its folder, and give its path."""
    figures, data = read_json(run / "evaluation.json"), read_json(run / "data.json")
    stages = list(figures["stages"])
    parts = [
        f'<p class="verdict">{escape(verdict)}</p>',
        f"<p>{figures['facts']:,} facts of {figures['dossiers']:,} held-out dossiers, whose text families, names, "
        "streets and places no training dossier contains. Intervals are 95 %, by case.</p>",
        _summary(figures, stages),
        "<h2>Paired gains</h2>",
        _gains(figures),
        "<h2>Fact by fact</h2>",
        _facts(figures, stages),
        _notices(figures, stages),
        "<h2>How sure, and how right</h2>",
        _calibration(figures, stages),
        "<h2>Training</h2>",
        *_curves(run),
        "<h2>Examples</h2>",
        _examples(run, stages[-1]),
        "<h2>Data</h2>",
        f"<pre>{escape(json.dumps(data, indent=1, ensure_ascii=False))}</pre>",
        "<h2>Recipe</h2>",
        f"<pre>{escape((run / 'recipe.yaml').read_text('utf-8'))}</pre>",
    ]
    title = f"Run {escape(run.name)}"
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>
{chr(10).join(parts)}
</main></body></html>
"""
    return write_text_atomic(run / "report.html", page)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = True) -> str:
    """Lay out rows of ready HTML cells; the first column holds row headers."""
    kind = ' class="n"' if numbers else ""
    top = "".join(f'<th scope="col"{kind if i else ""}>{escape(name)}</th>' for i, name in enumerate(head))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td{kind}>{cell}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _share(value: float) -> str:
    return f'{value:.3f} <meter value="{value:.3f}" min="0" max="1"></meter>'


def _interval(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _upper(stages: Sequence[str]) -> list[str]:
    return [stage.upper() for stage in stages]


def _summary(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    by_stage = figures["stages"]
    rows = [["field accuracy, with interval", *(_interval(by_stage[stage]["interval"]) for stage in stages)]]
    rows += [
        [escape(words), *(f"{by_stage[stage]['summary'][name]:.3f}" for stage in stages)]
        for name, words in SHOWN.items()
        if name != "field_accuracy"
    ]
    return _table(["", *_upper(stages)], rows)


def _gains(figures: Mapping[str, Any]) -> str:
    named = {name.replace("-", " minus ").upper(): gain for name, gain in figures["gains"].items()}
    return _table(["", "field accuracy"], [[escape(name), _interval(gain)] for name, gain in named.items()])


def _facts(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    by_stage = {stage: figures["stages"][stage]["by_path"] for stage in stages}
    paths = by_stage[stages[-1]]
    rows = [[escape(path), *(_share(by_stage[stage].get(path, 0.0)) for stage in stages)] for path in paths]
    return _table(["Fact", *_upper(stages)], rows)


def _notices(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    all_found = {stage: figures["stages"][stage].get("notices") for stage in stages}
    found = {stage: fields for stage, fields in all_found.items() if fields}
    if not found:
        return ""
    fields = next(iter(found.values()))
    rows = [
        [f"{escape(name)} ({fields[name]['stated']:.0f} stated)", *(_share(found[s][name]["exact"]) for s in found)]
        for name in fields
    ]
    head = "<h2>Real published notices</h2><p>Exact match over all notices; never trained on.</p>"
    return head + _table(["Field", *_upper(list(found))], rows)


def _calibration(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    lines = {
        stage.upper(): [(sure, right) for sure, right, _ in figures["stages"][stage]["calibration"]]
        for stage in stages
    }
    return line_chart(
        {"as sure as right": [(0.0, 0.0), (1.0, 1.0)], **lines},
        title="Calibration",
        desc="Share of facts that are right against the probability the model gave them.",
        x="probability of the answer",
        y="share right",
    )


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
        + _table(head, _example_rows(wrong), numbers=False)
        + "<h3>Right</h3>"
        + _table(head, _example_rows(right), numbers=False)
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
