"""Destruction (vernietiging): from which day on a closed case has to be destroyed under its workflow's retention. Pure.

A period runs from the day on which the case was closed; nothing before that starts one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from scaffolds import engine
from scaffolds.case import Case, local_day
from scaffolds.retention import FOR_GOOD
from scaffolds.workflow import Workflow


@dataclass(frozen=True, kw_only=True)
class Due:
    """A closed case, and the first day on which it is to be destroyed; None where it is kept for good."""

    case_id: str
    decision: str | None
    closed: date
    destroy_on: date | None
    source: str


def due(workflow: Workflow, case: Case) -> Due | None:
    """When a case is to be destroyed; None while it is open, or where its workflow declares no period.

    Raises CasewrightError where the case cannot be folded through the workflow as it is now.
    """
    state = engine.state_of(workflow, case)
    if workflow.retention is None or state.phase != "closed":
        return None
    closed = local_day(case.of("case_closed")[-1].at)
    years = workflow.retention.period(state.decision)
    return Due(
        case_id=case.id,
        decision=state.decision,
        closed=closed,
        destroy_on=None if years is FOR_GOOD else _later(closed, years) + timedelta(days=1),
        source=workflow.retention.source,
    )


def _later(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 1 March, so that nothing goes a day too early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
