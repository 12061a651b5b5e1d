"""An answer, read: values, evidence, and what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scaffolds.errors import CasewrightError
from scaffolds.facts import (
    NOT_STATED,
    UNSURE,
    Fact,
    parse,
    tree,
    validate,
)
from tests.scaffolds.test_facts import RECEIVED, SAMPLE, Aanvraag


def answer_with(**said: Any) -> str:
    plain: dict[str, Any] = {key: {"straat": NOT_STATED, "huisnummer": NOT_STATED, "postcode": NOT_STATED}
                             if key == "locatie" else NOT_STATED for key in tree(Aanvraag)}
    plain["locatie"] |= said.pop("locatie", {})
    return json.dumps(plain | said, ensure_ascii=False, separators=(",", ":"))


def read(name: str, document: str = SAMPLE, **said: Any) -> Fact:
    known = parse(Aanvraag, answer_with(**said), documents={"d": document}, received=RECEIVED)
    return known[name] if name in known else known[f"locatie.{name}"]


def test_a_stated_fact_carries_its_value_and_its_place_in_code_points() -> None:
    document = "😀👩\u200d👧 e\u0301 Hoogte 1,50 m; hoogte 1,50 m"
    fact = read("hoogte", document, hoogte={"bron": "1,50 m", "waarde": 150})
    assert (fact.state, fact.value, fact.problems, fact.handed_over) == ("stated", 150, (), False)
    (place,) = fact.evidence
    assert (place.document, place.occurrences) == ("d", 2)
    assert document[place.start:place.end] == place.quotation == "1,50 m"
    assert place.start == document.index("1,50 m") == len("😀👩\u200d👧 e\u0301 Hoogte ")


def test_not_stated_is_no_hand_over_and_unsure_is() -> None:
    assert not read("begin").handed_over
    assert read("begin", begin=UNSURE).handed_over
    assert read("begin", begin=UNSURE).value is None


@pytest.mark.parametrize(("path", "said", "problem"), [
    ("hoogte", {"hoogte": {"bron": "1,50 m", "waarde": 15}}, "quotation_disagrees"),
    ("kosten", {"kosten": {"bron": "€ 12.500,-", "waarde": 12_500}}, "quotation_disagrees"),
    ("begin", {"begin": {"bron": "1 mei 2026", "waarde": "2026-05-02"}}, "quotation_disagrees"),
    ("begin", {"begin": {"bron": "dakkapel", "waarde": "2026-05-01"}}, "quotation_disagrees"),
    ("postcode", {"locatie": {"postcode": {"bron": "1234 AB", "waarde": "1234AC"}}}, "quotation_disagrees"),
    ("postcode", {"locatie": {"postcode": {"bron": "1234", "waarde": "1234AB"}}}, "quotation_malformed"),
    ("huisnummer", {"locatie": {"huisnummer": {"bron": "Zaandam"}}}, "quotation_malformed"),
    ("straat", {"locatie": {"straat": {"bron": "lindelaan"}}}, "quotation_not_found"),
    ("bijlagen", {"bijlagen": [{"bron": "foto", "waarde": "foto"}] * 2}, "repeated_value"),
])
def test_an_answer_that_does_not_hold_goes_to_a_person(path: str, said: dict[str, Any], problem: str) -> None:
    fact = read(path, **said)
    assert problem in fact.problems
    assert fact.handed_over


@pytest.mark.parametrize(("path", "said"), [
    ("hoogte", {"hoogte": {"bron": "1,50 m", "waarde": 150}}),
    ("kosten", {"kosten": {"bron": "€ 12.500,-", "waarde": 1_250_000}}),
    ("begin", {"begin": {"bron": "1 mei 2026", "waarde": "2026-05-01"}}),
    ("postcode", {"locatie": {"postcode": {"bron": "1234 AB", "waarde": "1234AB"}}}),
    ("huisnummer", {"locatie": {"huisnummer": {"bron": "12a"}}}),
    ("eigenaar", {"eigenaar": {"bron": "Ik ben eigenaar", "waarde": "ja"}}),
    ("bijlagen", {"bijlagen": [{"bron": w, "waarde": w} for w in ("foto", "tekening")]}),
])
def test_an_answer_that_holds_does_not(path: str, said: dict[str, Any]) -> None:
    fact = read(path, **said)
    assert (fact.state, fact.problems, fact.handed_over) == ("stated", (), False)


@pytest.mark.parametrize("answer", [
    "", "geen json", "[]", "null", "{}", "[" * 100_000, "1" * 5_000, answer_with(onbekend=NOT_STATED),
    answer_with(hoogte={"bron": "1,50 m", "waarde": 150.0}),
    answer_with(hoogte={"bron": "1,50 m", "waarde": True}),
    answer_with(hoogte={"bron": "1,50 m", "waarde": 901}), answer_with(hoogte={"bron": "", "waarde": 1}),
    answer_with(begin={"bron": "1 mei", "waarde": "2026-02-29"}), answer_with(bijlagen=[]),
    answer_with(locatie={"straat": {"bron": "x" * 41}}), answer_with(hoogte=float("nan")),
], ids=lambda text: text[:20])
def test_an_answer_that_is_not_of_the_schema_is_refused(answer: str) -> None:
    with pytest.raises(CasewrightError, match="The answer for Aanvraag"):
        parse(Aanvraag, answer, documents={"d": SAMPLE}, received=RECEIVED)


def test_schema_errors_name_their_place() -> None:
    said = json.loads(answer_with(hoogte={"bron": "1,50 m", "waarde": 901}))
    (error,) = validate(Aanvraag, said)
    assert error.startswith("$.hoogte")
