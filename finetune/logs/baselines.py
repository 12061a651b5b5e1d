"""Counting baselines: the commonest label, and an n-gram that backs off to shorter contexts.
 They see activities only. They are what a language model has to beat before it may be said to understand a
process.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from finetune.logs.metrics import score
from finetune.logs.protocol import END, Labels, Probabilities, Split, target
from finetune.logs.trace import Trace

BEGIN = "<begin>"
MAX_ORDER = 8


@dataclass(frozen=True)
class Majority:
    """Answers every step with the training part's label frequencies, one added to each."""

    frequencies: Probabilities

    @classmethod
    def fit(cls, traces: Sequence[Trace], labels: Labels) -> "Majority":
        counts = np.ones(len(labels))
        for trace in traces:
            for step in range(1, len(trace.events) + 1):
                counts[labels.index(target(trace, step))] += 1
        return cls(counts / counts.sum())

    def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[Probabilities]:
        for trace in traces:
            yield np.tile(self.frequencies, (len(trace.events), 1))


@dataclass(frozen=True)
class Backoff:
    """An n-gram with contexts of up to `order` symbols, a begin symbol among them.

    The answer is the label counted most often after the longest context that training knows; of equal counts
    the one counted first. The probabilities are Witten and Bell's interpolation of all shorter contexts
    (1991), with the places of the answer and of its best label exchanged where the two differ, so that the
    answer stays the counted one.
    """

    order: int
    counts: dict[tuple[str, ...], Counter[str]]

    @classmethod
    def fit(cls, traces: Sequence[Trace], order: int) -> "Backoff":
        counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for trace in traces:
            symbols = (BEGIN, *trace.activities, END)
            for place in range(2, len(symbols)):
                for length in range(min(order, place) + 1):
                    counts[symbols[place - length : place]][symbols[place]] += 1
        return cls(order, dict(counts))

    def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[Probabilities]:
        @lru_cache(maxsize=4096)
        def interpolated(context: tuple[str, ...]) -> Probabilities:
            shorter = interpolated(context[1:]) if context else np.full(len(labels), 1 / len(labels))
            found = self.counts.get(context)
            if found is None:
                return shorter
            total, kinds = found.total(), len(found)
            row = shorter * (kinds / (total + kinds))
            places = [labels.index(name) for name in found]
            np.add.at(row, places, np.array(list(found.values())) / (total + kinds))
            return row

        for trace in traces:
            symbols = (BEGIN, *trace.activities)
            rows = []
            for end in range(2, len(symbols) + 1):
                context = symbols[max(0, end - self.order) : end]
                row = interpolated(context).copy()
                answer, best = labels.index(self._answer(context)), int(row.argmax())
                row[[answer, best]] = row[[best, answer]]
                row[answer] += 1e-9  # where the two are equal, the first seen stays ahead
                rows.append(row)
            yield np.stack(rows)

    def _answer(self, context: tuple[str, ...]) -> str:
        while context not in self.counts:
            context = context[1:]
        return self.counts[context].most_common(1)[0][0]


def choose_backoff(split: Split) -> Backoff:
    """Return the n-gram of the order with the most right answers on validation, fitted again on all training
    cases."""
    labels = Labels.of(split.fitting)

    def right(order: int) -> float:
        scored = score(
            Backoff.fit(split.fitting, order), split.validation, labels=labels, training=split.fitting
        )
        return float(scored.right.mean())

    return Backoff.fit(split.training, max(range(1, MAX_ORDER + 1), key=right))
