"""Ledger: what was planned, where it was pushed, and every annotation that came back, in one SQLite file.

Label Studio is not trusted to remember: it has no roles, and whoever is invited may change or delete the work of
others. So nothing here is ever changed or removed; an annotation that was edited is a new revision, and one that the
server no longer has is kept. A pull is one transaction.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from finetune.annotate.task import Circle, Task
from scaffolds.errors import CasewrightError
from scaffolds.files import sha256_json

FILE = "ledger.db"
Status = Literal["answered", "skipped", "refused"]
_TABLES = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE tasks (key TEXT PRIMARY KEY, position INTEGER NOT NULL, circle TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE annotations (
  number INTEGER PRIMARY KEY, project INTEGER NOT NULL, id INTEGER NOT NULL, sha TEXT NOT NULL, key TEXT,
  annotator TEXT NOT NULL, at TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL,
  UNIQUE (project, id, sha));
CREATE INDEX by_task ON annotations (key);
"""
# The last revision of an annotation counts, and of one annotator's several on one task the last one.
_CURRENT = """
SELECT max(number) FROM annotations GROUP BY project, id
"""
_LATEST = f"""
SELECT body FROM annotations WHERE number IN (
  SELECT max(number) FROM annotations WHERE number IN ({_CURRENT}) AND status = 'answered' GROUP BY key, annotator
) AND key = ? ORDER BY number
"""


@dataclass(frozen=True, kw_only=True)
class Annotation:
    """What one annotator did with one task. `answer` is None unless it was answered and holds up.

    seconds: time spent. suggestion: per field what became of what was suggested. `reasons` says why it was refused.
    """

    project: int
    id: int
    key: str | None
    annotator: str
    at: str
    seconds: float
    status: Status
    answer: dict[str, Any] | None
    suggestion: dict[str, str]
    reasons: tuple[str, ...]
    results: Any
    instruction: str

    @classmethod
    def from_dict(cls, item: dict[str, Any]) -> Annotation:
        """Read an annotation back."""
        return cls(**{**item, "reasons": tuple(item["reasons"])})


