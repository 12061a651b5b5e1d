"""The engine: what comes next, what may follow, and who has to do it."""

from datetime import UTC, date, datetime

import pytest

from scaffolds import engine
from scaffolds.case import Case, Event
from scaffolds.clock import term_of
from scaffolds.environment import play
from scaffolds.errors import CasewrightError
from tests.scaffolds.gold import STATED, answering, archived
from workflows.omgevingsvergunning import WORKFLOW

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
NORMS = {"fysieke_leefomgeving": "Ja, het past.", "evenredigheid": "Ja."}


def read(stated: dict[str, object] | None = None, unsure: frozenset[str] = frozenset()) -> Case:
    answer = answering(STATED if stated is None else stated, unsure=unsure)  # type: ignore[arg-type]
    return play(WORKFLOW, [archived()], answer)[0].case


def at(case: Case) -> engine.State:
    return engine.state_of(WORKFLOW, case)


def without(*paths: str) -> dict[str, object]:
    return {path: said for path, said in STATED.items() if path not in paths}


def test_a_complete_application_reaches_the_decision_with_its_rows() -> None:
    state = at(read())
    assert (state.step.id, state.phase) == ("besluit", "decide")  # type: ignore[union-attr]
    assert [receipt["rows"] for receipt in state.receipts] == [[], ["boom-ziek"], ["leges-500-1500"]]


def test_what_is_missing_is_asked_and_what_contradicts_is_asked_too() -> None:
    state = at(read(without("kosten"), frozenset({"stamomtrek"})))
    assert (state.step.id, state.phase) == ("vraag_aanvulling", "ask")  # type: ignore[union-attr]
    assert state.outputs["omgevingsvergunning/volledigheid.vraag"] == ["kosten", "stamomtrek"]
    assert state.receipts[0]["rows"] == ["vraag-kosten", "helder-stamomtrek"]


def test_asking_suspends_the_term_and_completion_reads_again_from_the_start() -> None:
    case = read(without("kosten"))
    whole = term_of(WORKFLOW, case).legal_end
    case = case.with_events([engine.ask(at(case), ["kosten"], until=date(2026, 4, 6), person="anna", at=AT)])
    assert at(case).phase == "await"
    case = case.with_events(
        [Event(kind="completion_received", actor="applicant", at=datetime(2026, 3, 20, tzinfo=UTC))]
    )
    state = at(case)
    assert (state.step.id, state.phase, state.known) == ("lees_aanvraag", "read", {})  # type: ignore[union-attr]
    assert term_of(WORKFLOW, case).legal_end > whole


def test_a_decision_needs_a_reason_and_every_open_norm() -> None:
    state = at(read())
    with pytest.raises(CasewrightError, match="reason"):
        engine.decide(state, "verlenen", reason=" ", norms=NORMS, person="anna", at=AT)
    with pytest.raises(CasewrightError, match="evenredigheid"):
        engine.decide(
            state, "verlenen", reason="Past.", norms={"fysieke_leefomgeving": "ja"}, person="anna", at=AT
        )
    with pytest.raises(CasewrightError, match="gedogen"):
        engine.decide(state, "gedogen", reason="Past.", norms=NORMS, person="anna", at=AT)


def test_the_second_signature_is_another_persons() -> None:
    case = read()
    case = case.with_events(
        [engine.decide(at(case), "verlenen", reason="Past.", norms=NORMS, person="anna", at=AT)]
    )
    with pytest.raises(CasewrightError, match="another person"):
        engine.sign(at(case), agreed=True, person="anna", at=AT)
    back = case.with_events([engine.sign(at(case), agreed=False, person="bob", at=AT)])
    assert (at(back).phase, at(back).decision) == ("decide", None)
    signed = case.with_events([engine.sign(at(case), agreed=True, person="bob", at=AT)])
    assert at(signed).step.id == "brief"  # type: ignore[union-attr]


def test_an_event_that_cannot_follow_is_refused_with_what_was_expected() -> None:
    case = read().with_events([Event(kind="letter_sent", actor="person:anna", at=AT)])
    with pytest.raises(
        CasewrightError, match="letter_sent cannot follow here: at step besluit the case waits to decide"
    ):
        at(case)


def test_facts_with_a_problem_cannot_be_confirmed() -> None:
    case = read()
    state = engine.state_of(WORKFLOW, Case(id=case.id, workflow=case.workflow, events=case.events[:3]))
    wrong = {**state.proposed}
    from dataclasses import replace

    wrong["kosten"] = replace(wrong["kosten"], problems=("quotation_disagrees",))
    with pytest.raises(CasewrightError, match="settle first: kosten"):
        engine.confirm(state, wrong, person="anna", at=AT)
    with pytest.raises(CasewrightError, match="exactly the facts"):
        engine.confirm(state, {}, person="anna", at=AT)


def test_a_case_of_another_workflow_and_a_closed_case_are_refused() -> None:
    with pytest.raises(CasewrightError, match="belongs to workflow"):
        engine.state_of(WORKFLOW, Case(id="Z", workflow="anders"))
    case = read()
    closed = Case(
        id=case.id, workflow=case.workflow, events=(*case.events, Event(kind="case_closed", actor="t", at=AT))
    )
    with pytest.raises(CasewrightError, match="is closed"):
        closed.with_events([Event(kind="decided", actor="person:anna", at=AT)])


def test_a_term_counts_the_days_of_the_netherlands_not_of_utc() -> None:
    case = read(without("kosten"))
    late = datetime(2026, 7, 9, 22, 30, tzinfo=UTC)
    asked = engine.ask(at(case), ["kosten"], until=date(2026, 8, 6), person="anna", at=late)
    assert asked.payload["on"] == "2026-07-10"
