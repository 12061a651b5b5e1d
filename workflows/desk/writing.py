"""How a case goes on: read by who may see it, checked, written once, with all that follows from it.

Every action names how many events it saw the case have. Events, work-list row, tallies and model job are written in
one transaction, and what could follow by itself (tables, the term, closing) is written with them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection

from scaffolds import engine
from scaffolds.case import ASIDE, Case, Event
from scaffolds.engine import State
from scaffolds.store import Conflict
from scaffolds.workflow import Draft, Workflow
from workflows.desk import queue, tallies, worklist
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.people import Person
from workflows.desk.roles import Right
from workflows.desk.tallied import tallied


class Forbidden(Refused):
    """This person may not do this."""


class NotFound(Refused):
    """There is no such case that this person may see."""


def see(desk: Desk, person: Person, case_id: str) -> Case:
    """Read a case that is the person's business."""
    if not person.may("read"):
        raise Forbidden("sees")
    workflow = desk.store.workflow_of(case_id) if case_id.isprintable() and len(case_id) <= 200 else None
    if workflow is None or not person.sees(workflow) or workflow not in desk.workflows:
        raise NotFound("no_case", case=case_id[:40])
    return desk.store.case(case_id)


def go_on(
    desk: Desk,
    person: Person,
    case_id: str,
    *,
    expected: int,
    right: Right,
    answer: Callable[[Workflow, Case, State], Iterable[Event]],
    originals: Mapping[str, bytes] | None = None,
) -> Case:
    """Take one step of a case that has `expected` events, as far as it goes by itself."""
    case = see(desk, person, case_id)
    if not person.may(right):
        raise Forbidden("role")
    if not unmoved(case, since=expected):
        raise Conflict(case_id, expected=expected, present=len(case.events))
    workflow = desk.workflows[case.workflow]
    after = case.with_events(answer(workflow, case, engine.state_of(workflow, case)))
    return write(desk, after, expected=len(case.events), originals=originals)


def unmoved(case: Case, *, since: int) -> bool:
    """Whether the case stands where it stood when it had `since` events: what was noted aside moves nothing."""
    return 0 < since <= len(case.events) and all(event.kind in ASIDE for event in case.events[since:])


def note(desk: Desk, person: Person, case_id: str, *, answer: Callable[[Case], Event]) -> Case:
    """Note something beside a case, wherever it stands; forms and readings that are under way stay good."""
    while True:
        case = see(desk, person, case_id)
        after = case.with_events([answer(case)])
        try:
            _note(desk, after)
        except Conflict:
            continue
        return after


def _note(desk: Desk, case: Case) -> None:
    workflow = desk.workflows[case.workflow]
    state = engine.state_of(workflow, case)
    desk.store.append(
        case.id,
        case.events[-1:],
        workflow=case.workflow,
        expected=len(case.events) - 1,
        also=lambda connection: worklist.write(connection, workflow, case, state),
    )


def write(
    desk: Desk,
    case: Case,
    *,
    expected: int,
    originals: Mapping[str, bytes] | None = None,
    also: Callable[[Connection], None] | None = None,
) -> Case:
    """Let follow what follows by itself, and write it all, `also` in the same transaction; return what is then."""
    workflow = desk.workflows[case.workflow]
    case = follow(desk, workflow, case, expected=expected)

    def beside(connection: Connection) -> None:
        _beside(desk, connection, workflow, case, expected)
        if also is not None:
            also(connection)

    desk.store.append(
        case.id,
        case.events[expected:],
        workflow=case.workflow,
        expected=expected,
        originals=originals,
        also=beside,
    )
    return case


def follow(desk: Desk, workflow: Workflow, case: Case, *, expected: int) -> Case:
    """Append what follows without anyone: tables, the term where it changed, no reading, the closing."""
    at = desk.clock()
    case = engine.run_tables(workflow, case, at=at)
    changes = {"case_opened", "completion_asked", "completion_received", "completion_lapsed", "decided"}
    if changes & {event.kind for event in case.events[expected:]} and (term := worklist.term(workflow, case)):
        case = case.with_events([Event(kind="term_computed", actor="table", at=at, payload=term.to_dict())])
    state = engine.state_of(workflow, case)
    if state.phase == "read" and (why := unread(desk, workflow, state)):
        case = case.with_events([engine.unread(state, why=why, at=at)])
    if engine.state_of(workflow, case).phase == "close":
        case = case.with_events([Event(kind="case_closed", actor="table", at=at)])
    return case


def unread(desk: Desk, workflow: Workflow, state: State) -> str:
    """Why the model is not asked here; empty where it is."""
    mode = desk.mode(workflow.name)
    if mode == "off":
        return "off" if workflow.name in desk.models else "no_model"
    # What a shadowed model quotes may not end up in a letter.
    return "shadow" if mode == "shadow" and isinstance(state.step, Draft) else ""


def _beside(
    desk: Desk,
    connection: Connection,
    workflow: Workflow,
    case: Case,
    expected: int,
) -> None:
    state = engine.state_of(workflow, case)
    worklist.write(connection, workflow, case, state)
    counted = tallied(workflow, case, since=expected, term=worklist.term(workflow, case))
    tallies.count(connection, day=desk.today, workflow=case.workflow, tallied=counted)
    if state.phase == "read":
        queue.add(connection, case.id, events=len(case.events))


def record(desk: Desk, case: Case, *, expected: int, job: queue.Job) -> None:
    """Write what the worker found, and that its job is done."""
    workflow = desk.workflows[case.workflow]
    case = follow(desk, workflow, case, expected=expected)

    def beside(connection: Connection) -> None:
        queue.done(connection, job)
        _beside(desk, connection, workflow, case, expected)

    desk.store.append(
        case.id, case.events[expected:], workflow=case.workflow, expected=expected, also=beside
    )
