"""An objection is counted from publication, mended once, judged by people, and ends in a letter about appeal."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest

from data_templates.bezwaar import generate
from data_templates.dossier import Dossier
from finetune.archive import replay, without_outcome
from scaffolds import engine
from scaffolds.case import Case, Event
from scaffolds.clock import term_of
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from scaffolds.workflow import Decide, leads_to
from workflows.bezwaar import WORKFLOW
from workflows.letter import letter

NOON = time(12, tzinfo=UTC)
DOSSIERS = tuple(generate(90, seed=5, split="train"))


def played(dossier: Dossier) -> Case:
    return replay(WORKFLOW, [dossier], [without_outcome(dossier)])[0].case


def complete() -> Case:
    cases = (played(dossier) for dossier in DOSSIERS if counted(dossier))
    return next(c for c in cases if engine.state_of(WORKFLOW, c).step is WORKFLOW.by_id["ontvankelijkheid"])


def decided(case: Case, decision: str, *, person: str = "a") -> Case:
    state = engine.state_of(WORKFLOW, case)
    assert isinstance(state.step, Decide)
    norms = {norm.id: "zie dossier" for norm in state.step.norms}
    at = datetime.combine(case.received, NOON)
    return case.with_events(
        [engine.decide(state, decision, reason="Zo is het.", norms=norms, person=person, at=at)]
    )


def counted(dossier: Dossier) -> bool:
    """Whether the term of this objection can be counted."""
    published = dossier.gold["lees_bezwaar"]["bekendmaking"]
    return published.state == "stated" and str(published.value) >= "2026-01-01"


def test_an_objection_without_grounds_is_asked_for_them_and_the_term_waits() -> None:
    cases = [played(dossier) for dossier in DOSSIERS if counted(dossier)]
    states = [engine.state_of(WORKFLOW, case) for case in cases]
    case, state = next(
        (case, state)
        for case, state in zip(cases, states, strict=True)
        if "gronden" in state.outputs["bezwaar/vereisten.vraag"]
        and state.outputs["bezwaar/tijdigheid.uitkomst"] == "tijdig"
    )
    assert state.step is WORKFLOW.by_id["vraag_herstel"]
    text = letter(WORKFLOW, case, on=case.received)
    assert "Waarom bent u het niet eens met het besluit?" in text
    assert "artikel 6:6" in text
    before = term_of(WORKFLOW, case)
    asked_on = max(before.start, case.received)
    asked = engine.ask(
        state, ["gronden"], until=asked_on + timedelta(28), person="a", at=datetime.combine(asked_on, NOON)
    )
    answered = Event(kind="completion_received", actor="applicant", at=datetime.combine(asked_on + timedelta(11), NOON))
    # Suspended from the day after the request to the day before the answer: half-open (Awb 7:10(2)).
    after = term_of(WORKFLOW, case.with_events([asked, answered]))
    assert after.raw_end - before.raw_end == timedelta(10)
    assert engine.state_of(WORKFLOW, case.with_events([asked, answered])).step is WORKFLOW.first


def test_the_committee_gives_twelve_weeks_and_a_civil_servant_six() -> None:
    weeks = {}
    for dossier in DOSSIERS:
        if counted(dossier):
            case = played(dossier)
            term = term_of(WORKFLOW, case)
            handled = engine.state_of(WORKFLOW, case).outputs["bezwaar/behandeling.uitkomst"]
            weeks[handled] = ((term.raw_end - term.start).days // 7, term.variant)
    assert weeks == {"commissie": (12, "commissie"), "ambtelijk": (6, "")}


def test_a_late_objection_is_never_rejected_by_a_table() -> None:
    outputs = {value for table in WORKFLOW.tables.values() for c in table.outputs for value in c.domain.values()}
    assert not outputs & {"te_laat", "niet_ontvankelijk", "ongegrond", "afwijzen"}
    table = WORKFLOW.tables["bezwaar/tijdigheid"]
    domains = [[str(value) for value in column.domain.values()] for column in table.inputs]
    for values in product(*domains):
        inputs = dict(zip((column.name for column in table.inputs), values, strict=True))
        outcome = table.evaluate(inputs, on=date(2026, 9, 1)).outputs["uitkomst"]
        assert outcome == ("tijdig" if inputs["ontvangst"] == "binnen" else "naar_behandelaar")


def test_the_law_names_every_open_norm_and_every_one_ends_at_a_person() -> None:
    norms = {norm.id: norm for step in WORKFLOW.steps if isinstance(step, Decide) for norm in step.norms}
    assert {"verschoonbaar", "belanghebbende", "afzien_van_horen", "heroverweging"} <= set(norms)
    assert all(norm.source.startswith("Awb ") for norm in norms.values())


def test_a_hearing_precedes_the_decision_unless_the_objection_is_inadmissible() -> None:
    assert leads_to(WORKFLOW.by_id["ontvankelijkheid"]) == ("horen", "besluit")
    case = decided(complete(), "ontvankelijk")
    assert engine.state_of(WORKFLOW, case).step is WORKFLOW.by_id["horen"]
    case = decided(complete(), "niet_ontvankelijk")
    assert engine.state_of(WORKFLOW, case).step is WORKFLOW.by_id["besluit"]


@pytest.mark.parametrize("decision", ["gegrond", "ongegrond", "niet_ontvankelijk"])
def test_every_decision_ends_in_a_letter_that_names_the_court_and_the_last_day(decision: str) -> None:
    case = decided(decided(decided(complete(), "ontvankelijk"), "gehoord"), decision)
    state = engine.state_of(WORKFLOW, case)
    with pytest.raises(CasewrightError, match="another person"):
        engine.sign(state, agreed=True, person="a", at=case.events[-1].at)
    at = case.events[-1].at
    case = case.with_events([engine.sign(state, agreed=True, person="b", at=at)])
    state = engine.state_of(WORKFLOW, case)
    quoted = {"reden": Fact(path="reden", state="not_stated")}
    case = case.with_events([engine.propose(state, quoted, model="klerk", at=at)])
    text = letter(WORKFLOW, case, on=date(2026, 4, 2))
    assert "18 mei 2026" in text
    assert "rechtbank" in text
    assert "Zo is het." in text
    case = case.with_events([Event(kind="letter_sent", actor="person:a", at=at, payload={})])
    assert engine.state_of(WORKFLOW, case).phase == "close"


def test_without_a_day_of_publication_there_is_no_term_and_the_letter_still_goes_out() -> None:
    for dossier in DOSSIERS:
        state = engine.state_of(WORKFLOW, case := played(dossier))
        if dossier.gold["lees_bezwaar"]["bekendmaking"].state == "not_stated" and state.phase == "ask":
            with pytest.raises(CasewrightError, match="has not started"):
                term_of(WORKFLOW, case)
            assert "vier weken" in letter(WORKFLOW, case, on=case.received)
            return
    raise AssertionError("no such objection")
