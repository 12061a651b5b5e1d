"""The evaluation protocol that every next-step model goes through: counting, neural and language models
alike.

* Order: by time, ties by the rule the caller names. Split: strictly by time. The test part is the last cases
by start;
  a training case ends before the first test case starts, and cases that straddle that moment are dropped.
* Validation is the end of the training part: it serves to choose, and the chosen model is fitted again on all
of it.
* The closed list comes from the training part alone: its activities, "none of these" and the end of the case.
* Every event after the first, and the end, is predicted from what precedes it. A model gives a probability
for every
  label of the closed list.
* One verdict, `is_right`, says whether an answer is right where events share a time stamp. The metric and the
reward
  of reinforcement learning both call it.

Sources: Weytjens and De Weerdt, arXiv 2107.01905 (strict split); the project's counts for ties.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from finetune.logs.trace import Ties, Trace
from scaffolds.errors import CasewrightError

END = "<end>"
OTHER = "<none of these>"
GAPS = ("same moment", "within a day", "within a week", "within 30 days", "within 90 days", "later")
_GAP_DAYS = (0, 1, 7, 30, 90)
Probabilities: TypeAlias = NDArray[np.floating]


@dataclass(frozen=True)
class Labels:
    """The closed list of answers: the activities of the training part in order of code, then OTHER and
    END."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, traces: Sequence[Trace]) -> "Labels":
        """Return the closed list that `traces` give."""
        activities = sorted({activity for trace in traces for activity in trace.activities})
        for reserved in (OTHER, END):
            if reserved in activities:
                raise CasewrightError(f"the log has an activity called {reserved!r}; rename it.")
        return cls((*activities, OTHER, END))

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", {name: place for place, name in enumerate(self.names)})

    def __len__(self) -> int:
        return len(self.names)

    def index(self, activity: str) -> int:
        """Return the place of `activity`, that of OTHER where training did not know it."""
        places: dict[str, int] = self._places  # type: ignore[attr-defined]
        return places.get(activity, places[OTHER])


class NextStep(Protocol):
    """What a model is to the protocol."""

    def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[Probabilities]:
        """Yield per trace an array (events, labels): row i is the distribution after the first i + 1 events.

        Row i may use the trace's case attributes as known at its start and events 0..i, nothing later.
        """
        ...


@dataclass(frozen=True)
class Split:
    """The parts of a log, each in order of case start. `late` are test cases that the end of the log may cut
    short."""

    ties: Ties
    fitting: tuple[Trace, ...]
    validation: tuple[Trace, ...]
    test: tuple[Trace, ...]
    straddlers: tuple[str, ...]
    late: frozenset[str]
    test_start: datetime

    @property
    def training(self) -> tuple[Trace, ...]:
        """Fitting and validation cases together: what the chosen model is fitted on again."""
        return self.fitting + self.validation


def temporal_split(
    traces: Sequence[Trace], *, ties: Ties, test: float = 0.2, validation: float = 0.125
) -> Split:
    """Split by time: `test` is a share of all cases, `validation` a share of the training cases.

    Cases without events are left out. A test case is late when it starts within the longest case's duration
    of the log's last event: such cases are more often short ones. Raises CasewrightError where a part would
    be empty.
    """
    cases = sorted((trace.ordered(ties) for trace in traces if trace.events), key=lambda trace: trace.start)
    first = int(len(cases) * (1 - test) + 1e-9)
    if not 0 < first < len(cases):
        raise CasewrightError(f"{len(cases)} cases are too few to split; import a longer log.")
    test_start = cases[first].start
    training = [trace for trace in cases[:first] if trace.end < test_start]
    straddlers = tuple(trace.case for trace in cases[:first] if trace.end >= test_start)
    cut = len(training) - round(len(training) * validation)
    if not 0 < cut < len(training):
        raise CasewrightError(
            f"only {len(training)} cases end before the test part starts; import a longer log."
        )
    horizon = max(trace.end for trace in cases) - max(trace.end - trace.start for trace in cases)
    return Split(
        ties=ties,
        fitting=tuple(training[:cut]),
        validation=tuple(training[cut:]),
        test=tuple(cases[first:]),
        straddlers=straddlers,
        late=frozenset(trace.case for trace in cases[first:] if trace.start > horizon),
        test_start=test_start,
    )


def by_day(split: Split) -> Split:
    """Return the split with its training cases as if only days had been recorded; the test part stays as it is.

    A log whose time stamps became coarser on the way tells its early cases in an order that its late ones do not have.
    """
    fitting, validation = (
        tuple(trace.by_day(split.ties) for trace in part) for part in (split.fitting, split.validation)
    )
    return replace(split, fitting=fitting, validation=validation)


def records_days(traces: Sequence[Trace]) -> bool:
    """Return whether most events carry no time of day."""
    plain = [event.local.time() == time.min for trace in traces for event in trace.events]
    return 2 * sum(plain) > len(plain)


def target(trace: Trace, step: int) -> str:
    """Return what follows the first `step` events: an activity, or END after the last."""
    return trace.events[step].activity if step < len(trace.events) else END


def right_answers(trace: Trace, step: int) -> frozenset[str]:
    """Return every right answer after the first `step` events.

    These are the activities of the events from there on that share the next event's time stamp: the log
    cannot tell which of them came first. After the last event only END is right, and nowhere else.
    """
    if step >= len(trace.events):
        return frozenset((END,))
    moment = trace.events[step].time
    end = step
    while end < len(trace.events) and trace.events[end].time == moment:
        end += 1
    return frozenset(event.activity for event in trace.events[step:end])


def is_right(answer: str, trace: Trace, step: int) -> bool:
    """The tie-aware verdict: may `answer` follow the first `step` events of `trace`?"""
    return answer in right_answers(trace, step)


def opens_group(trace: Trace, step: int) -> bool:
    """Return whether the event after the first `step` has a later time stamp than the one before it.

    These are the headline's steps: the choice a caseworker faces, and the one that hangs least on the order
    of ties. The end of a case is no event and opens nothing.
    """
    return 0 < step < len(trace.events) and trace.events[step].time != trace.events[step - 1].time


def gap_bucket(trace: Trace, step: int) -> int:
    """Return which of GAPS holds the time between the event after `step` events and the one before it."""
    gap = (trace.events[step].time - trace.events[step - 1].time) / timedelta(days=1)
    return sum(gap > bound for bound in _GAP_DAYS)


def check_causal(model: NextStep, trace: Trace, labels: Labels, *, tolerance: float = 1e-3) -> None:
    """Raise AssertionError where the model's rows change when the future is cut away: it then reads the
    answer."""
    whole = next(iter(model.probabilities([trace], labels)))
    for kept in {1, len(trace.events) // 2, len(trace.events) - 1} - {0}:
        part = next(iter(model.probabilities([replace(trace, events=trace.events[:kept])], labels)))
        if not np.allclose(whole[:kept], part, atol=tolerance):
            raise AssertionError(
                f"the model's first {kept} answers for case {trace.case!r} depend on what comes later"
            )
