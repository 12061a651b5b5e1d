"""The project's own form of an event log: one JSON line per case, between a header and an end line.

    {"kind": "log", "form": 1, "source": "permits.xes", "sha256": "...", "format": "xes", "ties": "activity"}
    {"kind": "trace", "case": "10009138", "attributes": {...}, "events": [{"activity": ..., "label": ...,
     "time": "2014-04-10T22:00:00Z", "offset": 120, "resource": ..., "index": 0, "attributes": {...}}, ...]}
    {"kind": "end", "cases": 1199, "events": 52217, "attributes": {...}}
 Times are UTC with the offset of the source, in minutes, beside them. Events stand in order of time; events
that share a time stamp stand by the tie rule of the header, and `index` is the place in the source, so every
other order can be restored. The end line carries the log's own attributes and lets a reader refuse a file
that was cut short.
 An attribute is a JSON string, integer, finite float or boolean, or one of these objects, which keep what XES
can say and JSON cannot: {"date": text}, {"id": text}, {"float": "NaN" | "INF" | "-INF"}, {"list": [[key,
attribute], ...]}, and {"value": attribute, "children": {key: attribute}} for an attribute that has attributes
of its own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal

import orjson

from finetune.logs.output import atomic_binary
from scaffolds.errors import CasewrightError

FORM = 1
Ties = Literal["activity", "file"]
Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a case of another system. `time` is UTC, `offset` minutes east of it."""

    activity: str
    label: str
    time: datetime
    offset: int
    resource: str | None
    index: int
    attributes: Attributes = field(default_factory=dict)

    @property
    def local(self) -> datetime:
        """The time as the source wrote it."""
        return self.time.astimezone(timezone(timedelta(minutes=self.offset)))


@dataclass(frozen=True, slots=True)
class Trace:
    """The ordered events of one case."""

    case: str
    events: tuple[Event, ...]
    attributes: Attributes = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        return self.events[0].time

    @property
    def end(self) -> datetime:
        return self.events[-1].time

    @property
    def activities(self) -> tuple[str, ...]:
        return tuple(event.activity for event in self.events)

    def ordered(self, ties: Ties) -> "Trace":
        """Return the trace in order of time, equal times by activity code or by place in the source."""
        if ties == "activity":
            events = sorted(self.events, key=lambda event: (event.time, event.activity, event.index))
        else:
            events = sorted(self.events, key=lambda event: (event.time, event.index))
        return replace(self, events=tuple(events))

    def by_day(self, ties: Ties) -> "Trace":
        """Return the trace as if its source had recorded days and no times, each day in the source's own zone."""
        days = (
            replace(event, time=event.local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC))
            for event in self.events
        )
        return replace(self, events=tuple(days)).ordered(ties)


@dataclass(frozen=True, slots=True)
class LogHeader:
    """Where a log came from: the file's name and hash, its format, and the rule that orders ties."""

    source: str
    sha256: str
    format: str
    ties: Ties


@dataclass(frozen=True, slots=True)
class Log:
    """A whole log in memory, for evaluation and training."""

    header: LogHeader
    traces: tuple[Trace, ...]
    attributes: Attributes


def write_log(
    out: Path, header: LogHeader, traces: Iterable[Trace], *, attributes: Attributes
) -> tuple[int, int]:
    """Write `traces` in the order of `header.ties` and return how many cases and events there were.

    `attributes` is read after the last trace, so a reader may still fill it while it yields traces.
    The file appears whole or not at all, and equal input gives equal bytes.
    """
    cases = events = 0
    with atomic_binary(out) as file:
        head = {"kind": "log", "form": FORM, "source": header.source, "sha256": header.sha256}
        file.write(_line(head | {"format": header.format, "ties": header.ties}))
        for trace in traces:
            ordered = trace.ordered(header.ties).events
            file.write(_line({"kind": "trace", "case": trace.case, "attributes": trace.attributes, "events": ordered}))
            cases += 1
            events += len(trace.events)
        file.write(_line({"kind": "end", "cases": cases, "events": events, "attributes": attributes}))
    return cases, events


def _line(record: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(record, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:
        # An integer of more than 64 bits, which JSON can say and orjson cannot; or a broken character, see `atomic`.
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=_plain)
        return (text + "\n").encode("utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()[:-6] + "Z"
    return {name: getattr(value, name) for name in Event.__slots__}


class TraceFile:
    """A trace file opened for reading: `header` at once, traces one by one, `attributes` after the last.

    Raises CasewrightError where the file is absent, of another form, cut short or changed by hand.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.attributes: Attributes = {}
        try:
            with path.open("rb") as file:
                record = self._parse(file.readline(), 1)
        except OSError as error:
            raise CasewrightError(f"{path}: cannot be read ({error.strerror}).") from error
        if record.get("kind") != "log" or record.get("form") != FORM:
            raise CasewrightError(
                f"{path}: not a trace file of form {FORM}; make one with `casewright log import`."
            )
        self.header = LogHeader(record["source"], record["sha256"], record["format"], record["ties"])

    def __iter__(self) -> Iterator[Trace]:
        cases = events = 0
        with self.path.open("rb") as file:
            next(file)
            for number, line in enumerate(file, start=2):
                record = self._parse(line, number)
                if record.get("kind") == "end":
                    if (record["cases"], record["events"]) != (cases, events):
                        raise CasewrightError(
                            f"{self.path}: the end line counts other cases than there are; import again."
                        )
                    self.attributes = record["attributes"]
                    return
                trace = self._trace(record, number)
                cases += 1
                events += len(trace.events)
                yield trace
        raise CasewrightError(f"{self.path}: cut short, there is no end line; import the log again.")

    def _parse(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except ValueError as error:
            raise CasewrightError(
                f"{self.path}, line {number}: not JSON ({error}); import the log again."
            ) from error
        if not isinstance(record, dict):
            raise CasewrightError(f"{self.path}, line {number}: not a record; import the log again.")
        return record

    def _trace(self, record: dict[str, Any], number: int) -> Trace:
        try:
            events = tuple(_event(event) for event in record["events"])
            return Trace(record["case"], events, record["attributes"])
        except (KeyError, TypeError, ValueError) as error:
            raise CasewrightError(
                f"{self.path}, line {number}: not a trace ({error!r}); import again."
            ) from error


def read_log(path: Path) -> Log:
    """Read a whole trace file into memory."""
    file = TraceFile(path)
    traces = tuple(file)
    return Log(file.header, traces, file.attributes)


def _event(record: dict[str, Any]) -> Event:
    return Event(
        activity=record["activity"],
        label=record["label"],
        time=datetime.fromisoformat(record["time"]),
        offset=record["offset"],
        resource=record["resource"],
        index=record["index"],
        attributes=record["attributes"],
    )
