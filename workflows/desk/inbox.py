"""The inbox: a folder per workflow, in which every file, or folder of files, is an application.

`INBOX/<workflow>/<name>` becomes a case and lies in `INBOX/taken` afterwards, under its case number; what cannot be
read lies in `INBOX/refused`, with the reason beside it. What a process that died was busy with goes there too, because
a person has to see whether its case was opened. Something is taken once it has not changed for a few seconds.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from scaffolds.errors import CasewrightError
from workflows.desk import actions
from workflows.desk.desk import Desk
from workflows.desk.people import Person
from workflows.intake import read_files

SETTLED_SECONDS = 3.0
_BUSY = ".busy-"
_POST = Person(id="inbox", display="Inbox", roles=("behandelaar",))
_log = logging.getLogger("casewright.desk")


def empty(desk: Desk, inbox: Path, *, settled: float = SETTLED_SECONDS) -> list[str]:
    """Take in what lies in the inbox; return the numbers of the cases."""
    numbers = []
    for entry in _waiting(desk, inbox, settled):
        busy = entry.with_name(_BUSY + entry.name)
        try:
            entry.rename(busy)
        except OSError:
            continue  # another process was first
        try:
            sent = read_files([busy], received=desk.today)
            number = actions.take_in(desk, _POST, workflow=entry.parent.name, sent=sent, received=desk.today)
        except CasewrightError as error:
            _put(busy, inbox / "refused", entry.name, why=str(error).replace(_BUSY, ""))
        else:
            numbers.append(number)
            _put(busy, inbox / "taken", f"{number} {entry.name}")
    return numbers


def put_aside(desk: Desk, inbox: Path) -> None:
    """Lay what an earlier process was busy with where a person finds it."""
    for workflow in desk.workflows:
        for busy in (inbox / workflow).glob(f"{_BUSY}*"):
            why = "Interrupted while it was taken in: see whether its case is there before putting it back."
            _put(busy, inbox / "refused", busy.name.removeprefix(_BUSY), why=why)


def _waiting(desk: Desk, inbox: Path, settled: float) -> Iterator[Path]:
    for workflow in desk.workflows:
        for entry in sorted((inbox / workflow).glob("[!.]*")):
            parts = [entry, *entry.rglob("*")] if entry.is_dir() else [entry]
            linked = any(part.is_symlink() for part in parts)
            if not linked and time.time() - max(part.lstat().st_mtime for part in parts) >= settled:
                yield entry


def _put(entry: Path, folder: Path, name: str, *, why: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name} ({number})"
    entry.rename(target)
    if why:
        target.with_name(f"{target.name}.reason.txt").write_text(f"{why}\n", encoding="utf-8")


class Inbox:
    """Empties a folder every few seconds; use it in a `with`."""

    def __init__(self, desk: Desk, inbox: Path) -> None:
        self._desk, self._inbox = desk, inbox
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="inbox")

    def __enter__(self) -> Inbox:
        for workflow in self._desk.workflows:
            (self._inbox / workflow).mkdir(parents=True, exist_ok=True)
        put_aside(self._desk, self._inbox)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SETTLED_SECONDS):
            try:
                empty(self._desk, self._inbox)
            except Exception as error:
                _log.error("the inbox cannot be emptied: %s", type(error).__name__)
