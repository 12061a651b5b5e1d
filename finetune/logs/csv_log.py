"""Reads an event log from CSV, plain or gzip: one row per event, rows in any order, columns named by the
caller.

Rows of a case need not stand together; they are grouped on disk, so memory does not grow with the log.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finetune.logs.source import (
    MAX_EVENTS_PER_CASE,
    CaseBuilder,
    Progress,
    RawEvent,
    open_source,
    refuse,
)
from finetune.logs.spool import Spool
from finetune.logs.trace import Trace

CASE_PREFIX = "case:"


@dataclass(frozen=True)
class Columns:
    """Which column says what. Columns whose name begins with `case:` hold attributes of the case."""

    case: str = "case:concept:name"
    activity: str = "concept:name"
    time: str = "time:timestamp"
    resource: str = "org:resource"
    delimiter: str = ","


def read_csv(
    path: Path, *, columns: Columns, builder: CaseBuilder, progress: Progress | None = None
) -> Iterator[Trace]:
    """Yield the traces of `path` in order of each case's first row.

    Empty cells are absent attributes. Raises CasewrightError for a column that is not there, a row of another
    length, text that is not UTF-8, and a case attribute that changes within its case.
    """
    with open_source(path, progress=progress) as file, Spool() as spool:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        try:
            _spool_rows(path, csv.reader(text, delimiter=columns.delimiter, strict=True), columns, spool)
        except UnicodeDecodeError as error:
            refuse(path, f"not UTF-8 ({error.reason} at byte {error.start}); save it as UTF-8.")
        except (csv.Error, TypeError) as error:
            refuse(path, f"not CSV with the delimiter {columns.delimiter!r} ({error}).")
        for case, attributes, rows in spool.cases():
            if len(rows) > MAX_EVENTS_PER_CASE:
                refuse(path, f"more than {MAX_EVENTS_PER_CASE:,} events in one case.", case=case)
            raw = [RawEvent(row[0], row[1], row[2], index, row[3]) for index, row in enumerate(rows)]
            yield builder.build(case, attributes, raw)


def _spool_rows(path: Path, rows: Iterator[list[str]], columns: Columns, spool: Spool) -> None:
    names = next(rows, [])
    for wanted in (columns.case, columns.activity, columns.time):
        if wanted not in names:
            refuse(
                path, f"there is no column {wanted!r}; the columns are {', '.join(map(repr, names[:40]))}."
            )
    if len(set(names)) < len(names):
        refuse(path, "two columns have the same name.")
    own = {columns.case, columns.activity, columns.time, columns.resource}
    for number, cells in enumerate(rows, start=2):
        if not cells:
            continue  # an empty line, as many programs leave at the end
        if len(cells) != len(names):
            refuse(path, f"row {number} has {len(cells)} cells, the heading {len(names)}.")
        row = {name: cell for name, cell in zip(names, cells, strict=True) if cell != ""}
        case = row.get(columns.case)
        if case is None:
            refuse(path, f"row {number} has no case id in column {columns.case!r}.")
        rest = {name: cell for name, cell in row.items() if name not in own}
        of_case = {
            name.removeprefix(CASE_PREFIX): rest.pop(name)
            for name in list(rest)
            if name.startswith(CASE_PREFIX)
        }
        first = spool.add_case(case, of_case)
        if first != of_case:
            changed = sorted(
                name for name in first.keys() | of_case.keys() if first.get(name) != of_case.get(name)
            )
            refuse(
                path,
                f"row {number}: the case attribute {changed[0]!r} differs from the case's first row.",
                case=case,
            )
        spool.add_event(
            case, [row.get(columns.activity), row.get(columns.time), row.get(columns.resource), rest]
        )
