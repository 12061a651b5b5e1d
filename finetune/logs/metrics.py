"""Numbers for next-step models: one row per prediction, every figure a sum over rows, so that cases can be
resampled.
 Nothing is averaged over prefix lengths or epochs. Answers outside the training vocabulary cannot be given,
so steps whose truth lies outside count as errors, in every figure.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.logs.protocol import (
    END,
    OTHER,
    Labels,
    NextStep,
    Probabilities,
    is_right,
    opens_group,
    right_answers,
    target,
)
from finetune.logs.trace import Trace
from scaffolds.errors import CasewrightError

FLOOR = 1e-6  # a probability below counts as this in the log-likelihood, so that no single step decides it
CALIBRATION_BINS = 15
LENGTHS = ((1, 4), (5, 9), (10, 19), (20, 39), (40, 10**9))


@dataclass(frozen=True)
class Scored:
    """Predictions of one model: arrays with one entry per step of the scored cases, in order.

    `exact` is the answer equal to the truth of this order of ties, `right` the tie-aware verdict. `truth`
    holds names.
    """

    case: NDArray[np.int64]
    length: NDArray[np.int64]
    truth: NDArray[np.object_]
    answer: NDArray[np.object_]
    exact: NDArray[np.bool_]
    right: NDArray[np.bool_]
    top3: NDArray[np.bool_]
    opens: NDArray[np.bool_]
    ends: NDArray[np.bool_]
    known: NDArray[np.bool_]
    seen: NDArray[np.bool_]
    confidence: NDArray[np.float64]
    nll: NDArray[np.float64]

    def only(self, mask: NDArray[np.bool_]) -> "Scored":
        """Return the rows where `mask` holds."""
        return Scored(**{field.name: getattr(self, field.name)[mask] for field in fields(self)})


def score(model: NextStep, traces: Sequence[Trace], *, labels: Labels, training: Sequence[Trace]) -> Scored:
    """Ask `model` for every step of `traces` and return what it said.

    `training` tells which prefixes were seen. Raises CasewrightError where a model's rows are not
    distributions over the closed list: a metric on them would mean nothing.
    """
    known_prefixes = {prefix for trace in training for prefix in _prefixes(trace)}
    rows: dict[str, list[Any]] = {field.name: [] for field in fields(Scored)}
    for case, (trace, table) in enumerate(zip(traces, model.probabilities(traces, labels), strict=True)):
        _check(table, trace, labels)
        prefixes = _prefixes(trace)
        best = np.argsort(-table, axis=1, kind="stable")[:, :3]
        for step in range(1, len(trace.events) + 1):
            truth, place = target(trace, step), labels.index(target(trace, step))
            answer = labels.names[best[step - 1, 0]]
            known = labels.names[place] != OTHER
            rows["case"].append(case)
            rows["length"].append(step)
            rows["truth"].append(truth)
            rows["answer"].append(answer)
            rows["exact"].append(answer == truth)
            rows["right"].append(is_right(answer, trace, step))
            rows["top3"].append(known and place in best[step - 1])
            rows["opens"].append(opens_group(trace, step))
            rows["ends"].append(truth == END)
            rows["known"].append(known)
            rows["seen"].append(prefixes[step - 1] in known_prefixes)
            rows["confidence"].append(table[step - 1, best[step - 1, 0]])
            rows["nll"].append(-np.log(max(float(table[step - 1, place]), FLOOR)))
    kinds = {
        "case": np.int64,
        "length": np.int64,
        "truth": object,
        "answer": object,
        "confidence": float,
        "nll": float,
    }
    return Scored(**{name: np.array(values, dtype=kinds.get(name, bool)) for name, values in rows.items()})


def _prefixes(trace: Trace) -> list[tuple[str, ...]]:
    return [trace.activities[:step] for step in range(1, len(trace.events) + 1)]


def _check(table: Probabilities, trace: Trace, labels: Labels) -> None:
    shape = (len(trace.events), len(labels))
    if table.shape != shape:
        raise CasewrightError(f"case {trace.case!r}: the model gave an array {table.shape}, wanted {shape}.")
    if not np.all(table >= 0) or not np.allclose(table.sum(axis=1), 1.0, atol=1e-3):
        raise CasewrightError(f"case {trace.case!r}: the model's rows are not probability distributions.")


def summary(scored: Scored) -> dict[str, float]:
    """Return every figure of the protocol; `headline` is the hit rate on the first event of a new time-stamp
    group."""
    events = scored.only(~scored.ends)
    return {
        "headline": _mean(scored.right[scored.opens]),
        "tie_set": _mean(scored.right),
        "exact": _mean(scored.exact),
        "exact_without_end": _mean(events.exact),
        "tie_set_without_end": _mean(events.right),
        "exact_seen": _mean(scored.exact[scored.seen]),
        "exact_unseen": _mean(scored.exact[~scored.seen]),
        "macro_f1": macro_f1(scored),
        "top3": _mean(scored.top3),
        "nll": _mean(scored.nll),
        "ece": calibration_error(scored),
        "none_of_these": _mean(scored.answer == OTHER),
        "steps": float(len(scored.case)),
        "groups": float(scored.opens.sum()),
        "seen_share": _mean(scored.seen),
        "unknown_truths": float((~scored.known).sum()),
    }


def rewarded(scored: Scored, *, openings: float) -> float:
    """Return the hit rate with the weights of RL's reward: `openings` for a step that opens a group, else 1."""
    return float(np.average(scored.right, weights=np.where(scored.opens, openings, 1.0)))


