"""Hindsight says what the archive knows, in words of the document, and leaves alone what it does not know."""

from dataclasses import replace

import pytest

from finetune.archive import known
from finetune.rl.hindsight import retold
from scaffolds.environment import Archived, Episode, Outcome, outcome_of, play
from scaffolds.facts import parse
from tests.scaffolds.gold import STATED, Said, answering, archived
from workflows.omgevingsvergunning import WORKFLOW

REGISTERED = ("aanvrager", "begindatum", "gemachtigde")


@pytest.fixture
def case() -> Archived:
    """An application whose owner is not stated and was asked for; three facts are in the register."""
    stated = {path: said for path, said in STATED.items() if path != "eigenaar"}
    episode = play(WORKFLOW, [archived()], answering(stated))[0]
    outcome = outcome_of(WORKFLOW, episode.case)
    return archived(outcome=replace(outcome, registered={path: episode.facts[path] for path in REGISTERED}))


def episode(case: Archived, **changed: Said | None) -> Episode:
    said = {path: pair for path, pair in {**STATED, **changed}.items() if pair is not None}
    return play(WORKFLOW, [case], answering(said))[0]


def test_an_outcome_says_what_is_registered_and_what_was_asked_for(case: Archived) -> None:
    assert case.outcome
    told = known(WORKFLOW, case.outcome)
    assert {path: fact.state for path, fact in told.items() if path in (*REGISTERED, "eigenaar")} == {
        "aanvrager": "stated",
        "begindatum": "stated",
        "gemachtigde": "not_stated",
        "eigenaar": "not_stated",
    }
    assert not any(fact.evidence for fact in told.values()), "a register knows no place in a document"


def test_a_row_of_another_table_with_the_same_name_says_nothing() -> None:
    assert known(WORKFLOW, Outcome(rows={"omgevingsvergunning/boom": ("vraag-eigenaar",)})) == {}


def test_names_days_and_what_is_missing_are_told_as_the_archive_has_them(case: Archived) -> None:
    played = episode(case, aanvrager=("Lindelaan", "Lindelaan"), begindatum=None, gemachtigde=("eik", "eik"))
    told = retold(WORKFLOW, played, [played])
    assert (told.facts["aanvrager"].value, told.facts["begindatum"].value) == ("Jan de Boer", "2026-07-01")
    assert told.facts["begindatum"].evidence[0].quotation == "1 juli 2026"
    assert {told.facts[path].state for path in ("gemachtigde", "eigenaar")} == {"not_stated"}
    for turn in told.turns:
        read = parse(turn.question.facts, turn.answer, documents=case.texts, received=case.received)
        assert {path: fact.values for path, fact in read.items()} == {p: fact.values for p, fact in turn.facts.items()}
        assert not any(fact.problems for fact in read.values())


def test_what_the_archive_does_not_know_stays_as_it_was_said(case: Archived) -> None:
    played = episode(case, boomsoort=("boom", "boom"))
    told = retold(WORKFLOW, played, [played])
    changed = {path for path, fact in told.facts.items() if fact != played.facts[path]}
    assert changed == {"eigenaar"}


def test_the_quotation_of_another_episode_goes_before_one_that_is_looked_up(case: Archived) -> None:
    wrong = episode(case, begindatum=None)
    right = episode(case, begindatum=("2026-07-01", "begin op 1 juli 2026"))
    told = retold(WORKFLOW, wrong, [right, wrong])
    assert told.facts["begindatum"].evidence[0].quotation == "begin op 1 juli 2026"


def test_a_registered_value_that_the_documents_do_not_state_is_left_as_said(case: Archived) -> None:
    assert case.outcome
    other = replace(case.outcome.registered["aanvrager"], values=("Piet Paulusma",))
    case = replace(case, outcome=replace(case.outcome, registered={"aanvrager": other}))
    played = episode(case)
    assert retold(WORKFLOW, played, [played]).facts["aanvrager"].value == "Jan de Boer"
