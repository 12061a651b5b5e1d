"""From a file of another system to a trace file: picks the reader and writes what it yields."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from finetune.logs.csv_log import Columns, read_csv
from finetune.logs.ocel import read_ocel
from finetune.logs.source import CaseBuilder, Progress, sha256, zone
from finetune.logs.trace import LogHeader, Ties, write_log
from finetune.logs.xes import read_xes
from scaffolds.errors import CasewrightError

DUTCH_LABEL = "activityNameNL"  # the key of the CoSeLoG logs, of which BPI Challenge 2015 is one


@dataclass(frozen=True)
class Import:
    """How a log is read: the same values on the same file give the same bytes.

    `ties` orders events that share a time stamp. The code of the activity is the default because it does not
    depend on how a file was exported; it does encode the numbering of the procedure, which a report has to
    say.
    """

    ties: Ties = "activity"
    label: str = DUTCH_LABEL
    timezone: str | None = None
    object_type: str | None = None
    columns: Columns = field(default_factory=Columns)


def log_format(path: Path) -> str:
    """Return "xes", "csv" or "ocel" by the name of the file, `.gz` aside."""
    suffix = Path(path.name.lower().removesuffix(".gz")).suffix
    formats = {".xes": "xes", ".csv": "csv", ".json": "ocel", ".jsonocel": "ocel"}
    if suffix not in formats:
        raise CasewrightError(
            f"{path.name}: the name must end in .xes, .csv, .json or .jsonocel, with .gz if packed."
        )
    return formats[suffix]


def import_log(path: Path, out: Path, *, how: Import, progress: Progress | None = None) -> tuple[int, int]:
    """Write the log `path` as a trace file `out`; return its numbers of cases and events.

    Raises CasewrightError where no right trace can be made; `out` is then not written.
    """
    kind = log_format(path)
    header = LogHeader(path.name, sha256(path), kind, how.ties)
    builder = CaseBuilder(path, how.label, zone(how.timezone))
    attributes: dict[str, Any] = {}
    if kind == "xes":
        traces = read_xes(path, builder=builder, attributes=attributes, progress=progress)
    elif kind == "csv":
        traces = read_csv(path, columns=how.columns, builder=builder, progress=progress)
    else:
        if how.object_type is None:
            raise CasewrightError(
                f"{path.name}: OCEL holds several kinds of object; name one with --object-type."
            )
        traces = read_ocel(path, object_type=how.object_type, builder=builder, progress=progress)
    return write_log(out, header, traces, attributes=attributes)
