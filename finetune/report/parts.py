"""The parts that pages about runs share: figures of several stages as tables and plots, and the page around them.

`figures` has the form of evaluation.json. Everything that a document or a model said is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from finetune.evaluate.compare import SHOWN
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

def page(title: str, parts: Sequence[str]) -> str:
    """One HTML document of these parts, with its style and without anything that it would have to fetch."""
    title = escape(title)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>
{chr(10).join(parts)}
</main></body></html>
"""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: bool = True) -> str:
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


def span(figure: Mapping[str, float]) -> str:
    """A figure with its interval."""
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _upper(stages: Sequence[str]) -> list[str]:
    return [stage.upper() for stage in stages]


def summary_table(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    """Every single figure of each stage."""
    by_stage = figures["stages"]
    rows = [["field accuracy, with interval", *(span(by_stage[stage]["interval"]) for stage in stages)]]
    rows += [
        [escape(words), *(f"{by_stage[stage]['summary'][name]:.3f}" for stage in stages)]
        for name, words in SHOWN.items()
        if name != "field_accuracy"
    ]
    return table(["", *_upper(stages)], rows)


def gains_table(figures: Mapping[str, Any]) -> str:
    """How much better each stage is than the one before it, paired by case."""
    named = {name.replace("-", " minus ").upper(): gain for name, gain in figures["gains"].items()}
    return table(["", "field accuracy"], [[escape(name), span(gain)] for name, gain in named.items()])


def facts_table(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    """Field accuracy of each fact."""
    by_stage = {stage: figures["stages"][stage]["by_path"] for stage in stages}
    paths = by_stage[stages[-1]]
    rows = [[escape(path), *(_share(by_stage[stage].get(path, 0.0)) for stage in stages)] for path in paths]
    return table(["Fact", *_upper(stages)], rows)


def notices_table(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    """Exact match on real notices; empty where none were read."""
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
    return head + table(["Field", *_upper(list(found))], rows)


def calibration_chart(figures: Mapping[str, Any], stages: Sequence[str]) -> str:
    """How often each stage is right when it is so sure."""
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
