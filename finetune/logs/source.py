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
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
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


@dataclass(frozen=True, slots=True)
class RawEvent:
    """An event as a reader found it: text, not yet checked. `index` is its place in its case in the
    source."""

    activity: str | None
    time: str | None
    resource: str | None
    index: int
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
            refuse(self.file, "no activity (XES: concept:name of the event).", case=case, event=raw.index)
        time = self.time(raw.time, case=case, event=raw.index)
        label = raw.attributes.get(self.label)
        return Event(
            activity=raw.activity,
            label=label if isinstance(label, str) and label else raw.activity,
            time=time.astimezone(UTC),
            offset=int(time.utcoffset().total_seconds()) // 60,  # type: ignore[union-attr]
            resource=raw.resource,
            index=raw.index,
            attributes=raw.attributes,
        )

    def time(self, text: str | None, *, case: str, event: int) -> datetime:
        """Return the moment `text` names, with the offset it was written with."""
        if not text:
            refuse(
                self.file,
                "no time stamp; complete the source or leave the event out.",
                case=case,
                event=event,
            )
        try:
            time = datetime.fromisoformat(text)
            if time.tzinfo is not None:
                time.astimezone(UTC)  # year 1 and 9999 can fall off the calendar
                return time
        except (ValueError, OverflowError):
            refuse(self.file, f"time stamp {text!r} is not ISO 8601.", case=case, event=event)
        if self.zone is None:
            advice = "name its zone, e.g. --timezone Europe/Amsterdam."
            refuse(self.file, f"time stamp {text!r} has no offset from UTC; {advice}", case=case, event=event)
        local = time.replace(tzinfo=self.zone)  # an hour that occurs twice in autumn is taken the first time
        if local.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != time:
            refuse(
                self.file, f"time stamp {text!r} does not exist in {self.zone.key}.", case=case, event=event
            )
        return local


def zone(name: str | None) -> ZoneInfo | None:
    """Return the time zone called `name`."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CasewrightError(f"time zone {name!r} is not known; name one like Europe/Amsterdam.") from error