def by_length(scored: Scored) -> list[dict[str, float]]:
    """Return headline, tie-set and exact figures per range of prefix length."""
    table = []
    for low, high in LENGTHS:
        part = scored.only((scored.length >= low) & (scored.length <= high))
        if len(part.case):
            figures = summary(part)
            names = ("headline", "tie_set", "exact", "steps")
            table.append({"from": low, "to": high, **{name: figures[name] for name in names}})
    return table


def macro_f1(scored: Scored) -> float:
    """Return the mean F1 over the labels that occur as truth, by exact agreement; unknown activities have F1
    zero."""
    truths, answers = Counter(scored.truth), Counter(scored.answer)
    hits = Counter(scored.truth[scored.exact])
    return _mean(np.array([2 * hits[name] / (count + answers[name]) for name, count in truths.items()]))


def calibration_error(scored: Scored) -> float:
    """Return the expected calibration error of the best answer: equal-width bins, weighted by their size."""
    total = 0.0
    for rows in calibration(scored):
        total += rows["share"] * abs(rows["confidence"] - rows["accuracy"])
    return total


def calibration(scored: Scored) -> list[dict[str, float]]:
    """Return per filled bin of confidence its mean confidence, its exact accuracy and its share of the
    steps."""
    bins = np.minimum((scored.confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    table = []
    for place in np.unique(bins):
        mask = bins == place
        accuracy, confidence = _mean(scored.exact[mask]), _mean(scored.confidence[mask])
        table.append({"confidence": confidence, "accuracy": accuracy, "share": _mean(mask)})
    return table


def ceiling(traces: Iterable[Trace]) -> dict[str, float]:
    """Return the best that any model could do on `traces` from the activities before each step alone.

    For each distinct prefix the one answer is counted that fits most of the steps that follow it: once for
    the truth of this order, once for the tie-aware verdict, once on the headline's steps. Where nearly every
    prefix occurs once the ceiling is near 1 and says little; `repeated` is the share of steps whose prefix
    occurs again.
    """
    counts: dict[str, dict[Any, Counter[str]]] = {
        name: defaultdict(Counter) for name in ("exact", "right", "opens")
    }
    times: dict[str, Counter[Any]] = {name: Counter() for name in counts}
    for trace in traces:
        prefix: Any = 0
        for step in range(1, len(trace.events) + 1):
            prefix = hash((prefix, trace.events[step - 1].activity))
            answers = right_answers(trace, step)
            found = {"exact": {target(trace, step)}, "right": answers}
            if opens_group(trace, step):
                found["opens"] = answers
            for name, right in found.items():
                counts[name][prefix].update(right)
                times[name][prefix] += 1
    best = {name: sum(max(c.values()) for c in table.values()) for name, table in counts.items()}
    total = {name: sum(table.values()) for name, table in times.items()}
    again = sum(count for count in times["exact"].values() if count > 1)
    share = {name: best[name] / total[name] if total[name] else float("nan") for name in counts}
    repeated = again / total["exact"] if total["exact"] else float("nan")
    return {
        "headline": share["opens"],
        "tie_set": share["right"],
        "exact": share["exact"],
        "repeated": repeated,
    }


@dataclass(frozen=True)
class Interval:
    """A difference and its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        return self.low > 0 or self.high < 0


Hits = Callable[[Scored], tuple[NDArray[Any], NDArray[np.bool_]]]
HITS: dict[str, Hits] = {
    "headline": lambda scored: (scored.right, scored.opens),
    "tie_set": lambda scored: (scored.right, np.ones_like(scored.right)),
    "exact": lambda scored: (scored.exact, np.ones_like(scored.exact)),
    "nll": lambda scored: (scored.nll, np.ones_like(scored.right)),
}


def difference(
    ours: Sequence[Scored], theirs: Sequence[Scored], *, metric: str, draws: int = 2000, seed: int = 0
) -> Interval:
    """Return the mean of `metric` over our seeds less theirs, with a paired bootstrap interval over cases.

    Each argument holds one model's predictions, one Scored per seed, on the same cases in the same order. A
    draw takes cases with replacement, the same for both (Efron and Tibshirani 1993, chapter 13, percentile
    interval).
    """
    cases = ours[0].case
    if not all(np.array_equal(cases, other.case) for other in (*ours, *theirs)):
        raise CasewrightError("the two models were not scored on the same steps, so they cannot be compared.")
    trials = np.bincount(cases, weights=HITS[metric](ours[0])[1])
    gain = _hits_per_case(ours, metric) - _hits_per_case(theirs, metric)
    picks = np.random.default_rng(seed).integers(0, len(trials), size=(draws, len(trials)))
    means = gain[picks].sum(axis=1) / np.maximum(trials[picks].sum(axis=1), 1)
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(float(gain.sum() / max(trials.sum(), 1)), float(low), float(high))


def _hits_per_case(seeds: Sequence[Scored], metric: str) -> NDArray[np.float64]:
    tables = []
    for scored in seeds:
        hits, mask = HITS[metric](scored)
        tables.append(np.bincount(scored.case, weights=np.where(mask, hits, 0)))
    return np.asarray(np.mean(tables, axis=0))


def _mean(values: NDArray[Any]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
