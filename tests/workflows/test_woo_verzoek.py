"""A Woo request: what is asked, who is heard, what a table never settles, and what the letters say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scaffolds import engine
from scaffolds.case import Case, Document, Event
from scaffolds.clock import term_events, term_of
from scaffolds.environment import Archived, opened
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact, Value, locate
from scaffolds.workflow import Ask, Branch, Decide
from workflows.letter import letter
from workflows.woo_verzoek import WORKFLOW
from workflows.woo_verzoek.facts import Verzoek

TEXT = (
    "Ik, Jan de Boer, vraag op grond van de Woo alle besluiten over de sluiting van het zwembad, van 1 maart 2024 "
    "tot en met 1 mei 2025, bij het college. Het gaat ook over Bad B.V. en niet over mijzelf. "
    "Graag digitaal, per e-mail naar jan@post.example."
)
STATED: Mapping[str, tuple[Value, str]] = {
    "verzoeker": ("Jan de Boer", "Jan de Boer"),
    "antwoordadres": ("jan@post.example", "jan@post.example"),
    "antwoordwijze": ("email", "per e-mail"),
    "onderwerp": ("de sluiting van het zwembad", "de sluiting van het zwembad"),
    "periode_van": ("2024-03-01", "1 maart 2024"),
    "periode_tot": ("2025-05-01", "1 mei 2025"),
    "alle_documenten": ("ja", "alle"),
    "documenten": ("besluiten", "besluiten"),
    "bestuursorgaan": ("college", "college"),
    "vorm": ("digitaal", "digitaal"),
    "eigen_gegevens": ("nee", "niet over mijzelf"),
    "derde": ("Bad B.V.", "Bad B.V."),
}
GROUNDS = {"absolute_gronden": "Nee.", "relatieve_gronden": "Ja.", "beleidsopvattingen": "Nee.", "doel": "Nee."}


def on(day: int, month: int = 4) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def at(case: Case) -> engine.State:
    return engine.state_of(WORKFLOW, case)


def fact(path: str) -> Fact:
    if path not in STATED:
        return Fact(path=path, state="not_stated")
    value, quotation = STATED[path]
    place = locate(quotation, documents={"verzoek": TEXT})
    assert place is not None, quotation
    return Fact(path=path, state="stated", values=(value,), evidence=(place,))


def read(*left_out: str) -> Case:
    received = date(2026, 4, 8)
    document = Document(id="verzoek", text=TEXT, received=received)
    case = opened(WORKFLOW, Archived(id="W-1", received=received, documents=(document,)))
    facts = {p: Fact(path=p, state="not_stated") if p in left_out else fact(p) for p in Verzoek.kinds}
    case = case.with_events([engine.propose(at(case), facts, model="proef", at=on(8))])
    case = case.with_events([engine.confirm(at(case), facts, person="anna", at=on(8))])
    return engine.run_tables(WORKFLOW, case, at=on(8))


def heard(case: Case, decision: str) -> Case:
    norms = {"bedenkingen": "Ja, het bedrijf wordt genoemd."}
    decided = engine.decide(at(case), decision, reason="Zie norm.", norms=norms, person="anna", at=on(15))
    return case.with_events([decided])


def decided(case: Case, decision: str) -> Case:
    decision_event = engine.decide(at(case), decision, reason="Omdat.", norms=GROUNDS, person="anna", at=on(28))
    case = case.with_events([decision_event])
    return case.with_events([engine.sign(at(case), agreed=True, person="bob", at=on(29))])


def test_a_precise_request_goes_to_a_person_with_the_articles_that_apply() -> None:
    state = at(read())
    assert (state.step.id, state.phase) == ("zienswijze", "decide")  # type: ignore[union-attr]
    assert [r["rows"] for r in state.receipts] == [
        [],
        ["gemeente"],
        ["voor-iedereen"],
        ["alles"],
        ["digitaal"],
        ["genoemd"],
    ]


def test_a_request_that_names_its_subject_alone_is_asked_to_be_precise_and_no_reason_is_asked() -> None:
    case = read("periode_van", "periode_tot", "documenten")
    state = at(case)
    assert isinstance(state.step, Ask)
    assert state.outputs["woo_verzoek/precisering.vraag"] == ["periode"]
    text = letter(WORKFLOW, case, on=date(2026, 4, 9))
    assert "Over welke periode wilt u informatie?" in text
    assert "bezwaar" not in text  # what a third party is asked is not asked of the requester
    assert "Waarom u de informatie wilt, hoeft u niet te zeggen" in text


def test_views_of_a_third_party_suspend_the_term_up_to_and_including_the_last_day() -> None:
    case = heard(read(), "vragen")
    assert term_of(WORKFLOW, case).legal_end == date(2026, 5, 6)
    assert "Hebt u er bezwaar tegen" in letter(WORKFLOW, case, on=date(2026, 4, 15))
    asked = engine.ask(at(case), ["genoemde_ander"], until=date(2026, 4, 29), person="anna", at=on(15))
    case = case.with_events([asked, Event(kind="completion_received", actor="applicant", at=on(27))])
    assert at(case).step.id == "besluit"  # type: ignore[union-attr]
    assert term_of(WORKFLOW, case).legal_end == date(2026, 5, 18)  # the worked example of Woo 4.4(3)


def test_a_view_that_stays_out_ends_its_suspension_at_the_last_day_set_for_it() -> None:
    case = heard(read(), "vragen")
    asked = engine.ask(at(case), ["genoemde_ander"], until=date(2026, 4, 27), person="anna", at=on(15))
    early = case.with_events([asked, Event(kind="completion_lapsed", actor="table", at=on(28))])
    late = case.with_events([asked, Event(kind="completion_lapsed", actor="table", at=on(30))])
    assert term_of(WORKFLOW, early).legal_end == term_of(WORKFLOW, late).legal_end


def test_whether_to_hear_a_third_party_is_no_decision_on_the_request() -> None:
    case = heard(read(), "niet_vragen")
    assert at(case).step.id == "besluit"  # type: ignore[union-attr]
    assert decided(case, "openbaar").of("decided")[-1].payload["decision"] == "openbaar"
    assert term_of(WORKFLOW, decided(case, "openbaar")).legal_end == date(2026, 5, 6)


def test_a_decision_that_is_sent_back_is_none_and_the_next_one_counts() -> None:
    case = heard(read(), "niet_vragen")
    first = engine.decide(at(case), "geweigerd", reason="Omdat.", norms=GROUNDS, person="anna", at=on(20))
    case = case.with_events([first])
    case = case.with_events([engine.sign(at(case), agreed=False, person="bob", at=on(21))])
    assert [event.kind for event in term_events(WORKFLOW, case)] == ["received"]
    ends = [event for event in term_events(WORKFLOW, decided(case, "openbaar")) if event.kind == "decided"]
    assert [event.on for event in ends] == [date(2026, 4, 28)]


@pytest.mark.parametrize(
    ("then", "problem"),
    [
        (Branch(on="derde", to={}, otherwise="besluit"), "branches on itself"),
        (Branch(on="zienswijze", to={"soms": "besluit"}, otherwise="besluit"), "unknown decisions: ['soms']"),
    ],
)
def test_a_person_s_step_branches_on_its_own_decisions_only(then: Branch, problem: str) -> None:
    steps = tuple(
        replace(s, then=then) if isinstance(s, Decide) and s.id == "zienswijze" else s for s in WORKFLOW.steps
    )
    with pytest.raises(CasewrightError, match=re.escape(problem)):
        replace(WORKFLOW, steps=steps)


def test_no_penalty_runs_on_a_woo_request() -> None:
    assert not term_of(WORKFLOW, read()).penalty


def test_every_ground_for_exception_is_a_persons_and_none_a_tables() -> None:
    case = heard(read(), "niet_vragen")
    with pytest.raises(CasewrightError, match="relatieve_gronden"):
        engine.decide(at(case), "geweigerd", reason="Nee.", norms={"doel": "Nee."}, person="anna", at=on(28))
    articles = {row.source.article for table in WORKFLOW.tables.values() for row in table.rows if row.source}
    assert not {article for article in articles if article.startswith(("5.1", "5.2", "5.3", "4.6"))}
    final = WORKFLOW.by_id["besluit"]
    assert isinstance(final, Decide)
    assert {norm.source.split("(")[0] for norm in final.norms} == {"Woo 5.1", "Woo 5.2", "Woo 4.6"}


@pytest.mark.parametrize("decision", ["openbaar", "deels_openbaar", "geweigerd", "niet_behandeld", "doorgezonden"])
def test_every_decision_has_its_letter_and_a_decision_its_remedy(decision: str) -> None:
    case = decided(heard(read(), "niet_vragen"), decision)
    text = letter(WORKFLOW, case, on=date(2026, 4, 29))
    assert "de sluiting van het zwembad" in text
    assert ("bezwaar maken" in text) == (decision != "doorgezonden")
