"""Procesverloop: a log makes a closed list in Dutch, and nothing that is known only later reaches the model."""

import pytest

from finetune.logs.protocol import END, GAPS, OTHER
from scaffolds.errors import CasewrightError
from workflows.procesverloop import AFTER_START, KNOWN_AT_START, attributes_at_start, procesverloop
from workflows.procesverloop.definition import CASE_ENDS, NONE_OF_THESE, WHEN

CODES = ("01_A", "01_B", "01_C", OTHER, END)
WORDS = {"01_A": "aanvraag ontvangen", "01_B": "advies gevraagd"}


def test_the_closed_list_has_the_words_of_the_log_and_two_answers_of_its_own() -> None:
    process = procesverloop(CODES, words=WORDS, attributes=())
    assert process.words == ("aanvraag ontvangen", "advies gevraagd", "01_C", NONE_OF_THESE, CASE_ENDS)


def test_there_are_words_for_every_bucket_of_time() -> None:
    assert len(WHEN) == len(GAPS)


def test_the_opening_tells_the_named_attributes_and_nothing_else() -> None:
    process = procesverloop(CODES, words=WORDS, attributes=("parts", "start", "none"))
    told = process.opening({"parts": "Kap\nBouw", "start": {"date": "2012-01-02"}, "endDate": "x", "none": None})
    assert told.splitlines()[1:] == ["parts: Kap Bouw", "start: 2012-01-02"]


@pytest.mark.parametrize("name", [*AFTER_START, "enddate", "LAST_PHASE", "sumleges"])
def test_an_attribute_that_is_filled_in_on_the_way_is_refused(name: str) -> None:
    with pytest.raises(CasewrightError, match="give the answer away"):
        attributes_at_start(["parts", name])


def test_without_a_choice_only_the_allow_list_is_read() -> None:
    assert attributes_at_start(None) == KNOWN_AT_START
    assert not set(KNOWN_AT_START) & set(AFTER_START)


def test_opaque_words_are_the_same_words_on_other_codes() -> None:
    codes = (*(f"c{number}" for number in range(9)), OTHER, END)
    process = procesverloop(codes, words={code: f"stap {code}" for code in codes}, attributes=())
    opaque = process.opaque(seed=1)
    assert [code for code, _ in opaque.steps] == [code for code, _ in process.steps]
    assert sorted(opaque.words) == sorted(process.words)
    assert opaque.words != process.words
    assert opaque.steps[-2:] == process.steps[-2:]
    assert opaque == process.opaque(seed=1)
