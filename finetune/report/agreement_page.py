"""The page about agreement: one HTML file that needs no network, no script and no file beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = """body{font:16px/1.5 sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;padding:.25rem 0}
th,td{text-align:right;padding:.25rem .5rem;border-bottom:1px solid #ddd}th:first-child{text-align:left}
thead th{vertical-align:bottom}"""


def agreement_page(figures: Mapping[str, Any]) -> str:
    """Return the page as HTML; every name in it is escaped."""
    title = escape(f"Annotations of {figures['workflow']}: {figures['kind']}")
    counts = ", ".join(f"{escape(name)}: {count}" for name, count in figures["counts"].items())
    parts = [
        f"<h1>{title}</h1><p>{counts}. Intervals are 95 %, bootstrap over tasks.</p>",
        "<h2>Agreement per field</h2>",
        "<p>Where nearly everybody says the same (prevalence near 1), kappa and alpha say little: read the raw "
        "agreement beside them.</p>",
        _fields(figures["fields"]),
        "<h2>Per pair of annotators (Cohen's kappa)</h2>",
        _pairs(figures["fields"]),
        "<h2>Where it stands (F1 of spans)</h2>",
        _spans(figures["spans"]),
        "<h2>Does the suggestion anchor?</h2>",
        _anchoring(figures["anchoring"]),
        "<h2>Annotators</h2>",
        "<p>Gold: share of fields right in tasks whose answer is known. Planted: share of wrong suggestions, made on "
        "purpose, that were let through.</p>",
        _annotators(figures["annotators"]),
    ]
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{_STYLE}</style></head><body><main>{"".join(parts)}</main></body></html>
"""


def estimate(found: Mapping[str, float] | None) -> str:
    """Word a figure with its interval; a dash where it is undefined."""
    if found is None or math.isnan(found["value"]):
        return "–"
    if math.isnan(found["low"]):
        return f"{found['value']:.3f}"
    return f"{found['value']:.3f} [{found['low']:.3f}, {found['high']:.3f}]"


def _fields(fields: Mapping[str, Any]) -> str:
    head = ("Field", "double answers", "prevalence", "raw", "alpha, nominal", "alpha, ordinal or interval")
    rows = [
        (
            name,
            str(one["units"]),
            f"{one['prevalence']:.2f}",
            estimate(one["raw"]),
            estimate(one["alpha"]),
            estimate(one.get("interval") or one.get("ordinal")),
        )
        for name, one in fields.items()
    ]
    return _table(head, rows)


def _pairs(fields: Mapping[str, Any]) -> str:
    pairs = list(dict.fromkeys(pair for one in fields.values() for pair in one["kappa"]))
    rows = [(name, *(estimate(one["kappa"].get(pair)) for pair in pairs)) for name, one in fields.items()]
    return _table(("Field", *pairs), rows)


def _spans(spans: Mapping[str, Any]) -> str:
    rows = [
        (name, str(one["units"]), estimate(one["exact"]), estimate(one["overlap"])) for name, one in spans.items()
    ]
    return _table(("Field", "pairs", "exact", "overlapping"), rows)


def _anchoring(found: Mapping[str, Any]) -> str:
    rows = [
        (circle, str(one["answers"]), estimate(one["as suggested"]), _number(one["median seconds"]))
        for circle, one in found.items()
        if circle != "shown minus blind"
    ]
    rows.append(("shown minus blind", "", estimate(found["shown minus blind"]), ""))
    return _table(("Suggestion", "answers", "fields as the model read them", "median seconds"), rows)


def _annotators(found: Mapping[str, Any]) -> str:
    rows = [
        (
            who,
            str(one["answers"]),
            _number(one["median seconds"]),
            str(one["gold"]["tasks"]),
            estimate(one["gold"]),
            str(one["planted let through"]["tasks"]),
            estimate(one["planted let through"]),
        )
        for who, one in found.items()
    ]
    head = ("Annotator", "answers", "median seconds", "gold tasks", "gold right", "planted", "planted let through")
    return _table(head, rows)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>"
