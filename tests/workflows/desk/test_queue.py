"""Model work is done once: not lost when a worker dies, not done twice when two want it, given up to a person."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import sleep
from typing import Any

import pytest
from sqlalchemy import update

from tests.workflows.desk import office
from tests.workflows.desk.office import LOCKS, WORKFLOW, model, person, see, take_in, work
from workflows.desk import actions, queue, worker
from workflows.desk.database import moment
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.tables import jobs, log
from workflows.serve.bundle import Bundle


def expire(desk: Desk) -> None:
    """Let every lease end, as time does."""
    with desk.engine.begin() as connection:
        connection.execute(update(jobs).values(lease=moment(datetime(2020, 1, 1, tzinfo=UTC))))


def test_the_job_of_a_worker_that_died_is_taken_by_another(desk: Desk) -> None:
    number = take_in(desk)
    died = queue.claim(desk.engine, worker="een", lease=60)
    assert died is not None
    assert queue.claim(desk.engine, worker="twee", lease=60) is None
    expire(desk)
    again = queue.claim(desk.engine, worker="twee", lease=60)
    assert again is not None
    assert (again.id, again.attempt) == (died.id, 2)
    worker.do(desk, again, lock=LOCKS)
    worker.do(desk, died, lock=LOCKS)  # the first one was only slow, and comes back
    assert len(see(desk, number).of("facts_proposed")) == 1
    assert queue.left(desk.engine) == 0


def test_many_workers_take_each_job_once(desk: Desk) -> None:
    for _ in range(12):
        take_in(desk, text="Ik wil een boom kappen.")

    def takes(name: int) -> list[int]:
        taken = []
        while job := queue.claim(desk.engine, worker=str(name), lease=60):
            taken.append(job.id)
        return taken

    with ThreadPoolExecutor(6) as threads:
        taken = [job for mine in threads.map(takes, range(6)) for job in mine]
    assert len(taken) == len(set(taken)) == 12


@dataclass(frozen=True)
class Broken:
    """A bundle whose weights cannot be used."""

    bundle: Bundle

    def reader(self) -> Any:
        raise MemoryError("no memory left")


def test_a_model_that_keeps_failing_hands_the_case_to_a_person(desk: Desk) -> None:
    broken = replace(desk, models={WORKFLOW: Broken(model().bundle)})
    number = take_in(broken)
    for _ in range(broken.settings.attempts):
        assert see(broken, number).of("facts_proposed") == ()
        expire(broken)
        assert work(broken) == 1
    [proposal] = see(broken, number).of("facts_proposed")
    assert (proposal.actor, proposal.payload["why"]) == ("desk", "failed")
    assert broken.state(see(broken, number)).phase == "confirm"


@dataclass(frozen=True)
class Deadly:
    """A bundle that must not be asked again: each time it was, the process died."""

    bundle: Bundle

    def reader(self) -> Any:
        pytest.fail("it was asked again")


def test_a_case_that_takes_its_process_along_each_time_is_given_to_a_person(desk: Desk) -> None:
    deadly = replace(desk, models={WORKFLOW: Deadly(model().bundle)})
    number = take_in(deadly)
    for _ in range(deadly.settings.attempts):
        assert queue.claim(deadly.engine, worker="een", lease=60) is not None
        expire(deadly)
    assert work(deadly) == 1
    [proposal] = see(deadly, number).of("facts_proposed")
    assert proposal.payload["why"] == "failed"


def test_the_job_of_an_erased_case_is_ended_and_told_once(desk: Desk) -> None:
    number = take_in(desk)
    first = queue.claim(desk.engine, worker="een", lease=60)
    desk.store.erase(number, reason="verzoek 12", actor="person:eva", at=desk.clock())
    expire(desk)
    second = queue.claim(desk.engine, worker="twee", lease=60)
    assert first is not None
    assert second is not None
    for job in (second, first, second):
        worker.do(desk, job, lock=LOCKS)
    expire(desk)
    assert queue.claim(desk.engine, worker="drie", lease=60) is None
    assert queue.left(desk.engine) == 0
    with desk.engine.connect() as connection:
        told = connection.execute(log.select().where(log.c.what == "job_given_up")).all()
    assert [(row.actor, row.about) for row in told] == [("desk", number)]


def test_a_person_need_not_wait_and_the_late_reading_is_dropped(desk: Desk) -> None:
    number = take_in(desk)
    job = queue.claim(desk.engine, worker="een", lease=60)
    assert job is not None
    actions.read_yourself(desk, person(desk, "anna"), number, expected=3)
    worker.do(desk, job, lock=LOCKS)
    assert [event.actor for event in see(desk, number).of("facts_proposed")] == ["desk"]
    with pytest.raises(Refused):
        actions.read_yourself(desk, person(desk, "anna"), number, expected=len(see(desk, number).events))


def test_workers_empty_the_queue_by_themselves(desk: Desk) -> None:
    number = take_in(desk)
    with worker.Workers(desk, count=2):
        deadline = datetime.now(UTC).timestamp() + 60
        while queue.left(desk.engine) and datetime.now(UTC).timestamp() < deadline:
            sleep(0.05)
    assert len(see(desk, number).of("facts_proposed")) == 1


def test_a_second_reading_goes_on_where_the_first_ended_after_a_restart(desk: Desk) -> None:
    number = take_in(desk)
    work(desk)
    office.confirm(desk, number)
    case = see(desk, number)
    state = desk.state(case)
    assert state.step is not None
    restarted = model().reader()
    restarted.remember(desk.workflows[WORKFLOW], case)
    assert restarted.turn == 1
    following = restarted.policy.conversations[0].tokens
    first = model().reader()
    first.read(case, step="lees_aanvraag", facts=desk.workflows[WORKFLOW].first.facts)  # type: ignore[union-attr]
    spoken = model().decoder.tokenizer.decode
    assert spoken(following) == spoken(first.policy.conversations[0].tokens)
