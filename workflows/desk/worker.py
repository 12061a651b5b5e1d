"""Workers: threads that take model work from the queue, one job at a time each, until they are told to stop.

A job that keeps failing is handed to a person with an empty reading. The switches are looked at again when a job is
taken, so that a model that was switched off in the meantime is not asked.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import UTC, datetime, timedelta

from scaffolds import engine
from scaffolds.case import Case, Event
from scaffolds.engine import State
from scaffolds.errors import CasewrightError
from scaffolds.store import Conflict, Erased
from scaffolds.workflow import Draft, Read
from workflows.desk import queue
from workflows.desk.database import moment, write_log
from workflows.desk.desk import Desk
from workflows.desk.queue import Job
from workflows.desk.tables import jobs
from workflows.desk.writing import record, unmoved, unread

IDLE_SECONDS = 0.25
_log = logging.getLogger("casewright.desk")


class Workers:
    """The threads of one process; use it in a `with`."""

    def __init__(self, desk: Desk, *, count: int) -> None:
        self._desk = desk
        self._stop = threading.Event()
        # One model answers one question at a time; several threads serve several bundles, or a server.
        self._locks = {name: threading.Lock() for name in desk.models}
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True, name=f"worker-{number}")
            for number in range(count)
        ]

    def __enter__(self) -> Workers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        name = f"{socket.gethostname()[:60]}-{os.getpid()}-{number}"
        while not self._stop.is_set():
            try:
                job = queue.claim(self._desk.engine, worker=name, lease=self._desk.settings.lease_seconds)
                if job is None:
                    self._stop.wait(IDLE_SECONDS)
                    continue
                do(self._desk, job, lock=self._locks)
            except Exception:
                # The database may be away for a moment; what was claimed comes back when its lease ends.
                _log.exception("a worker could not go on")
                self._stop.wait(1)


def do(desk: Desk, job: Job, *, lock: dict[str, threading.Lock]) -> None:
    """Do one job: read, and write what was read. A case that has moved on is left alone, an erased one given up."""
    try:
        case = desk.store.case(job.case_id)
    except Erased:
        _give_up(desk, job)
        return
    if not unmoved(case, since=job.events):
        _settle(desk, job)
        return
    workflow = desk.workflows[case.workflow]
    state = engine.state_of(workflow, case)
    why = unread(desk, workflow, state)
    if job.attempt > desk.settings.attempts:
        why = "failed"  # the last attempt took its process along, and would again
    try:
        if why:
            event = engine.unread(state, why=why, at=desk.clock())
        else:
            with _kept(desk, job), lock[case.workflow]:
                event = _read(desk, case, state)
    except Exception as error:
        kind = type(error).__name__
        _log.warning("job %s on case %s failed (attempt %s): %s", job.id, job.case_id, job.attempt, kind)
        if job.attempt < desk.settings.attempts:
            queue.put_back(desk.engine, job, error=f"{kind}: {error}")
            return
        event = engine.unread(state, why="failed", at=desk.clock())
    while unmoved(case, since=job.events):
        try:
            record(desk, case.with_events([event]), expected=len(case.events), job=job)
            return
        except Conflict:
            case = desk.store.case(job.case_id)
    _settle(desk, job)


def _read(desk: Desk, case: Case, state: State) -> Event:
    step = state.step
    if not isinstance(step, Read | Draft) or step.facts is None:
        raise CasewrightError(f"Case {case.id} has nothing to read.")
    reader = desk.models[case.workflow].reader()
    reader.remember(desk.workflows[case.workflow], case)
    reading = reader.read(case, step=step.id, facts=step.facts)
    return engine.propose(
        state,
        reading.facts,
        model=reader.name,
        at=desk.clock(),
        parts=reading.parts,
        confidence=reading.confidence,
    )


class _kept:
    """Renews the lease of a job while it is worked on: a long reading is not given to a second worker."""

    def __init__(self, desk: Desk, job: Job) -> None:
        self._desk, self._job = desk, job
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _renew(self) -> None:
        seconds = self._desk.settings.lease_seconds
        while not self._over.wait(seconds / 3):
            lease = moment(datetime.now(UTC) + timedelta(seconds=seconds))
            with self._desk.engine.begin() as connection:
                connection.execute(jobs.update().where(jobs.c.id == self._job.id).values(lease=lease))


def _give_up(desk: Desk, job: Job) -> None:
    """End a job of which nothing can be read any more, and say so once in the desk's log."""
    with desk.engine.begin() as connection:
        if queue.done(connection, job):
            write_log(connection, actor="desk", what="job_given_up", about=job.case_id)


def _settle(desk: Desk, job: Job) -> None:
    with desk.engine.begin() as connection:
        queue.done(connection, job)
