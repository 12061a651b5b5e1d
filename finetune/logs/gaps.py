"""How long until the next step: the model's bucket beside the commonest one, given the step that did follow."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from finetune.logs.language import Language
from finetune.logs.protocol import Labels, gap_bucket
from finetune.logs.trace import Trace


@dataclass(frozen=True)
class CommonestGap:
    """Answers with the bucket seen most often between two steps, else before the second, else at all."""

    counts: dict[Any, Counter[int]]

    @classmethod
    def fit(cls, traces: Sequence[Trace]) -> CommonestGap:
        counts: dict[Any, Counter[int]] = defaultdict(Counter)
        for trace in traces:
            for step in range(1, len(trace.events)):
                before, after = trace.activities[step - 1 : step + 1]
                for context in ((before, after), after, None):
                    counts[context][gap_bucket(trace, step)] += 1
        return cls(dict(counts))

    def answer(self, before: str, after: str) -> int:
        """Give the place of the bucket in GAPS; 0 where nothing was seen."""
        for context in ((before, after), after, None):
            if context in self.counts:
                return self.counts[context].most_common(1)[0][0]
        return 0


def gap_figures(
    policy: Language, test: Sequence[Trace], *, training: Sequence[Trace], labels: Labels
) -> dict[str, float]:
    """Accuracy of both on every gap of `test`, and the likelihood of the model's: micro figures over gaps."""
    counted = CommonestGap.fit(training)
    ours, theirs, nll = [], [], []
    for trace, (_, table) in zip(test, policy.distributions(test, labels), strict=True):
        truths = [gap_bucket(trace, step) for step in range(1, len(trace.events))]
        steps = zip(trace.activities, trace.activities[1:], strict=False)
        theirs += [counted.answer(*pair) == truth for pair, truth in zip(steps, truths, strict=True)]
        ours += list(table.argmax(axis=1) == truths)
        nll += list(-np.log(np.maximum(table[range(len(truths)), truths], 1e-6)))
    figures = {"model": ours, "commonest": theirs, "nll": nll}
    return {"gaps": float(len(ours)), **{k: float(np.mean(v)) for k, v in figures.items()}}