class Ledger:
    """An open ledger; use it in a `with`."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        """Open the ledger of an annotation folder. Raises CasewrightError where there is none, or one already."""
        path = folder / FILE
        if create == path.exists():
            hint = "plan into another folder" if create else "`casewright annotate plan` makes one"
            raise CasewrightError(f"{folder} holds {'a' if create else 'no'} plan of annotation; {hint}.")
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything written inside the block is there whole, or not at all."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def create(self, tasks: list[Task], *, settings: dict[str, Any]) -> None:
        """Fill a new ledger with its plan; `settings` are kept by name."""
        with self.writing():
            for statement in _TABLES.split(";"):
                self._db.execute(statement)
            for name, value in (settings | {"salt": secrets.token_hex(16)}).items():
                self.set(name, value)
            for position, task in enumerate(tasks):
                self.add(task, position)

    def add(self, task: Task, position: int) -> None:
        """Add a task to the plan."""
        body = json.dumps(task.to_dict(), ensure_ascii=False)
        self._db.execute("INSERT INTO tasks VALUES (?, ?, ?, ?)", (task.key, position, task.circle, body))

    def get(self, name: str, default: Any = None) -> Any:
        """Give a setting."""
        row = self._db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set(self, name: str, value: Any) -> None:
        """Keep a setting."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))

    def alias(self, annotator: str) -> str:
        """The pseudonym of an annotator, the same in everything that is made from this ledger."""
        salt = bytes.fromhex(self.get("salt"))
        return "annotator-" + hmac.new(salt, annotator.encode(), hashlib.sha256).hexdigest()[:6]

    def tasks(self, circle: Circle | None = None) -> Iterator[Task]:
        """Give the planned tasks in their order, one in memory at a time."""
        where = "WHERE circle = ?" if circle else ""
        rows = self._db.execute(f"SELECT body FROM tasks {where} ORDER BY position", (circle,) if circle else ())
        for (body,) in rows:
            yield Task.from_dict(json.loads(body))

    def keys(self, circle: Circle) -> list[str]:
        """Give the keys of the tasks of one circle, in their order."""
        query = "SELECT key FROM tasks WHERE circle = ? ORDER BY position"
        return [key for (key,) in self._db.execute(query, (circle,))]

    def task(self, key: str) -> Task | None:
        """Give one task, or None when it was never planned."""
        row = self._db.execute("SELECT body FROM tasks WHERE key = ?", (key,)).fetchone()
        return Task.from_dict(json.loads(row[0])) if row else None

    def record(self, annotation: Annotation) -> bool:
        """Keep an annotation; False when exactly this revision is there already."""
        body = vars(annotation)
        sha = sha256_json({**body, "reasons": list(annotation.reasons)})
        row = (
            annotation.project, annotation.id, sha, annotation.key, annotation.annotator, annotation.at,
            annotation.status, json.dumps(body, ensure_ascii=False),
        )  # fmt: skip
        done = self._db.execute(
            "INSERT OR IGNORE INTO annotations (project, id, sha, key, annotator, at, status, body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row
        )  # fmt: skip
        return done.rowcount > 0

    def annotations(self, key: str) -> list[Annotation]:
        """Give what counts for a task: of every annotator the last answer that holds up."""
        return [Annotation.from_dict(json.loads(body)) for (body,) in self._db.execute(_LATEST, (key,))]

    def current(self, status: Status) -> Iterator[Annotation]:
        """Give the last revision of every annotation that has this status."""
        query = f"SELECT body FROM annotations WHERE number IN ({_CURRENT}) AND status = ? ORDER BY number"
        for (body,) in self._db.execute(query, (status,)):
            yield Annotation.from_dict(json.loads(body))

    def annotators(self) -> list[str]:
        """Every annotator, by the name of the account."""
        return [name for (name,) in self._db.execute("SELECT DISTINCT annotator FROM annotations ORDER BY annotator")]

    def counts(self) -> dict[str, int]:
        """How many annotations there are by status, in their last revision."""
        query = f"SELECT status, count(*) FROM annotations WHERE number IN ({_CURRENT}) GROUP BY status"
        return dict(self._db.execute(query).fetchall())

    @contextmanager
    def seen(self) -> Iterator[Seen]:
        """Count what the server still has, on disk and not in memory."""
        self._db.execute("CREATE TEMP TABLE seen (project INTEGER, id INTEGER, key TEXT, PRIMARY KEY (project, id))")
        self._db.execute("CREATE TEMP TABLE seen_tasks (key TEXT PRIMARY KEY)")
        try:
            yield Seen(self._db)
        finally:
            self._db.execute("DROP TABLE seen")
            self._db.execute("DROP TABLE seen_tasks")


class Seen:
    """What one pull met on the server."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def task(self, key: str) -> None:
        """Note a task."""
        self._db.execute("INSERT OR IGNORE INTO seen_tasks VALUES (?)", (key,))

    def annotation(self, project: int, id_: int, key: str | None) -> None:
        """Note an annotation."""
        self._db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (project, id_, key))

    def lost_tasks(self) -> int:
        """How many planned tasks the server does not have."""
        query = "SELECT count(*) FROM tasks WHERE key NOT IN (SELECT key FROM seen_tasks)"
        return int(self._db.execute(query).fetchone()[0])

    def lost_annotations(self) -> int:
        """How many annotations that were pulled before the server no longer has."""
        query = (
            "SELECT count(*) FROM (SELECT DISTINCT project, id FROM annotations) a "
            "WHERE NOT EXISTS (SELECT 1 FROM seen s WHERE s.project = a.project AND s.id = a.id)"
        )
        return int(self._db.execute(query).fetchone()[0])
