"""The legal clock of a case: its events as the events of a term, and the term computed from them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal

from scaffolds.calendar import CalendarError
from scaffolds.case import Case, local_day
from scaffolds.term import TermError, TermEvent, TermResult, compute, find_rule
from scaffolds.workflow import END, Ask, Draft, Workflow, leads_to


def term_events(workflow: Workflow, case: Case) -> list[TermEvent]:
    """Give what happened to the term: receipt, what was asked of whom with its last day, the answers, the decision.

    Comes with the days that the workflow takes from confirmed facts.
    """
    found = [TermEvent("received", case.received)]
    known = case.facts()
    for kind, path in workflow.starts.items():
        if path in known and known[path].state == "stated":
            found.append(TermEvent(kind, date.fromisoformat(str(known[path].value))))
    decided: list[TermEvent] = []
    third_party = False
    for event in case.events:
        on = date.fromisoformat(event.payload["on"]) if "on" in event.payload else local_day(event.at)
        match event.kind:
            case "completion_asked":
                step = workflow.by_id[event.payload["step"]]
                third_party = isinstance(step, Ask) and step.whom == "derde"
                until = date.fromisoformat(event.payload["until"])
                found.append(TermEvent("views_asked" if third_party else "invited", on, until=until))
            case "completion_received":
                found.append(TermEvent("views_given" if third_party else "completed", on))
            case "completion_lapsed":
                # A view that stays out ends its suspension like one that comes in: at the last day set for it.
                found.append(TermEvent("views_given" if third_party else "repair_lapsed", on))
            case "decided" if _final(workflow, event.payload["step"]):
                decided = [TermEvent("decided", on)]
            case "signed" if not event.payload["agreed"]:
                decided = []
    return found + decided


def _final(workflow: Workflow, step: str) -> bool:
    return all(then == END or isinstance(workflow.by_id[then], Draft) for then in leads_to(workflow.by_id[step]))


def term_of(workflow: Workflow, case: Case, *, version: str = "") -> TermResult:
    """Compute the decision term of a case. `version` is that of a running term; empty takes the rule in force.

    Raises TermError for a history that cannot be, CalendarError for a year the calendar does not know.
    """
    return compute(
        workflow.term, term_events(workflow, case), version=version, variant=_variant(workflow, case)
    )


def _variant(workflow: Workflow, case: Case) -> str:
    table, _, output = workflow.variant.rpartition(".")
    found = [event.payload["outputs"] for event in case.of("table_evaluated") if event.payload["table"] == table]
    variant = str(found[-1][output]) if found else ""
    return variant if variant in workflow.rule.variants else ""


@lru_cache(maxsize=4096)
def within(rule: str, *, start: date, day: date) -> Literal["binnen", "buiten", "unknown"]:
    """Say whether `day` lies in the term that began on `start`, by its legal end.

    "unknown" where the day lies before the start, and where the term cannot be computed for these days. Raises
    TermError for an unknown rule.
    """
    kind = find_rule(rule).starts[0]
    try:
        last = compute(rule, [TermEvent(kind, start)]).legal_end
    except (TermError, CalendarError):
        return "unknown"
    if day < start:
        return "unknown"
    return "binnen" if day <= last else "buiten"
