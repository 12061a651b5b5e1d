"""Fills a desk with as many cases as a test wants: cases that people handled to different points, many times over."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from scaffolds.case import Case, Event
from scaffolds.engine import State, state_of
from tests.workflows.desk.office import RECEIVED, WORKFLOW, confirm, decide, person, see, sent, take_in, to_decision
from workflows.desk import actions, worklist
from workflows.desk.confirming import Said
from workflows.desk.desk import Desk
from workflows.desk.tables import jobs

DAYS = 200
HOLDERS = tuple(f"m{number}" for number in range(20))
DONE: dict[str, Any] = {"events": 3, "state": "done", "attempts": 1, "lease": "", "created": ""}
"""The job of a case that was read long ago."""
Stage = Callable[[Desk, str], object]


def _sign(desk: Desk, number: str) -> None:
    decide(desk, number)
    _agree(desk, number)


def _agree(desk: Desk, number: str) -> None:
    actions.sign(desk, person(desk, "bert"), number, expected=len(see(desk, number).events), agreed=True)


def _close(desk: Desk, number: str) -> None:
    to_decision(desk, number)
    _sign(desk, number)
    actions.send(desk, person(desk, "anna"), number, expected=len(see(desk, number).events))


def _ask(desk: Desk, number: str) -> None:
    confirm(desk, number)
    confirm(desk, number, stamomtrek=Said(choice="not_stated"))
    actions.ask(desk, person(desk, "anna"), number, expected=len(see(desk, number).events))


STAGES: tuple[Stage, ...] = (
    lambda desk, number: None,
    confirm,
    _ask,
    to_decision,
    lambda desk, number: (to_decision(desk, number), decide(desk, number)),
    lambda desk, number: (to_decision(desk, number), _sign(desk, number)),
    _close,
    _close,
)
"""A few cases at each point of their way; more are closed than open in any one."""


def handled(desk: Desk) -> list[tuple[Case, State]]:
    """Handle a case to each stage, as people do, on a desk without a model."""
    numbers = []
    for stage in STAGES:
        numbers.append(take_in(desk))
        stage(desk, numbers[-1])
    found = [see(desk, number) for number in numbers]
    return [(case, state_of(desk.workflows[WORKFLOW], case)) for case in found]


def fill(desk: Desk, examples: list[tuple[Case, State]], *, cases: range, events: int) -> None:
    """Write cases like the examples, each with so many events, spread over days and holders."""
    workflow, originals = desk.workflows[WORKFLOW], sent().originals
    for number, (example, state) in zip(cases, islice(cycle(examples), len(cases)), strict=True):
        case = replace(example, id=f"Z-2020-{number:07d}", events=tuple(_events(example, number, events)))

        def beside(connection: object, case: Case = case, state: State = state) -> None:
            worklist.write(connection, workflow, case, state)  # type: ignore[arg-type]
            connection.execute(jobs.insert().values({"case_id": case.id, **DONE}))  # type: ignore[attr-defined]

        desk.store.append(
            case.id, case.events, workflow=case.workflow, expected=0, originals=originals, also=beside
        )


def _events(example: Case, number: int, count: int) -> Iterator[Event]:
    opening, *rest = example.events
    received = RECEIVED - timedelta(days=number % DAYS)
    yield replace(opening, payload={"received": received.isoformat()})
    payload = {"person": HOLDERS[number % len(HOLDERS)], "role": "", "reason": "Verdeling van het werk."}
    handed = Event(kind="handed_over", actor="person:anna", at=opening.at, payload=payload)
    yield rest[0]
    yield from [handed] * max(1, count - len(example.events))
    yield from rest[1:]
