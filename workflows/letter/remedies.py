"""The remedies clause (rechtsmiddelenclausule, Awb 3:45 and 6:23): what is open against a decision, until when, where.

Which remedy it is follows from the decision, the last day from the term that the law sets (Awb 6:7, 6:8), the body
from the workflow. Nothing of it is typed in a letter's template.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scaffolds.term import TermEvent, compute, find_rule
from scaffolds.workflow import Draft, Remedy, Workflow

RULE = "bezwaar_indienen"
"""The one term of Awb 6:7 holds for an objection (bezwaar) and for an appeal (beroep)."""


@dataclass(frozen=True, kw_only=True)
class RemedyDue:
    """What is open against a decision, up to and including the day `until`, with `body`; `articles` of the Awb."""

    kind: Remedy
    until: date
    body: str
    articles: str


def remedy_of(workflow: Workflow, decision: str, *, on: date) -> RemedyDue | None:
    """The remedy against a decision that is made known `on`; None where a letter is no decision in law (besluit)."""
    step = next(step for step in workflow.steps if isinstance(step, Draft) and decision in step.letters)
    if decision in step.no_remedy:
        return None
    articles = find_rule(RULE).article.article.split(", ")
    return RemedyDue(
        kind=step.remedy,
        until=compute(RULE, [TermEvent("published", on)]).legal_end,
        body=workflow.authority if step.remedy == "bezwaar" else "de rechtbank",
        articles=f"artikel {' en '.join(articles)} van de Algemene wet bestuursrecht",
    )
