"""A stored case comes out of its workflow as it was recorded, or the first difference is named."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scaffolds import engine
from scaffolds.case import Case, Event
from scaffolds.clock import term_of
from scaffolds.environment import play
from scaffolds.store import Replay, Store, replay
from tests.scaffolds.gold import answering, archived
from workflows.omgevingsvergunning import WORKFLOW

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
NORMS = {"fysieke_leefomgeving": "Ja, het past.", "evenredigheid": "Ja."}


@pytest.fixture
def case() -> Case:
    """A case up to the second signature, with its term."""
    played = play(WORKFLOW, [archived()], answering())[0].case
    term = Event(kind="term_computed", actor="table", at=AT, payload=term_of(WORKFLOW, played).to_dict())
    played = played.with_events([term])
    state = engine.state_of(WORKFLOW, played)
    return played.with_events(
        [engine.decide(state, "verlenen", reason="Past.", norms=NORMS, person="anna", at=AT)]
    )


def place(case: Case, kind: str) -> int:
    return next(seq for seq, event in enumerate(case.events) if event.kind == kind)


def altered(case: Case, kind: str, **entries: Any) -> Replay:
    seq = place(case, kind)
    event = replace(case.events[seq], payload={**case.events[seq].payload, **entries})
    return replay(WORKFLOW, replace(case, events=(*case.events[:seq], event, *case.events[seq + 1 :])))


def test_a_stored_case_replays_to_the_same_state_and_receipts(case: Case, tmp_path: Path) -> None:
    with Store(tmp_path / "traces.db", create=True) as store:
        store.append(case.id, case.events, workflow=case.workflow, expected=0)
        played = replay(WORKFLOW, store.case(case.id))
    assert played.difference is None
    assert played.state == engine.state_of(WORKFLOW, case)
    assert played.receipts == len(case.of("table_evaluated")) + 1


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        ({"rows": ["vraag-alles"]}, "rows was ['vraag-alles'], comes out as []"),
        (
            {"hash": "0" * 64, "version": "oud"},
            "table changed: omgevingsvergunning/volledigheid was version oud",
        ),
        ({"on": "2020-01-01"}, "on was '2020-01-01'"),
        ({"table": "anders"}, "table anders is not due here"),
    ],
)
def test_the_first_receipt_that_comes_out_otherwise_is_named(
    case: Case, entries: dict[str, Any], what: str
) -> None:
    played = altered(case, "table_evaluated", **entries)
    assert played.difference is not None
    assert (played.difference.seq, played.state) == (place(case, "table_evaluated"), None)
    assert what in str(played.difference)


def test_a_changed_table_says_whether_the_same_rows_would_fire(case: Case) -> None:
    assert "it gives the same rows now" in str(altered(case, "table_evaluated", hash="x").difference)
    assert "it gives rows [], then ['r1'] now" in str(
        altered(case, "table_evaluated", hash="x", rows=["r1"]).difference
    )


@pytest.mark.parametrize(
    ("entries", "what"),
    [
        ({"legal_end": "2027-01-01"}, "legal_end was '2027-01-01', comes out as '2026-"),
        ({"calendar": "oud"}, "calendar changed: was oud"),
        ({"version": "oud"}, "no version oud"),
        ({"calendar": None}, "calendar changed"),
    ],
)
def test_a_term_that_comes_out_otherwise_is_named(case: Case, entries: dict[str, Any], what: str) -> None:
    played = altered(case, "term_computed", **entries)
    assert played.difference is not None
    assert played.difference.seq == place(case, "term_computed")
    assert what in str(played.difference)


def test_an_event_that_cannot_follow_is_the_difference(case: Case) -> None:
    seq = place(case, "facts_confirmed")
    played = replay(WORKFLOW, replace(case, events=case.events[:seq] + case.events[seq + 1 :]))
    assert played.difference is not None
    assert played.difference.seq == seq
