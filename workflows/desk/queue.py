"""The queue of model work, in the database: written with the events that call for it, claimed with a lease.

A worker that dies keeps its lease for a while, and then another takes the job. A job that fails too often is handed
to a person, by the events that its last attempt writes. Nothing is done twice: what a job writes is refused where the
case has moved on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, func, or_, select

from workflows.desk.database import moment
from workflows.desk.tables import jobs


@dataclass(frozen=True, kw_only=True)
class Job:
    """Model work on a case as it stood at `events`; `attempt` counts from 1."""

    id: int
    case_id: str
    events: int
    attempt: int


def add(connection: Connection, case_id: str, *, events: int) -> None:
    """Ask for model work, in the transaction that appends the events."""
    at = moment(datetime.now(UTC))
    connection.execute(
        jobs.insert().values(case_id=case_id, events=events, state="waiting", attempts=0, lease="", created=at)
    )


def claim(engine: Engine, *, worker: str, lease: int) -> Job | None:
    """Take the oldest job that nobody works on, for `lease` seconds; None where there is none."""
    at = datetime.now(UTC)
    free = or_(jobs.c.state == "waiting", (jobs.c.state == "running") & (jobs.c.lease < moment(at)))
    oldest = select(jobs.c.id).where(free).order_by(jobs.c.id).limit(1)
    if engine.dialect.name == "postgresql":
        oldest = oldest.with_for_update(skip_locked=True)
    with engine.connect() as connection:
        if connection.execute(select(jobs.c.id).where(free).limit(1)).first() is None:
            return None  # looking costs no lock
    with engine.begin() as connection:
        taken = connection.execute(
            jobs.update()
            .where(jobs.c.id == oldest.scalar_subquery(), free)
            .values(
                state="running",
                worker=worker,
                attempts=jobs.c.attempts + 1,
                lease=moment(at + timedelta(seconds=lease)),
            )
            .returning(jobs.c.id, jobs.c.case_id, jobs.c.events, jobs.c.attempts)
        ).one_or_none()
    return Job(id=taken.id, case_id=taken.case_id, events=taken.events, attempt=taken.attempts) if taken else None


def done(connection: Connection, job: Job) -> bool:
    """The job's work is written, in the transaction that writes it; say whether it was not done before."""
    ending = jobs.update().where(jobs.c.id == job.id, jobs.c.state != "done").values(state="done")
    return connection.execute(ending).rowcount == 1


def put_back(engine: Engine, job: Job, *, error: str) -> None:
    """An attempt failed: let it be tried again after a pause that grows."""
    again = datetime.now(UTC) + timedelta(seconds=2**job.attempt)
    with engine.begin() as connection:
        connection.execute(
            jobs.update().where(jobs.c.id == job.id).values(state="running", lease=moment(again), error=error[:2000])
        )


def left(engine: Engine) -> int:
    """How many jobs are not done."""
    with engine.connect() as connection:
        open_jobs = select(func.count()).select_from(jobs).where(jobs.c.state.in_(("waiting", "running")))
        return int(connection.execute(open_jobs).scalar_one())
