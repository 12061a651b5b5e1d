"""Metrics: exact figures on hand-made readings, and intervals that know their cases."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.evaluate.metrics import calibration_error, field_accuracy, interval, paired_gain, summary
from finetune.evaluate.readings import Read, Reading


def reading(case: str, *, correct: bool, handed_over: bool = False, confidence: float = 0.9) -> Reading:
    return Reading(
        case=case, family="brief", path="kosten", gold_state="stated", gold=(1,), state="stated", said=(1,),
        quotation="€ 1", correct=correct, evidence_found=correct, handed_over=handed_over, confidence=confidence,
    )  # fmt: skip


SOME = [reading("a", correct=True), reading("a", correct=False), reading("b", correct=True, handed_over=True)]


def test_the_summary_counts_facts_documents_evidence_and_hand_over() -> None:
    figures = summary(Read(readings=tuple(SOME), outcome_agrees={"a": True, "b": False}))
    assert figures["field_accuracy"] == pytest.approx(2 / 3)
    assert figures["document_exact"] == 0.5
    assert figures["evidence_found"] == pytest.approx(2 / 3)
    assert figures["decision_agreement"] == 0.5
    assert figures["hand_over_rate"] == pytest.approx(1 / 3)
    assert figures["accuracy_at_coverage"] == 0.5


def test_calibration_error_is_the_distance_between_sure_and_right() -> None:
    assert calibration_error([reading("a", correct=True, confidence=1.0)]) == 0.0
    assert calibration_error([reading("a", correct=False, confidence=0.95)]) == pytest.approx(0.95)


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60))
def test_an_interval_holds_its_value_and_lies_between_zero_and_one(drawn: list[tuple[int, bool]]) -> None:
    readings = [reading(str(case), correct=right) for case, right in drawn]
    found = interval(readings, draws=200, seed=1)
    assert found.value == pytest.approx(field_accuracy(readings))
    assert 0.0 <= found.low <= found.high <= 1.0


def test_a_model_does_not_gain_on_itself_and_gains_what_it_mends() -> None:
    same = paired_gain(SOME, SOME, draws=200, seed=1)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    better = [replace(r, correct=True) for r in SOME]
    assert paired_gain(better, SOME, draws=200, seed=1).value == pytest.approx(1 / 3)


def test_models_on_other_cases_cannot_be_paired() -> None:
    with pytest.raises(ValueError, match="same cases"):
        paired_gain(SOME, SOME[:2], draws=10, seed=1)
