"""A temporary store on disk, so that importing takes the same memory for a small log and a large one.
 It groups events that a source scatters over its rows, and remembers which ids were seen. It is an SQLite
database without a name: SQLite keeps it in a temporary file of its own and removes it on closing.
"""

import json
import sqlite3
from collections.abc import Iterator
from types import TracebackType
from typing import Any

CACHE_KIB = 8192


class Spool:
    """Cases in order of first appearance, each with its events in order of arrival."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(f"pragma cache_size = -{CACHE_KIB}")
        self._db.execute("create table cases (number integer primary key, id text unique, body text)")
        self._db.execute("create table events (seq integer primary key, number integer, body text)")
        self._db.execute(
            "create table ids (kind text, id text, note text, primary key (kind, id)) without rowid"
        )
        self._db.execute("begin")

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def first(self, kind: str, identity: str, *, note: str = "") -> bool:
        """Return whether this id of this kind is new, and remember it with its note."""
        done = self._db.execute("insert or ignore into ids values (?, ?, ?)", (kind, identity, note))
        return done.rowcount == 1

    def note(self, kind: str, identity: str) -> str | None:
        """Return what was noted with an id, None where it was never seen."""
        row = self._db.execute("select note from ids where kind = ? and id = ?", (kind, identity)).fetchone()
        return row[0] if row else None

    def add_case(self, identity: str, attributes: dict[str, Any]) -> dict[str, Any]:
        """Remember a case unless it is known; return the attributes it was first given."""
        body = json.dumps(attributes)
        self._db.execute("insert or ignore into cases (id, body) values (?, ?)", (identity, body))
        row = self._db.execute("select body from cases where id = ?", (identity,)).fetchone()
        known: dict[str, Any] = json.loads(row[0])
        return known

    def add_event(self, case: str, event: list[Any]) -> None:
        """Append an event to a known case."""
        self._db.execute(
            "insert into events (number, body) select number, ? from cases where id = ?",
            (json.dumps(event), case),
        )

    def cases(self) -> Iterator[tuple[str, dict[str, Any], list[list[Any]]]]:
        """Yield every case with its attributes and its events."""
        query = "select number, body from events order by number, seq"
        events = self._db.execute(query)
        pending = events.fetchone()
        for number, identity, body in self._db.execute("select number, id, body from cases order by number"):
            mine: list[list[Any]] = []
            while pending and pending[0] == number:
                mine.append(json.loads(pending[1]))
                pending = events.fetchone()
            yield identity, json.loads(body), mine
