"""Agreement: how far annotators say the same. Raw, Cohen's kappa, Krippendorff's alpha, and F1 of spans.

A unit is one thing that was asked, with one value per annotator who answered it; missing answers are left out, as
alpha allows. Chance-corrected figures collapse when nearly everybody says the same thing: read them beside the raw
agreement. Intervals are percentile bootstrap over units. Cohen (1960); Krippendorff, Content Analysis (2004), ch. 11.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from finetune.evaluate.metrics import Estimate

Level = Literal["nominal", "ordinal", "interval"]
Unit = Mapping[str, Any]
"""Value by annotator."""
Span = tuple[str, int, int]
"""Document, start, end."""
Floats = NDArray[np.float64]
_NAN = float("nan")
T = TypeVar("T")


def raw_agreement(units: Sequence[Unit]) -> float:
    """Share of pairs of answers to the same unit that are equal; nan when there is no pair."""
    equal = pairs = 0
    for unit in units:
        values = list(unit.values())
        for i, value in enumerate(values):
            pairs += len(values) - i - 1
            equal += sum(value == other for other in values[i + 1 :])
    return equal / pairs if pairs else _NAN


def cohen_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> float:
    """Cohen's kappa of two annotators; nan when it is undefined, because both always say the same one thing."""
    if not pairs:
        return _NAN
    firsts, seconds = zip(*pairs, strict=True)
    observed = sum(a == b for a, b in pairs) / len(pairs)
    expected = sum(firsts.count(value) * seconds.count(value) for value in set(firsts)) / len(pairs) ** 2
    return _NAN if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(units: Sequence[Unit], *, level: Level = "nominal") -> float:
    """Krippendorff's alpha for any number of annotators and missing answers; nan when nothing varies.

    level: `ordinal` and `interval` want numbers.
    """
    counts, values = _counts(units)
    return _alpha(counts, values, level)


def _counts(units: Sequence[Unit]) -> tuple[Floats, list[Any]]:
    """How often each value was said per unit, of units with at least two answers: (units, values)."""
    answered = [list(unit.values()) for unit in units if len(unit) > 1]
    seen = {value for said in answered for value in said}
    values = sorted(seen, key=lambda value: value if isinstance(value, int | float) else str(value))
    place = {value: i for i, value in enumerate(values)}
    counts = np.zeros((len(answered), len(values)))
    for row, said in enumerate(answered):
        for value in said:
            counts[row, place[value]] += 1
    return counts, values


def _alpha(counts: Floats, values: Sequence[Any], level: Level) -> float:
    if not len(counts):
        return _NAN
    per_unit = counts.sum(axis=1)
    scaled = counts / (per_unit - 1)[:, None]
    coincidence = scaled.T @ counts - np.diag(scaled.sum(axis=0))
    totals = coincidence.sum(axis=1)
    distance = _distance(totals, values, level)
    n = totals.sum()
    expected = float((np.outer(totals, totals) * distance).sum())
    if expected == 0:
        return _NAN
    return float(1 - (n - 1) * (coincidence * distance).sum() / expected)


def _distance(totals: Floats, values: Sequence[Any], level: Level) -> Floats:
    """Squared differences between values: (values, values)."""
    if level == "nominal":
        return 1 - np.eye(len(values))
    # On an ordinal scale a value stands at its rank: the number of answers up to its middle.
    places = np.array(values, dtype=float) if level == "interval" else np.cumsum(totals) - totals / 2
    squared: Floats = (places[:, None] - places[None, :]) ** 2
    return squared


def span_f1(pairs: Sequence[tuple[Sequence[Span], Sequence[Span]]], *, overlap: bool) -> float:
    """F1 of two annotators' spans over units: exactly equal, or sharing a character; nan when nobody marked any.

    F1 is the same whoever of the two is taken as right.
    """
    hits = marked = 0
    for ours, theirs in pairs:
        marked += len(ours) + len(theirs)
        hits += sum(any(_same(a, b, overlap) for b in theirs) for a in ours)
        hits += sum(any(_same(a, b, overlap) for a in ours) for b in theirs)
    return hits / marked if marked else _NAN


def _same(first: Span, second: Span, overlap: bool) -> bool:
    if not overlap:
        return first == second
    return first[0] == second[0] and first[1] < second[2] and second[1] < first[2]


def with_interval(
    units: Sequence[T], figure: Callable[[Sequence[T]], float], *, draws: int, seed: int
) -> Estimate:
    """A figure over units with its 95 % bootstrap interval; draws in which it is undefined are left out."""
    value = figure(units)
    if np.isnan(value) or len(units) < 2:
        return Estimate(value=value, low=_NAN, high=_NAN)
    picks = np.random.default_rng(seed).integers(0, len(units), size=(draws, len(units)))
    drawn = np.array([figure([units[i] for i in pick]) for pick in picks])
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return Estimate(value=value, low=_NAN, high=_NAN)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value=value, low=float(low), high=float(high))
