"""A case only grows, and everything in it survives being written down."""

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.case import (
    Case,
    Document,
    Event,
    EventKind,
    document_payload,
    fact_from_json,
    fact_to_json,
)
from scaffolds.errors import CasewrightError
from scaffolds.facts import Evidence, Fact

AT = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
TEXT = "Een eik van 3 m. 😀\r\n\ud800"
LETTER = Document(id="brief", text=TEXT, received=date(2026, 3, 10), kind="aanvraag")


def event(kind: EventKind, /, **payload: object) -> Event:
    return Event(kind=kind, actor="person:a", at=AT, payload=payload)


def opened() -> Case:
    return Case(id="Z1", workflow="omgevingsvergunning").with_events(
        [event("case_opened", received="2026-03-10"), event("document_added", **document_payload(LETTER))]
    )


def stated(path: str, value: int) -> Fact:
    place = Evidence(document="brief", start=12, end=15, quotation="3 m")
    return Fact(path=path, state="stated", values=(value,), evidence=(place,))


def test_a_case_grows_and_the_older_one_stays_as_it_was() -> None:
    before = opened()
    after = before.with_events([event("decided", besluit="verleend")])
    assert after.events[:2] == before.events
    assert [e.kind for e in after.of("decided")] == ["decided"]
    assert before.of("decided") == ()


def test_a_closed_case_does_not_grow() -> None:
    closed = opened().with_events([event("case_closed")])
    assert closed.with_events([]) == closed
    with pytest.raises(CasewrightError, match="Case Z1 is closed"):
        closed.with_events([event("decided")])


def test_documents_come_back_as_they_came_in() -> None:
    (document,) = opened().documents
    assert document == LETTER
    assert document.sha256 == LETTER.sha256 == document_payload(LETTER)["sha256"]
    assert json.loads(json.dumps(document_payload(LETTER)))["text"] == LETTER.text


def test_day_zero_is_the_day_of_receipt() -> None:
    assert opened().received == date(2026, 3, 10)
    for events in ((), (event("decided"),)):
        with pytest.raises(CasewrightError, match="Case Z2 does not begin with case_opened"):
            _ = Case(id="Z2", workflow="w", events=events).received


def test_the_latest_confirmed_fact_counts_and_a_proposal_is_no_confirmation() -> None:
    proposed = [fact_to_json(stated("hoogte", 1)), fact_to_json(stated("breedte", 2))]
    case = opened().with_events([
        event("facts_proposed", facts=proposed),
        event("facts_confirmed", facts=[fact_to_json(stated("hoogte", 3))]),
        event("facts_confirmed", facts=[fact_to_json(stated("hoogte", 4))]),
    ])
    assert case.facts() == {"hoogte": stated("hoogte", 4)}
    assert case.facts(confirmed=False) == {"hoogte": stated("hoogte", 1), "breedte": stated("breedte", 2)}


def test_a_written_fact_shares_nothing_with_the_fact() -> None:
    fact = stated("hoogte", 300)
    fact_to_json(fact)["evidence"][0]["quotation"] = "iets anders"
    assert fact.evidence[0].quotation == "3 m"


PLACES = st.builds(
    Evidence, document=st.text(), start=st.integers(0), end=st.integers(0), quotation=st.text(),
    occurrences=st.integers(1),
)
FACTS = st.builds(
    Fact, path=st.text(), state=st.sampled_from(["stated", "not_stated", "unsure"]),
    values=st.lists(st.integers() | st.text(), max_size=3).map(tuple),
    evidence=st.lists(PLACES, max_size=3).map(tuple),
    problems=st.lists(st.sampled_from(["quotation_not_found", "repeated_value"]), max_size=2).map(tuple),
)


@given(FACTS)
def test_a_fact_survives_being_written_as_json(fact: Fact) -> None:
    assert fact_from_json(json.loads(json.dumps(fact_to_json(fact)))) == fact
