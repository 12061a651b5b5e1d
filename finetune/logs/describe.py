"""What a log is like before anybody trains on it: size, variety, durations, and how far its order can be trusted.

One pass over a trace file. Ties and the resolution of time are told per year, because in real logs they
change when a system is replaced, and a split by time then trains on ordered and tests on unordered events.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from finetune.logs.metrics import ceiling
from finetune.logs.trace import LogHeader, Trace, TraceFile
from scaffolds.errors import CasewrightError

ORDERS = {"activity": "by the code of the activity", "file": "as in the file"}
RESOLUTIONS = ("day", "minute", "second", "finer")


@dataclass(frozen=True)
class Year:
    """Events of one calendar year, in the local time of the log.

    `pairs` are adjacent events whose second one falls in the year, `tied` those that share a time stamp.
    `resolution` says how many time stamps carry no more than a day, a minute, a second, or something finer.
    """

    year: int
    events: int
    pairs: int
    tied: int
    resolution: dict[str, int]

    @property
    def usual(self) -> str:
        """The resolution of most of the year's time stamps."""
        return max(RESOLUTIONS, key=lambda name: self.resolution.get(name, 0))


@dataclass(frozen=True)
class Description:
    """The facts of one log. `days` and `lengths` have an entry per case with events; `ceiling` as in
    metrics."""

    header: LogHeader
    cases: int
    empty_cases: int
    events: int
    activities: dict[str, int]
    labels: dict[str, str]
    variants: int
    top_variant_share: float
    first: datetime
    last: datetime
    days: tuple[float, ...]
    lengths: tuple[int, ...]
    years: tuple[Year, ...]
    ceiling: dict[str, float]

    @property
    def tied_share(self) -> float:
        """The share of adjacent pairs of events that share a time stamp."""
        return sum(year.tied for year in self.years) / max(1, sum(year.pairs for year in self.years))

    @property
    def ambiguous_labels(self) -> int:
        """How many labels stand for more than one activity code."""
        return sum(count > 1 for count in Counter(self.labels.values()).values())

    @property
    def resolution_changes(self) -> tuple[str, ...]:
        """A sentence for every year whose usual resolution differs from the year before."""
        pairs = zip(self.years, self.years[1:], strict=False)
        return tuple(
            f"From {now.year} on most time stamps carry: {now.usual}. Before: {before.usual}."
            for before, now in pairs
            if before.usual != now.usual
        )

    def figures(self) -> list[tuple[str, str]]:
        """Return the description as rows of a name and a value, for terminal and page alike."""
        return [
            ("Source", f"{self.header.source} ({self.header.format})"),
            ("SHA-256", self.header.sha256),
            ("Order of events with one time stamp", ORDERS[self.header.ties]),
            (
                "Cases",
                f"{self.cases:,}"
                + (f", of which {self.empty_cases:,} without events" if self.empty_cases else ""),
            ),
            ("Events", f"{self.events:,}"),
            ("Activities", f"{len(self.activities):,}"),
            ("Labels that stand for several activities", f"{self.ambiguous_labels:,}"),
            ("Variants", f"{self.variants:,}, the commonest in {self.top_variant_share:.1%} of cases"),
            ("Period", f"{self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"),
            ("Events per case, median (longest)", f"{median(self.lengths):,.0f} ({max(self.lengths):,})"),
            ("Days per case, median (longest)", f"{median(self.days):,.1f} ({max(self.days):,.1f})"),
            ("Adjacent events with one time stamp", f"{self.tied_share:.1%}"),
            ("Ceiling of exact accuracy", f"{self.ceiling['exact']:.3f}"),
            ("Ceiling of the headline", f"{self.ceiling['headline']:.3f}"),
            ("Steps whose prefix occurs again", f"{self.ceiling['repeated']:.1%}"),
        ]


def describe(traces: TraceFile) -> Description:
    """Return the facts of a trace file. Raises CasewrightError where it holds no event."""
    kept = _Counts()
    best = ceiling(kept.watch(traces))
    if not kept.lengths:
        raise CasewrightError(f"{traces.path}: the log holds no events, so there is nothing to describe.")
    return Description(
        header=traces.header,
        cases=kept.cases,
        empty_cases=kept.cases - len(kept.lengths),
        events=sum(kept.lengths),
        activities=dict(kept.activities.most_common()),
        labels=kept.labels,
        variants=len(kept.variants),
        top_variant_share=max(kept.variants.values()) / len(kept.lengths),
        first=min(kept.bounds),
        last=max(kept.bounds),
        days=tuple(kept.days),
        lengths=tuple(kept.lengths),
        years=tuple(kept.year(year) for year in sorted(kept.events)),
        ceiling=best,
    )


class _Counts:
    """What one pass gathers while the traces go on to the next reader."""

    def __init__(self) -> None:
        self.cases = 0
        self.lengths: list[int] = []
        self.days: list[float] = []
        self.bounds: list[datetime] = []
        self.activities: Counter[str] = Counter()
        self.labels: dict[str, str] = {}
        self.variants: Counter[int] = Counter()
        self.events: Counter[int] = Counter()
        self.pairs: Counter[int] = Counter()
        self.tied: Counter[int] = Counter()
        self.resolution: dict[int, Counter[str]] = {}

    def watch(self, traces: Iterable[Trace]) -> Iterable[Trace]:
        for trace in traces:
            self.cases += 1
            if trace.events:
                self._add(trace)
            yield trace

    def year(self, year: int) -> Year:
        return Year(year, self.events[year], self.pairs[year], self.tied[year], dict(self.resolution[year]))

    def _add(self, trace: Trace) -> None:
        self.lengths.append(len(trace.events))
        self.days.append((trace.end - trace.start) / timedelta(days=1))
        self.bounds = [min([*self.bounds, trace.start]), max([*self.bounds, trace.end])]
        self.variants[hash(trace.activities)] += 1
        before = None
        for event in trace.events:
            local = event.local
            self.activities[event.activity] += 1
            self.labels.setdefault(event.activity, event.label)
            self.events[local.year] += 1
            self.resolution.setdefault(local.year, Counter())[_resolution(local)] += 1
            if before is not None:
                self.pairs[local.year] += 1
                self.tied[local.year] += event.time == before
            before = event.time


def _resolution(time: datetime) -> str:
    if time.microsecond:
        return "finer"
    if time.second:
        return "second"
    return "minute" if time.hour or time.minute else "day"
