"""The page of a run on an event log: every model in one table, the differences with their intervals, and plots."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.logs.describe import ORDERS
from workflows.svg import line_chart

if TYPE_CHECKING:
    from finetune.logs.recipe import LogRecipe

_STYLE = """body{font:16px/1.5 sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;padding:.25rem 0}
th,td{text-align:right;padding:.25rem .5rem;border-bottom:1px solid #ddd}td:not(:first-child){white-space:nowrap}
th:first-child,td:first-child{text-align:left}
figure{margin:1.5rem 0}svg{max-width:100%;height:auto}"""

_COLUMNS = {
    "headline": "headline", "tie_set": "tie set", "exact": "exact", "exact_file_order": "exact, file order",
    "exact_unseen": "exact, unseen prefix", "macro_f1": "macro F1", "top3": "top 3", "nll": "NLL", "ece": "ECE",
    "none_of_these": "none of these",
}  # fmt: skip


def process_page(recipe: LogRecipe, figures: Mapping[str, Any], record: Mapping[str, Any], *, verdict: str) -> str:
    """Return the page as HTML: no network, no script, no file beside it; what comes from the log is escaped."""
    title = escape(f"{recipe.name}: the next step in {Path(recipe.source.path).name}")
    parts = [
        f"<h1>{title}</h1><p>{escape(verdict)}</p>",
        _protocol(recipe, figures, record),
        "<h2>All models, one protocol</h2>",
        _models(figures),
        _seeds(figures),
        _differences(figures),
        _gaps(figures),
        "<h2>By length of the prefix, and by number of training cases</h2>",
        _lengths(figures),
        _curve(figures),
        "<h2>Training</h2>",
        _training(figures),
        _calibration(figures),
        _transfer(figures),
    ]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{_STYLE}</style></head><body><main>{"".join(parts)}</main></body></html>
"""


def _protocol(recipe: LogRecipe, figures: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    cases, source = figures["cases"], record["source"]
    facts = (
        f"Log {source['sha256']} ({recipe.source.licence}).",
        f"Cases by start: {cases['fitting']} to fit, {cases['validation']} to choose, {cases['test']} to test from "
        f"{record['test_start'][:10]} on; {cases['straddling']} that straddle that moment are dropped, and "
        f"{cases['late']} of the test cases start so late that the log may cut them short.",
        "Every model chooses on validation, is fitted again on both parts for a fixed number of steps, and meets the "
        "test part once.",
        f"The closed list has {figures['closed_list']} answers, from training cases alone; a step outside it is an "
        "error for everybody.",
        f'Events that share a time stamp stand {ORDERS[recipe.source.ties]}; the column "exact, file order" asks '
        "the same models about the same cases in the order of the file.",
        *(
            [
                f"source.resolution is {recipe.source.resolution}, so the language model learns from training cases "
                "read by day, and so do the models that say so and the LSTM with its reward; the others learn from "
                "them as recorded. Test cases are as recorded."
            ]
            if "ngram_day" in figures["models"]
            else []
        ),
        "The headline is the hit rate on the first event of a new time-stamp group: an answer is right when it is any "
        "event of that group. Tie set is the same over all steps, exact asks for the very next one.",
    )
    return "<ul>" + "".join(f"<li>{escape(fact)}</li>" for fact in facts) + "</ul>"


def _models(figures: Mapping[str, Any]) -> str:
    rows = []
    for model in figures["models"].values():
        spread = f" ± {model['deviation']:.3f}" if len(model["seeds"]) > 1 else ""
        values = [_share(model["mean"][key]) for key in _COLUMNS]
        rows.append((f"{model['name']} ({len(model['seeds'])})", values[0] + spread, *values[1:]))
    best = figures["ceiling"]
    known = [_share(best[key]) for key in ("headline", "tie_set", "exact")]
    rows.append(("ceiling from the prefix alone", *known, *[""] * (len(_COLUMNS) - 3)))
    caption = "Mean over seeds (their number in brackets); ± is the standard deviation of the headline."
    return _table(("Model", *_COLUMNS.values()), rows, caption)


def _seeds(figures: Mapping[str, Any]) -> str:
    several = {name: model for name, model in figures["models"].items() if len(model["seeds"]) > 1}
    if not several:
        return ""
    count = len(next(iter(several.values()))["seeds"])
    rows = [(model["name"], *(f"{one['headline']:.3f}" for one in model["seeds"])) for model in several.values()]
    return _table(("Headline per seed", *(str(n + 1) for n in range(count))), rows)


def _differences(figures: Mapping[str, Any]) -> str:
    names = {key: model["name"] for key, model in figures["models"].items()}
    rows = []
    for metric, pairs in figures["differences"].items():
        for pair, found in pairs.items():
            ours, theirs = pair.split("-")
            clear = "yes" if found["low"] > 0 or found["high"] < 0 else "no"
            rows.append((f"{names[ours]} minus {names[theirs]}", _COLUMNS[metric], *_interval(found), clear))
    head = ("Difference", "figure", "value", "95 % low", "high", "excludes zero")
    return _table(head, rows, "Paired bootstrap by case; seeds averaged. Of NLL less is better.")


def _gaps(figures: Mapping[str, Any]) -> str:
    gaps = figures["gaps"]
    return (
        f"<p>Time until the next step, in six buckets, given the step: right on {gaps['model']:.1%} of "
        f"{gaps['gaps']:,.0f} gaps; the bucket seen most often between the same two steps: {gaps['commonest']:.1%}.</p>"
    )


def _lengths(figures: Mapping[str, Any]) -> str:
    lines = {
        model["name"]: [(float(row["from"]), row["headline"]) for row in model["by_length"]]
        for key, model in figures["models"].items()
        if key in ("ngram", "lstm", "lstm_day", "lstm_rl", "transformer", "opaque", "sft", "rl")
    }
    return _plot(lines, "Headline by length of the prefix", "prefix of at least so many events", "headline")


def _curve(figures: Mapping[str, Any]) -> str:
    lines: dict[str, list[tuple[float, float]]] = {}
    rows = []
    for cases, found in figures["curve"].items():
        for key, values in found["headline"].items():
            name = figures["models"][key]["name"]
            lines.setdefault(name, []).append((float(cases), sum(values) / len(values)))
        rows.append((cases, *_interval(found["over_ngram"])))
    table = _table(("Training cases", "SFT minus n-gram", "95 % low", "high"), rows)
    return _plot(lines, "Headline by number of training cases", "training cases", "headline") + table


def _training(figures: Mapping[str, Any]) -> str:
    choice = figures["choice"]
    told = (
        f"<p>Validation chose {choice['sft_epochs']} passes of SFT and {choice['rl_epochs']} of RL. No answer can be "
        "invalid: the policy is a softmax over the closed list.</p>"
    )
    sft = {name: [(one["epoch"], one[name]) for one in choice["sft"]] for name in ("right", "headline")}
    plots = _plot(sft, "SFT: hit rate on validation", "pass", "share")
    if choice["rl"]:
        rl = {name: [(one["epoch"], one[name]) for one in choice["rl"]] for name in ("reward", "right", "headline")}
        plots += _plot(rl, "RL: expected reward in training, hit rate on validation", "pass", "share")
        kl = {"divergence from SFT": [(one["epoch"], one["kl"]) for one in choice["rl"]]}
        plots += _plot(kl, "RL: divergence from the SFT policy", "pass", "nats per step")
    return told + plots


def _calibration(figures: Mapping[str, Any]) -> str:
    lines = {
        figures["models"][key]["name"]: [
            (row["confidence"], row["accuracy"]) for row in figures["models"][key]["calibration"]
        ]
        for key in ("ngram", "sft", "rl")
        if key in figures["models"]
    }
    return _plot({**lines, "perfect": [(0.0, 0.0), (1.0, 1.0)]}, "Calibration", "confidence", "exact accuracy")


def _transfer(figures: Mapping[str, Any]) -> str:
    if not (found := figures.get("transfer")):
        return ""
    rows = []
    for cases, row in found["by_cases"].items():
        ours = [one["headline"] for one in row["language"]]
        alone = row["ngram_few_alone"]
        values = [sum(ours) / len(ours), row["ngram"]["headline"]]
        few = f"{alone['headline']:.3f}" if alone else ""
        rows.append((cases, *(f"{value:.3f}" for value in values), few, *_interval(row["over_ngram"])))
    head = ("Cases adapted with", "language model", "5-gram, both", "5-gram, those alone", "difference", "low", "high")
    caption = (
        f"Headline on {found['to_cases']} test cases of the other log; learned on {found['from_cases']} cases that end "
        "before they start."
    )
    return "<h2>Between municipalities</h2>" + _table(head, rows, caption)


def _share(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"


def _interval(found: Mapping[str, float]) -> tuple[str, str, str]:
    return f"{found['value']:+.3f}", f"{found['low']:+.3f}", f"{found['high']:+.3f}"


def _plot(lines: Mapping[str, Sequence[tuple[float, float]]], title: str, x: str, y: str) -> str:
    return f"<figure>{line_chart(lines, title=title, desc=f'{title}, a line per model or figure.', x=x, y=y)}</figure>"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str = "") -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    told = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{told}<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
