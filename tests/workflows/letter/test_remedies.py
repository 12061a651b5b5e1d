"""Every decision tells who may object or appeal, until when and where, computed from the decision and the day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from scaffolds.errors import CasewrightError
from scaffolds.term import TermEvent, compute
from scaffolds.workflow import Draft
from tests.workflows.letter.cases import decided
from workflows.letter import draft, remedy_of, template
from workflows.omgevingsvergunning import WORKFLOW
from workflows.registry import load_workflow, workflow_names

DECISIONS = [
    (name, step, decision)
    for name in workflow_names()
    for step in load_workflow(name).steps
    if isinstance(step, Draft)
    for decision in step.letters
]


@pytest.mark.parametrize(("name", "step", "decision"), DECISIONS, ids=[f"{n}-{d}" for n, _, d in DECISIONS])
def test_each_decision_has_the_remedy_that_its_workflow_declares(name: str, step: Draft, decision: str) -> None:
    workflow = load_workflow(name)
    due = remedy_of(workflow, decision, on=date(2026, 4, 2))
    assert ("{{ rechtsmiddelen }}" in template(workflow, step.letters[decision])) == (due is not None)
    if due is None:
        assert (name, decision) == ("woo_verzoek", "doorgezonden")
        return
    assert due.kind == ("beroep" if name == "bezwaar" else "bezwaar")
    # Six weeks end on Ascension Day, the day after is a decree day, then comes a weekend (Awb 6:7, 6:8, Atw 1, 3).
    assert due.until == date(2026, 5, 18)
    assert due.body == ("de rechtbank" if due.kind == "beroep" else workflow.authority)


def test_the_last_day_follows_the_day_of_the_letter() -> None:
    case = decided()
    for days in range(0, 60, 7):
        on = date(2026, 4, 2) + timedelta(days)
        until = compute("bezwaar_indienen", [TermEvent("published", on)]).legal_end
        text = draft(WORKFLOW, case, on=on).text
        assert f"tot en met {until.day} " in text
        assert "artikel 6:7 en 6:8 van de Algemene wet bestuursrecht" in text
        assert "het nummer van deze zaak: Z-1" in text


def test_a_letter_of_a_decision_without_the_clause_is_not_written() -> None:
    letters = {"verlenen": "aanvulling.txt"}
    steps = tuple(replace(step, letters=letters) if isinstance(step, Draft) else step for step in WORKFLOW.steps)
    with pytest.raises(CasewrightError, match=r"aanvulling\.txt tells of a decision"):
        draft(replace(WORKFLOW, steps=steps), decided(), on=date(2026, 4, 2))
