"""Metrics of readings: accuracy per fact and per document, evidence, hand-over, calibration, and their intervals.

Field accuracy is exact match of state and value over all facts of all cases. A fact handed over counts as not
right there; accuracy at coverage says how good the rest is. Intervals are percentile bootstrap over cases (Efron &
Tibshirani 1993), paired when two models are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from finetune.evaluate.readings import Read, Reading

BINS = 10


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def field_accuracy(readings: Sequence[Reading]) -> float:
    """Share of facts that are exactly right."""
    return _mean([reading.correct for reading in readings])


def by_path(readings: Sequence[Reading]) -> dict[str, float]:
    """Field accuracy per fact."""
    paths = dict.fromkeys(reading.path for reading in readings)
    return {path: field_accuracy([r for r in readings if r.path == path]) for path in paths}


def summary(read: Read) -> dict[str, float]:
    """Every single figure of one model, by name."""
    readings = read.readings
    kept = [reading for reading in readings if not reading.handed_over]
    evidence = [reading.evidence_found for reading in readings if reading.evidence_found is not None]
    cases = _by_case(readings, lambda reading: float(reading.correct))
    return {
        "field_accuracy": field_accuracy(readings),
        "document_exact": _mean([right == facts for right, facts in cases.values()]),
        "evidence_found": _mean(evidence),
        "decision_agreement": _mean(list(read.outcome_agrees.values())),
        "hand_over_rate": _mean([reading.handed_over for reading in readings]),
        "accuracy_at_coverage": field_accuracy(kept),
        "calibration_error": calibration_error(readings),
    }


def calibration(readings: Sequence[Reading]) -> list[tuple[float, float, int]]:
    """Mean confidence, accuracy and count per bin of confidence, empty bins left out."""
    bins: list[list[Reading]] = [[] for _ in range(BINS)]
    for reading in readings:
        bins[min(int(reading.confidence * BINS), BINS - 1)].append(reading)
    return [(_mean([r.confidence for r in bin_]), field_accuracy(bin_), len(bin_)) for bin_ in bins if bin_]


def calibration_error(readings: Sequence[Reading]) -> float:
    """Expected calibration error (Naeini et al. 2015) over ten equal bins."""
    total = max(len(readings), 1)
    return sum(abs(sure - right) * count for sure, right, count in calibration(readings)) / total


def interval(readings: Sequence[Reading], *, draws: int, seed: int) -> Estimate:
    """Field accuracy with its bootstrap interval by case."""
    cases = list(_by_case(readings, lambda reading: float(reading.correct)).values())
    return _bootstrap(np.array(cases), draws=draws, seed=seed)


def paired_gain(new: Sequence[Reading], old: Sequence[Reading], *, draws: int, seed: int) -> Estimate:
    """Field accuracy of `new` minus that of `old` on the same cases, with its paired interval.

    Raises ValueError when the two do not hold the same cases.
    """
    first = _by_case(new, lambda reading: float(reading.correct))
    second = _by_case(old, lambda reading: float(reading.correct))
    if first.keys() != second.keys():
        raise ValueError("the two models were not evaluated on the same cases")
    table = np.array([(first[case][0] - second[case][0], first[case][1]) for case in first])
    return _bootstrap(table, draws=draws, seed=seed)


def gains(reads: Mapping[str, Read], *, draws: int, seed: int) -> dict[str, Estimate]:
    """The paired gain of each model over the one before it, by "new-old"."""
    names = list(reads)
    return {
        f"{new}-{old}": paired_gain(reads[new].readings, reads[old].readings, draws=draws, seed=seed)
        for old, new in pairwise(names)
    }


def _bootstrap(table: NDArray[np.float64], *, draws: int, seed: int) -> Estimate:
    """Ratio of column sums over resampled rows; table: (cases, 2)."""
    picks = np.random.default_rng(seed).integers(0, len(table), size=(draws, len(table)))
    sums = table[picks].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / sums[:, 1], [2.5, 97.5])
    return Estimate(value=float(table[:, 0].sum() / table[:, 1].sum()), low=float(low), high=float(high))


def _by_case(readings: Sequence[Reading], value: Callable[[Reading], float]) -> dict[str, tuple[float, int]]:
    cases: dict[str, tuple[float, int]] = {}
    for reading in readings:
        total, count = cases.get(reading.case, (0.0, 0))
        cases[reading.case] = (total + value(reading), count + 1)
    return cases


def _mean(values: Sequence[float | bool | None]) -> float:
    return float(np.mean([float(v) for v in values if v is not None])) if values else 0.0
