"""What every importer shares: opening a source, its hash, time stamps, and the form in which readers hand on
a case.
 A source is hostile: whatever cannot become a right trace is refused with the file, the case and the event
named.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from finetune.logs.trace import Attributes, Event, Trace
from scaffolds.errors import CasewrightError

GZIP_MAGIC = b"\x1f\x8b"
MAX_EVENTS_PER_CASE = 1_000_000
Progress = Callable[[int], None]


def refuse(file: str | Path, message: str, *, case: str | None = None, event: int | None = None) -> NoReturn:
    """Raise the one error of the importers; `event` counts from 0 in the source and is shown from 1."""
    place = Path(file).name
    if case is not None:
        place += f", case {case!r}"
    if event is not None:
        place += f", event {event + 1}"
    raise CasewrightError(f"{place}: {message}")


def sha256(path: Path) -> str:
    """Return the hash of the file as it lies there (compressed, where it is compressed)."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CasewrightError(f"{path}: cannot be read ({error.strerror}).") from error


@contextmanager
def open_source(path: Path, *, progress: Progress | None = None) -> Iterator[BinaryIO]:
    """Yield the bytes of `path`, unpacked if it is gzip; `progress` hears how far the file itself was read.

    Raises CasewrightError for a file that cannot be read and for gzip that is damaged or cut short.
    """
    try:
        with io.BufferedReader(_Followed(path, progress)) as raw:
            if raw.peek(2)[:2] != GZIP_MAGIC:
                yield raw
            else:
                with gzip.GzipFile(fileobj=raw) as unpacked, io.BufferedReader(unpacked) as smooth:
                    yield smooth
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CasewrightError(f"{path.name}: damaged gzip ({error}); fetch the file again.") from error
    except OSError as error:
        raise CasewrightError(f"{path}: cannot be read ({error.strerror}).") from error


class _Followed(io.FileIO):
    """A file that tells how far it has been read, in bytes."""

    def __init__(self, path: Path, progress: Progress | None) -> None:
        super().__init__(path)
        self._progress = progress

    def readinto(self, buffer: Any) -> int:
        count = super().readinto(buffer)
        if self._progress:
            self._progress(self.tell())
        return count or 0


class RawEvent(NamedTuple):
    """An event as a reader found it: text, not yet checked. `place` is where it stands in its case in the source."""

    activity: str | None
    time: str | None
    resource: str | None
    place: int
    attributes: Attributes


@dataclass(frozen=True)
class CaseBuilder:
    """Checks the raw events of a case and makes its Trace.

    `label` names the event attribute that says in words what the activity is; the activity stands in where an
    event lacks it. `zone` is the time zone of time stamps without an offset; None refuses such time stamps,
    because a trace with a guessed hour is a wrong trace.
    """

    file: Path
    label: str
    zone: ZoneInfo | None

    def build(self, case: str | None, attributes: Attributes, raw: list[RawEvent]) -> Trace:
        """Return the trace; its events stand as in the source and `Trace.ordered` puts them in order."""
        if not case:
            refuse(self.file, "a case has no id; every case needs one (XES: concept:name of the trace).")
        return Trace(case, tuple(self._event(case, event) for event in raw), attributes)

    def _event(self, case: str, raw: RawEvent) -> Event:
        if not raw.activity:
            refuse(self.file, "no activity (XES: concept:name of the event).", case=case, event=raw.place)
        if not raw.time:
            advice = "no time stamp; complete the source or leave the event out."
            refuse(self.file, advice, case=case, event=raw.place)
        try:
            time, offset = moment(raw.time, self.zone)
        except ValueError as error:
            refuse(self.file, f"time stamp {raw.time!r} {error}", case=case, event=raw.place)
        label = raw.attributes.get(self.label)
        return Event(
            activity=raw.activity,
            label=label if isinstance(label, str) and label else raw.activity,
            time=time,
            offset=offset,
            resource=raw.resource,
            index=raw.place,
            attributes=raw.attributes,
        )


@lru_cache(maxsize=4096)  # events of a case share time stamps
def moment(text: str, zone: ZoneInfo | None) -> tuple[datetime, int]:
    """Return the moment `text` names in UTC, and the minutes east of it that it was written with.

    Raises ValueError, worded to follow the text, where that is no moment.
    """
    try:
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return _in_utc(time)
    except (ValueError, OverflowError):
        raise ValueError("is not ISO 8601.") from None
    if zone is None:
        raise ValueError("has no offset from UTC; name its zone, e.g. --timezone Europe/Amsterdam.")
    local = time.replace(tzinfo=zone)  # an hour that occurs twice in autumn is taken the first time
    if local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != time:
        raise ValueError(f"does not exist in {zone.key}.")
    return _in_utc(local)


def _in_utc(time: datetime) -> tuple[datetime, int]:
    # Year 1 and 9999 can fall off the calendar here: OverflowError.
    return time.astimezone(UTC), int(time.utcoffset().total_seconds()) // 60  # type: ignore[union-attr]


def zone(name: str | None) -> ZoneInfo | None:
    """Return the time zone called `name`."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CasewrightError(f"time zone {name!r} is not known; name one like Europe/Amsterdam.") from error
