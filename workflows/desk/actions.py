"""What can be done with a case, for the pages and the API alike, and who may do it.

Every action names how many events it saw the case have. Raises Forbidden, NotFound, Conflict (someone went on with
the case meanwhile) and Refused with what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from scaffolds import engine
from scaffolds.case import Case, Event, document_payload
from scaffolds.engine import State
from scaffolds.workflow import Ask, Decide, Draft, Read, Workflow
from workflows.desk.confirming import Problem, Said, reasons, settle
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.people import Person
from workflows.desk.roles import ROLES
from workflows.desk.view.masking import masked
from workflows.desk.writing import Forbidden, go_on, note
from workflows.intake import Intake
from workflows.letter import draft

MOST_LETTER = 50_000
MOST_REASON = 5_000


class Unsettled(Refused):
    """Some facts were not answered, or not so that it fits. `problems` says which, by path."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__("unsettled", count=len(problems))
        self.problems = problems


def hand_over(
    desk: Desk, person: Person, case_id: str, *, expected: int, reason: str, to: str = "", role: str = ""
) -> Case:
    """Give a case to a person, or to whoever has a role; without either the person takes it."""
    if not person.may("hand_over"):
        raise Forbidden("role")
    if role and role not in ROLES[:3]:
        raise Refused("no_role", roles=", ".join(ROLES[:3]))
    _check_reason(reason)
    to = to if to or role else person.id
    payload = {"person": to or None, "role": role, "reason": reason}

    def handed(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if state.phase == "closed":
            raise Refused("closed")
        return [Event(kind="handed_over", actor=_actor(person), at=desk.clock(), payload=payload)]

    return go_on(desk, person, case_id, expected=expected, right="hand_over", answer=handed)


def confirm(desk: Desk, person: Person, case_id: str, *, expected: int, said: Mapping[str, Said]) -> Case:
    """Confirm or correct every fact of the step. Raises Unsettled where one is not answered."""

    def confirmed(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if not isinstance(state.step, Read) or state.phase != "confirm":
            raise Refused("not_now")
        suggestion = desk.suggestion(case, state)
        facts, problems = settle(
            state.step.facts.kinds, said, proposed=state.proposed, case=case, shown=suggestion == "shown"
        )
        if problems:
            raise Unsettled(problems)
        why = reasons(facts, said, proposed=state.proposed) if suggestion == "shown" else {}
        if any(len(reason) > MOST_REASON for reason in why.values()):
            raise Refused("too_long", most=MOST_REASON)
        at = desk.clock()
        return [engine.confirm(state, facts, person=person.id, at=at, suggestion=suggestion, reasons=why)]

    return go_on(desk, person, case_id, expected=expected, right="handle", answer=confirmed)


def read_yourself(desk: Desk, person: Person, case_id: str, *, expected: int) -> Case:
    """Do without the model's reading, which is still in the queue."""

    def skipped(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if state.phase != "read":
            raise Refused("not_now")
        return [engine.unread(state, why=f"person:{person.id}", at=desk.clock())]

    return go_on(desk, person, case_id, expected=expected, right="handle", answer=skipped)


def ask(desk: Desk, person: Person, case_id: str, *, expected: int, text: str = "") -> Case:
    """Send the request for what is missing; the term is suspended from tomorrow. `text` is the letter as edited."""

    def asked(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if not isinstance(state.step, Ask) or state.phase != "ask":
            raise Refused("not_now")
        if state.override is not None:
            raise Refused("override_first")
        items = state.outputs[state.step.items]
        until = desk.today + timedelta(days=state.step.days)
        event = engine.ask(state, items, until=until, person=person.id, at=desk.clock())
        sent = _letter(desk, workflow, case, text)
        return [Event(kind=event.kind, actor=event.actor, at=event.at, payload={**event.payload, **sent})]

    return go_on(desk, person, case_id, expected=expected, right="handle", answer=asked)


def complete(
    desk: Desk,
    person: Person,
    case_id: str,
    *,
    expected: int,
    sent: Intake,
    on: date,
) -> Case:
    """The applicant completed the application `on` this day; the reading begins again."""
    if not sent.documents:
        raise Refused("no_document")
    if on > desk.today:
        raise Refused("future", day=on)

    def completed(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if state.phase != "await":
            raise Refused("not_now")
        if taken := {d.id for d in sent.documents} & {d.id for d in case.documents}:
            raise Refused("same_name", name=sorted(taken)[0])
        at = desk.clock()
        added = [
            Event(kind="document_added", actor="applicant", at=at, payload=document_payload(document))
            for document in sent.documents
        ]
        payload = {"on": on.isoformat()}
        return [*added, Event(kind="completion_received", actor=_actor(person), at=at, payload=payload)]

    return go_on(
        desk, person, case_id, expected=expected, right="handle", answer=completed, originals=sent.originals
    )


def lapse(desk: Desk, person: Person, case_id: str, *, expected: int) -> Case:
    """A person finds that what was asked for did not come in time."""

    def lapsed(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if state.phase != "await":
            raise Refused("not_now")
        until = case.of("completion_asked")[-1].payload["until"]
        if desk.today.isoformat() <= until:
            raise Refused("not_lapsed", until=until)
        return [Event(kind="completion_lapsed", actor=_actor(person), at=desk.clock(), payload={"on": until})]

    return go_on(desk, person, case_id, expected=expected, right="handle", answer=lapsed)


def decide(
    desk: Desk, person: Person, case_id: str, *, expected: int, option: str, reason: str, norms: Mapping[str, str]
) -> Case:
    """Decide, with a reason and an answer to every open norm."""
    _check_reason(reason, *norms.values())

    def decided(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if not isinstance(state.step, Decide) or state.phase != "decide":
            raise Refused("not_now")
        if state.step.role not in person.roles:
            raise Forbidden("decides", role=state.step.role)
        known = {norm.id: norms.get(norm.id, "").strip() for norm in state.step.norms}
        if option not in state.step.options:
            raise Refused("no_option")
        if not all(known.values()):
            raise Refused("norms")
        if state.override is not None:
            raise Refused("override_first")
        return [engine.decide(state, option, reason=reason, norms=known, person=person.id, at=desk.clock())]

    return go_on(desk, person, case_id, expected=expected, right="read", answer=decided)


def sign(desk: Desk, person: Person, case_id: str, *, expected: int, agreed: bool, reason: str = "") -> Case:
    """Sign a colleague's decision, or send it back with the reason."""
    if not agreed:
        _check_reason(reason)

    def signed(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if not isinstance(state.step, Decide) or state.phase != "sign":
            raise Refused("not_now")
        if state.step.second not in person.roles:
            raise Forbidden("signs", role=state.step.second)
        if state.decided_by == _actor(person):
            raise Forbidden("four_eyes")
        event = engine.sign(state, agreed=agreed, person=person.id, at=desk.clock())
        payload = {**event.payload, "reason": reason} if reason else event.payload
        return [Event(kind=event.kind, actor=event.actor, at=event.at, payload=payload)]

    return go_on(desk, person, case_id, expected=expected, right="read", answer=signed)


def send(desk: Desk, person: Person, case_id: str, *, expected: int, text: str = "") -> Case:
    """Send the letter, as it was drafted or as the person edited it."""

    def sent(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if not isinstance(state.step, Draft) or state.phase != "send":
            raise Refused("not_now")
        payload = {"step": state.step.id, **_letter(desk, workflow, case, text)}
        return [Event(kind="letter_sent", actor=_actor(person), at=desk.clock(), payload=payload)]

    return go_on(desk, person, case_id, expected=expected, right="handle", answer=sent)


def _letter(desk: Desk, workflow: Workflow, case: Case, typed: str) -> dict[str, Any]:
    if len(typed) > MOST_LETTER:
        raise Refused("too_long", most=MOST_LETTER)
    drafted = draft(workflow, case, on=desk.today)
    sent = drafted.edited(body=typed) if typed.strip() else drafted
    return {
        "on": desk.today.isoformat(),
        "subject": sent.subject,
        "letter": sent.body,
        "edited": sent.blocks != drafted.blocks,
    }


def ask_override(
    desk: Desk, person: Person, case_id: str, *, expected: int, table: str, outputs: Mapping[str, Any], reason: str
) -> Case:
    """Ask a person with authority to put another outcome in the place of a table's."""
    _check_reason(reason)

    def asked(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if table not in workflow.tables:
            raise Refused("no_table")
        for column in workflow.tables[table].outputs:
            given = outputs.get(column.name)
            for value in given if isinstance(given, list) else [given]:
                try:
                    column.domain.ordinal(value)
                except (ValueError, TypeError):
                    raise Refused("no_outcome", column=column.name) from None
        if state.override is not None:
            raise Refused("override_first")
        if state.phase not in ("ask", "decide") or table not in {r["table"] for r in state.receipts}:
            raise Refused("not_now")
        at = desk.clock()
        return [engine.ask_override(state, table, outputs, reason=reason, person=person.id, at=at)]

    return go_on(desk, person, case_id, expected=expected, right="handle", answer=asked)


def settle_override(
    desk: Desk, person: Person, case_id: str, *, expected: int, agreed: bool, reason: str
) -> Case:
    """Set a table's outcome aside as was asked, or let it stand."""
    _check_reason(reason)

    def settled(workflow: Workflow, case: Case, state: State) -> list[Event]:
        if state.override is None:
            raise Refused("not_now")
        if state.override.actor == _actor(person):
            raise Forbidden("four_eyes")
        return [
            engine.settle_override(state, agreed=agreed, reason=reason, person=person.id, at=desk.clock())
        ]

    return go_on(desk, person, case_id, expected=expected, right="settle", answer=settled)


def show_bsn(
    desk: Desk, person: Person, case_id: str, *, what: Literal["case", "letter", "document"], reason: str
) -> Case:
    """Note that the person sees the BSNs of a case, in which of its parts and why; return the case to be shown so."""
    _check_reason(reason)

    def shown(case: Case) -> Event:
        if masked(case) is case:
            raise Refused("no_bsn")
        payload = {"what": what, "reason": reason}
        return Event(kind="bsn_shown", actor=_actor(person), at=desk.clock(), payload=payload)

    return note(desk, person, case_id, answer=shown)


def _check_reason(*reasons: str) -> None:
    if any(len(reason) > MOST_REASON for reason in reasons):
        raise Refused("too_long", most=MOST_REASON)
    if not reasons[0].strip():
        raise Refused("reason")


def _actor(person: Person) -> str:
    return f"person:{person.id}"


