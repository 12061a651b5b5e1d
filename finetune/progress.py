"""Progress on stderr with the time left: a bar at a terminal, a line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

SECONDS_BETWEEN_LINES = 20.0


class Progress(Protocol):
    """Told how far a piece of work is."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """`done` of `total` parts of `what` are ready."""


def silent(what: str, done: int, total: int) -> None:
    """Show nothing."""


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Give a Progress that shows every piece of work as it comes."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
    )
    with Bars(*columns, console=Console(stderr=True)) as bars:
        tasks = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield show


class _Lines:
    def __init__(self) -> None:
        self._started: dict[str, tuple[float, int]] = {}
        self._told = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        start, first = self._started.setdefault(what, (now, done))
        if done < total and now - self._told < SECONDS_BETWEEN_LINES and done != first:
            return
        self._told = now
        left = ""
        if first < done < total:
            seconds = (now - start) / (done - first) * (total - done)
            left = f", {seconds / 60:.0f} min left" if seconds >= 90 else f", {seconds:.0f} s left"
        print(f"{what}: {done}/{total}{left}", file=sys.stderr, flush=True)
