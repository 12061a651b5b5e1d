"""The inbox: a folder per workflow, in which every file, or folder of files, is an application.

`INBOX/<workflow>/<name>` becomes one case and lies in `INBOX/taken` afterwards, under its case number; what cannot be
read lies in `INBOX/refused`, with the reason beside it. Something is taken once it has not changed for a few seconds.

Exactly once, whenever a process dies: it is claimed by renaming, which only one process can, and the hash of its
content is written in the transaction that opens its case. What a process that died had claimed is claimed again; if
its case is there, it is only put away, and so is the same content when it is laid down anew. What three processes
died over is refused.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from scaffolds.errors import CasewrightError
from scaffolds.files import sha256_json
from workflows.desk import arrivals
from workflows.desk.arrivals import Taken
from workflows.desk.desk import Desk
from workflows.desk.people import Person
from workflows.intake import Intake, read_files

SETTLED_SECONDS = 3.0
TRIES = 3
_POST = Person(id="inbox", display="Inbox", roles=("behandelaar",))
_log = logging.getLogger("casewright.desk")


def empty(desk: Desk, inbox: Path, *, settled: float = SETTLED_SECONDS) -> list[str]:
    """Take in what lies in the inbox; return the numbers of the cases that were opened.

    One process at a time empties an inbox. Two would open no case twice, but would take turns at the same files.
    """
    numbers = []
    for workflow, entry, tried in _waiting(desk, inbox, settled):
        if tried >= TRIES:
            _put(entry, inbox / "refused", entry.name, why=f"{TRIES} processes died while they took this in.")
            continue
        busy = _claimed(inbox, workflow, tried + 1) / entry.name
        if busy.exists():
            continue  # laid down again under a name that is being taken in
        try:
            _move(entry, busy)
        except FileNotFoundError:
            continue  # another process was first
        try:
            if number := _take_in(desk, inbox, workflow, busy):
                numbers.append(number)
        except Exception:
            _move(busy, _claimed(inbox, workflow, tried) / busy.name)  # no fault of what was laid down
            raise
    return numbers


def _take_in(desk: Desk, inbox: Path, workflow: str, busy: Path) -> str:
    """Open a case for what was claimed, and put it away; return the number, empty where no case was opened."""
    try:
        sent = read_files([busy], received=desk.today)
        content = _content(workflow, sent)
        number = arrivals.take_in(desk, _POST, workflow=workflow, sent=sent, received=desk.today, content=content)
    except Taken as before:
        _put(busy, inbox / "taken", f"{before.number} {busy.name}")
        return ""
    except CasewrightError as error:
        _put(busy, inbox / "refused", busy.name, why=str(error))
        return ""
    _put(busy, inbox / "taken", f"{number} {busy.name}")
    return number


def _content(workflow: str, sent: Intake) -> str:
    """The hash of what was sent for a workflow: every file in its order, whatever it is called."""
    return sha256_json([workflow, *(document.original for document in sent.documents)])


def _claimed(inbox: Path, workflow: str, tries: int) -> Path:
    """Where lies what has been claimed so often."""
    return inbox / workflow / f".busy-{tries}"


def _waiting(desk: Desk, inbox: Path, settled: float) -> Iterator[tuple[str, Path, int]]:
    """What can be claimed, and how often it was: first what a process that died had claimed, then what has settled."""
    for workflow in desk.workflows:
        for tries in range(TRIES, -1, -1):
            for entry in sorted(_claimed(inbox, workflow, tries).glob("*")):
                yield workflow, entry, tries
        for entry in sorted((inbox / workflow).glob("[!.]*")):
            parts = [entry, *entry.rglob("*")] if entry.is_dir() else [entry]
            linked = any(part.is_symlink() for part in parts)
            if not linked and time.time() - max(part.lstat().st_mtime for part in parts) >= settled:
                yield workflow, entry, 0


def _move(entry: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    entry.rename(to)


def _put(entry: Path, folder: Path, name: str, *, why: str = "") -> None:
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name} ({number})"
    if why:  # before it is put there, so that nothing is ever refused without its reason
        folder.mkdir(parents=True, exist_ok=True)
        target.with_name(f"{target.name}.reason.txt").write_text(f"{why}\n", encoding="utf-8")
    _move(entry, target)


class Inbox:
    """Empties a folder every few seconds; use it in a `with`."""

    def __init__(self, desk: Desk, inbox: Path) -> None:
        self._desk, self._inbox = desk, inbox
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True, name="inbox")

    def __enter__(self) -> Inbox:
        for workflow in self._desk.workflows:
            (self._inbox / workflow).mkdir(parents=True, exist_ok=True)
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
