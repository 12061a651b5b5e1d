"""The legal clock of a case: its events as the events of a term, and the term computed from them."""

from __future__ import annotations

from datetime import date

from scaffolds.case import Case
from scaffolds.term import TermEvent, TermResult, compute
from scaffolds.workflow import Workflow


def term_events(case: Case) -> list[TermEvent]:
    """Give what happened to the term: receipt, requests for completion with their last day, completion, decision."""
    found = [TermEvent("received", case.received)]
    for event in case.events:
        on = date.fromisoformat(event.payload["on"]) if "on" in event.payload else event.at.date()
        match event.kind:
            case "completion_asked":
                found.append(TermEvent("invited", on, until=date.fromisoformat(event.payload["until"])))
            case "completion_received":
                found.append(TermEvent("completed", on))
            case "completion_lapsed":
                found.append(TermEvent("repair_lapsed", on))
            case "decided":
                found.append(TermEvent("decided", on))
    return found


def term_of(workflow: Workflow, case: Case, *, version: str = "") -> TermResult:
    """Compute the decision term of a case. `version` is that of a running term; empty takes the rule in force.

    Raises TermError for a history that cannot be, CalendarError for a year the calendar does not know.
    """
    return compute(workflow.term, term_events(case), version=version)
