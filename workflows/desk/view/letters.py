"""The letter that is due in a case, and the one that was sent, each as a page shows it. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from scaffolds.case import Case, Event
from scaffolds.engine import State
from scaffolds.errors import CasewrightError
from scaffolds.workflow import Decide, Workflow
from workflows.letter import Letter, Part, draft, draft_in_parts


def due(workflow: Workflow, case: Case, state: State, *, on: date) -> tuple[list[Part], Letter | None, str]:
    """The letter that is due, in parts and whole, or why it cannot be written.

    At a decision that waits for its signature it is the letter that would follow.
    """
    if state.phase == "sign" and isinstance(state.step, Decide):
        signed = Event(kind="signed", actor="person:", at=case.events[-1].at, payload={"agreed": True})
        case = replace(case, events=(*case.events, signed))
    elif state.phase not in ("ask", "send"):
        return [], None, ""
    try:
        letter, parts = draft_in_parts(workflow, case, on=on)
    except CasewrightError as error:
        return [], None, "" if state.phase == "sign" else str(error)
    return parts, letter, ""


def sent_letter(workflow: Workflow, case: Case) -> tuple[Letter | None, Letter | None]:
    """The last letter that was sent: as it was drafted then where a person changed that, and as it went out."""
    for number, event in reversed(list(enumerate(case.events))):
        if event.kind not in ("letter_sent", "completion_asked") or "letter" not in event.payload:
            continue
        on = date.fromisoformat(event.payload["on"])
        blank = Letter(case=case.id, on=on, subject="", blocks=())
        sent = blank.edited(body=event.payload["letter"], subject=event.payload["subject"])
        if not event.payload.get("edited", True):
            return None, sent
        try:
            return draft(workflow, replace(case, events=case.events[:number]), on=on), sent
        except CasewrightError:
            return None, sent  # the template has changed since, and asks for what this case does not have
    return None, None
