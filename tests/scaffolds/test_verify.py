"""Verifiers: right answers earn everything, wrong and empty ones do not, and handing over lies between."""

from dataclasses import replace

import pytest

from scaffolds.environment import Archived, outcome_of, play
from scaffolds.verify import HAND_OVER, Score, total, vector, verify
from tests.scaffolds.gold import STATED, answering, archived
from workflows.omgevingsvergunning import WORKFLOW


@pytest.fixture
def case() -> Archived:
    episode = play(WORKFLOW, [archived()], answering())[0]
    return archived(outcome=outcome_of(WORKFLOW, episode.case))


def scores(
    case: Archived, stated: dict[str, object] | None = None, **unsure: frozenset[str]
) -> tuple[Score, ...]:
    answer = answering(STATED if stated is None else stated, **unsure)  # type: ignore[arg-type]
    episode = play(WORKFLOW, [case], answer)[0]
    return verify(WORKFLOW, case, episode.facts)


def test_the_answer_that_made_the_outcome_scores_full_marks(case: Archived) -> None:
    found = scores(case)
    assert {score.value for score in found} == {1.0}
    assert {score.name for score in found} == {"evidence", "asked", "rows"}


def test_an_empty_answer_scores_low(case: Archived) -> None:
    assert total(scores(case, {})) < 0.2


def test_a_value_that_its_quotation_does_not_say_loses_its_evidence_and_its_row(case: Archived) -> None:
    found = scores(case, {**STATED, "kosten": (100_000_000, "€ 900")})
    assert [s.paths for s in found if s.name == "evidence" and s.value == 0.0] == [("kosten",)]
    assert [(s.about, s.value) for s in found if s.name == "hand_over"] == [
        ("kosten_vermeld", HAND_OVER),
        ("omgevingsvergunning/leges", HAND_OVER),
    ]


def test_a_wrong_value_fires_another_row_and_the_blame_falls_on_the_facts_of_that_table(
    case: Archived,
) -> None:
    wrong = {**STATED, "velreden": ("gevaar", "ziek")}
    [lost] = [score for score in scores(case, wrong) if score.value == 0.0]
    assert (lost.name, lost.about) == ("rows", "omgevingsvergunning/boom")
    assert "velreden" in lost.paths
    assert "kosten" not in lost.paths


def test_saying_not_stated_of_what_the_archive_did_not_ask_for_is_wrong(case: Archived) -> None:
    fewer = {path: said for path, said in STATED.items() if path != "eigenaar"}
    assert [(s.name, s.about) for s in scores(case, fewer) if s.value == 0.0] == [("asked", "eigenaar_vermeld")]


def test_handing_over_a_readable_fact_earns_less_than_right_and_more_than_wrong(case: Archived) -> None:
    found = scores(case, unsure=frozenset({"eigenaar"}))
    assert [(s.name, s.about, s.value) for s in found if s.value < 1.0] == [
        ("hand_over", "eigenaar_vermeld", HAND_OVER)
    ]


def test_an_agent_without_a_written_authority_is_a_reason_to_ask(case: Archived) -> None:
    agent = {**STATED, "gemachtigde": ("de Boer", "de Boer")}
    [lost] = [score for score in scores(case, agent) if score.value == 0.0]
    assert (lost.about, lost.paths) == ("machtiging_bijgevoegd", ("gemachtigde", "bijlagen"))


def test_an_enclosure_that_the_activity_does_not_need_is_not_judged(case: Archived) -> None:
    judged = {score.about for score in scores(case)}
    assert {"foto_bijgevoegd", "situatietekening_bijgevoegd"} <= judged
    assert "bouwtekening_bijgevoegd" not in judged


def test_what_the_register_keeps_is_judged_word_for_word(case: Archived) -> None:
    known = play(WORKFLOW, [archived()], answering({**STATED, "aanvraagdatum": ("2026-07-01", "1 juli 2026")}))[0]
    kept = replace(case, outcome=replace(case.outcome, registered={"aanvraagdatum": known.facts["aanvraagdatum"]}))
    [verdict] = [score for score in scores(kept) if score.name == "registered"]
    assert (verdict.about, verdict.value, verdict.paths) == ("aanvraagdatum", 0.0, ("aanvraagdatum",))


def test_without_an_outcome_only_the_evidence_is_judged() -> None:
    assert set(vector(scores(archived()))) == {"evidence"}


def test_no_verdict_depends_on_the_decision(case: Archived) -> None:
    assert not {score.about for score in scores(case)} & {"besluit", "verlenen", "weigeren"}
