"""A case at the terminal: what is shown, what only a person does, and where it waits."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from finetune.case.person import AsIf, AtTerminal, Person
from finetune.case.session import Session
from scaffolds.case import Case, Document, open_case
from scaffolds.errors import CasewrightError
from tests.finetune.case.demo import APPLICATION, RECEIVED, reader
from workflows.intake import read_files
from workflows.registry import load_workflow
from workflows.show import clean

TODAY = date(2026, 3, 12)
WORKFLOW = load_workflow("omgevingsvergunning")


def walk(person: Person | None, *, documents: list[Document] | None = None, **changed: Any) -> tuple[Case, str]:
    shown: list[str] = []
    documents = documents or list(read_files([APPLICATION], received=RECEIVED).documents)
    session = Session(workflow=WORKFLOW, reader=reader(**changed), person=person, say=shown.append, today=TODAY)
    at = datetime.now(UTC)
    case = open_case("zaak-1", workflow=WORKFLOW.name, documents=documents, received=RECEIVED, at=at)
    case = session.handle(case)
    return case, "\n".join(shown)


def at_terminal(typed: Iterable[str]) -> AtTerminal:
    answers = iter(typed)
    return AtTerminal(name="Ada", ask=lambda question: next(answers), say=lambda line: None)


def kinds(case: Case) -> list[str]:
    return [event.kind for event in case.events[2:]]


def test_without_a_person_the_case_stops_at_the_first_human_step_with_the_proposal_shown() -> None:
    case, shown = walk(None)
    assert kinds(case) == ["facts_proposed"]
    assert "boom_vellen" not in shown
    assert "een boom vellen" in shown
    assert "“1501 KL” (aanvraag.txt)" in shown
    assert "€ 850,00" in shown
    assert "de zaak wacht daarop" in shown


def test_the_preview_shows_rows_with_articles_the_term_and_where_it_stops_without_a_decision() -> None:
    case, shown = walk(AsIf())
    assert "rij boom-ziek" in shown
    assert "BWBR0037885 art. 22.8" in shown
    assert "besluit uiterlijk op" in shown
    assert "Awb 3:4" in shown
    assert not case.of("decided")


def test_the_preview_of_a_decision_shows_its_letter_with_the_words_of_the_applicant() -> None:
    case, shown = walk(AsIf(decision="verlenen"))
    assert "Conceptbrief" in shown
    assert "Wij verlenen u de omgevingsvergunning." in shown
    assert "de boom ziek en niet meer te redden" in shown
    assert not case.of("letter_sent")


def test_what_is_missing_is_asked_for_with_a_draft_letter_and_suspends_the_term() -> None:
    case, shown = walk(AsIf(), kosten="niet vermeld")
    assert "  - kosten" in shown
    assert "Wij hebben meer gegevens nodig" in shown
    assert case.of("completion_asked")[0].payload["until"] == "2026-04-09"
    assert "opschorting" in shown


def test_a_person_confirms_corrects_decides_and_another_signs() -> None:
    first = [""] * 6 + ["Zaanstad"] + [""] * 3 + ["nul", "90000"] + [""] * 3
    typed = [*first, *[""] * 5, "past", "ja, evenredig", "verlenen", "Het mag.", "Bob"]
    case, _ = walk(at_terminal(typed))
    facts = case.facts()
    [decided] = case.of("decided")
    assert facts["locatie.plaats"].value == "Zaanstad"
    assert facts["kosten"].value == 90_000
    assert facts["locatie.straat"].evidence[0].quotation == "Lindelaan"
    assert decided.actor == "person:Ada"
    assert case.of("signed")[0].actor == "person:Bob"
    assert kinds(case)[-1] == "facts_proposed"


def test_the_same_person_cannot_sign_twice() -> None:
    typed = [*[""] * 19, "past", "ja", "verlenen", "Het mag.", "Ada"]
    with pytest.raises(CasewrightError, match="another person"):
        walk(at_terminal(typed))


def test_a_decision_without_a_reason_leaves_the_case_waiting() -> None:
    case, shown = walk(at_terminal([*[""] * 19, "past", "ja", "verlenen", ""]))
    assert not case.of("decided")
    assert "wacht op een besluit" in shown


def test_a_fact_with_a_problem_cannot_be_taken_over_with_enter() -> None:
    wrong = {"bron": "€ 850,00", "waarde": 99_900}
    typed = iter([*[""] * 11, "85000"])
    told: list[str] = []
    person = AtTerminal(name="Ada", ask=lambda question: next(typed, ""), say=told.append)
    case, shown = walk(person, kosten=wrong)
    assert "zelf nakijken: de vindplaats zegt iets anders" in shown
    assert any("klopt iets niet" in line for line in told)
    assert case.facts()["kosten"].value == 85_000


def test_words_of_an_applicant_cannot_steer_the_terminal() -> None:
    assert clean("a\x1b[2Jb\r\x07c\u202ed") == "a [2Jb  c d"
    text = APPLICATION.read_text(encoding="utf-8").replace("Zaandam", "Zaan\x1b]0;x\x07dam")
    _, shown = walk(AsIf(decision="verlenen"), documents=[Document(id="a\x1b[2J.txt", text=text, received=RECEIVED)])
    assert "\x1b" not in shown


def test_a_scan_is_not_put_to_the_model_and_everything_is_left_to_a_person() -> None:
    scan = Document(id="scan.pdf", text="", received=RECEIVED)
    case, shown = walk(AsIf(), documents=[scan])
    proposed = case.of("facts_proposed")[0].payload
    assert proposed["parts"] == 0
    assert {item["state"] for item in proposed["facts"]} == {"unsure"}
    assert "zonder tekst; een medewerker leest ze zelf" in shown
