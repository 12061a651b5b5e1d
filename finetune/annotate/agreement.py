"""Agreement: how far annotators say the same. Raw, Cohen's kappa, Krippendorff's alpha, and F1 of spans.

A unit is one thing that was asked, with one value per annotator who answered it; missing answers are left out, as
alpha allows. Chance-corrected figures collapse when nearly everybody says the same thing: read them beside the raw
agreement. A figure is prepared once over its units and then measured on any choice of them, so that its bootstrap
interval over units is cheap. Cohen (1960); Krippendorff, Content Analysis (2004), ch. 11.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from finetune.evaluate.metrics import Estimate

Level = Literal["nominal", "ordinal", "interval"]
Unit = Mapping[str, Any]
"""Value by annotator."""
Span = tuple[str, int, int]
"""Document, start, end."""
Picks = NDArray[np.intp]
Figure = Callable[[Picks], float]
"""A figure over the units with these numbers, which may repeat; nan where it is undefined."""
_NAN = float("nan")


def measured(figure: Figure, units: int) -> float:
    """Measure a figure on all of its units."""
    return figure(np.arange(units)) if units else _NAN


def with_interval(figure: Figure, units: int, *, draws: int, seed: int) -> Estimate:
    """Measure a figure with its 95 % percentile bootstrap interval; draws in which it is undefined are left out."""
    value = measured(figure, units)
    if np.isnan(value) or units < 2:
        return Estimate(value=value, low=_NAN, high=_NAN)
    picks = np.random.default_rng(seed).integers(0, units, size=(draws, units))
    drawn = np.array([figure(pick) for pick in picks])
    low, high = np.percentile(drawn[~np.isnan(drawn)], [2.5, 97.5])
    return Estimate(value=value, low=float(low), high=float(high))


def ratio(parts: Sequence[tuple[float, float]]) -> Figure:
    """The sum of first numbers over the sum of second ones: shares, accuracies, F1."""
    table = np.array(parts, dtype=float).reshape(-1, 2)

    def figure(picks: Picks) -> float:
        top, bottom = table[picks].sum(axis=0)
        return float(top / bottom) if bottom else _NAN

    return figure


def raw_agreement(units: Sequence[Unit]) -> Figure:
    """Share of pairs of answers to the same unit that are equal."""
    return ratio([_equal(list(unit.values())) for unit in units])


def _equal(values: list[Any]) -> tuple[float, float]:
    pairs = [value == other for i, value in enumerate(values) for other in values[i + 1 :]]
    return float(sum(pairs)), float(len(pairs))


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Figure:
    """Cohen's kappa of two annotators; undefined where both always say the same one thing."""
    place = {value: i for i, value in enumerate({value for pair in pairs for value in pair})}
    codes = np.array([[place[a], place[b]] for a, b in pairs], dtype=np.intp).reshape(-1, 2)

    def figure(picks: Picks) -> float:
        said = codes[picks]
        observed = float((said[:, 0] == said[:, 1]).mean())
        first, second = (np.bincount(said[:, i], minlength=len(place)) for i in (0, 1))
        expected = float(first @ second) / len(picks) ** 2
        return _NAN if expected == 1 else (observed - expected) / (1 - expected)

    return figure


def krippendorff_alpha(units: Sequence[Unit], *, level: Level = "nominal") -> Figure:
    """Krippendorff's alpha for any number of annotators and missing answers; undefined where nothing varies.

    level: `ordinal` and `interval` want numbers.
    """
    seen = {value for unit in units for value in unit.values()}
    values = sorted(seen, key=lambda value: value if isinstance(value, int | float) else str(value))
    place = {value: i for i, value in enumerate(values)}
    most = max(map(len, units), default=0)
    # One row per unit; what lacks stands at the place after the last value, and a lone answer is no pair.
    codes = np.full((len(units), most), len(values), dtype=np.intp)
    for row, unit in enumerate(units):
        if len(unit) > 1:
            codes[row, : len(unit)] = [place[value] for value in unit.values()]
    answers = (codes < len(values)).sum(axis=1)

    def figure(picks: Picks) -> float:
        said, m = codes[picks], answers[picks]
        totals = np.bincount(said.ravel(), minlength=len(values) + 1)[:-1].astype(float)
        n = float(totals.sum())
        if level == "nominal":
            same = (said[:, :, None] == said[:, None, :]) & (said < len(values))[:, :, None]
            observed, expected = m**2 - same.sum(axis=(1, 2)), n**2 - float(totals @ totals)
        else:
            # On an ordinal scale a value stands at its rank: the number of answers up to its middle.
            at = np.array(values, dtype=float) if level == "interval" else np.cumsum(totals) - totals / 2
            spread = np.append(at, 0.0)[said]
            observed = 2 * (m * (spread**2).sum(axis=1) - spread.sum(axis=1) ** 2)
            expected = 2 * (n * float(totals @ at**2) - float(totals @ at) ** 2)
        if expected <= 0:
            return _NAN
        return float(1 - (n - 1) * (observed / np.maximum(m - 1, 1)).sum() / expected)

    return figure


def span_f1(pairs: Sequence[tuple[Sequence[Span], Sequence[Span]]], *, overlap: bool) -> Figure:
    """F1 of two annotators' spans: exactly equal, or sharing a character; undefined where nobody marked any.

    F1 is the same whoever of the two is taken as right.
    """
    return ratio([_hits(ours, theirs, overlap) for ours, theirs in pairs])


def _hits(ours: Sequence[Span], theirs: Sequence[Span], overlap: bool) -> tuple[float, float]:
    hits = sum(any(_same(a, b, overlap) for b in theirs) for a in ours)
    hits += sum(any(_same(a, b, overlap) for a in ours) for b in theirs)
    return float(hits), float(len(ours) + len(theirs))


def _same(first: Span, second: Span, overlap: bool) -> bool:
    if not overlap:
        return first == second
    return first[0] == second[0] and first[1] < second[2] and second[1] < first[2]
