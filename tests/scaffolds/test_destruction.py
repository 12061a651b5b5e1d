"""A closed case is due on the day after its period, counted from its closing and by its decision; never a day early."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.case import Case, Event
from scaffolds.destruction import due
from scaffolds.errors import CasewrightError
from scaffolds.retention import FOR_GOOD, Retention
from tests.workflows.letter.cases import decided
from workflows.omgevingsvergunning import WORKFLOW

WITH = replace(
    WORKFLOW, retention=Retention(years=10, source="lijst", by_decision={"weigeren": 1, "verlenen": FOR_GOOD})
)
NORMAL = decided("vergunningvrij")


def closed(case: Case, at: datetime) -> Case:
    ending = (
        Event(kind="letter_sent", actor="person:ada", at=at, payload={}),
        Event(kind="case_closed", actor="table", at=at),
    )
    return case.with_events(ending)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2060, 12, 31), timezones=st.just(UTC)))
def test_the_period_runs_from_the_closing(at: datetime) -> None:
    found = due(WITH, closed(NORMAL, at))
    assert found is not None
    assert found.destroy_on is not None
    assert 3652 <= (found.destroy_on - found.closed).days <= 3655
    if (found.closed.month, found.closed.day) != (2, 29):
        assert date(found.closed.year + 10, found.closed.month, found.closed.day) < found.destroy_on


def test_a_leap_day_is_never_a_day_early() -> None:
    found = due(WITH, closed(decided("weigeren"), datetime(2028, 2, 29, 12, tzinfo=UTC)))
    assert found is not None
    assert (found.closed, found.destroy_on) == (date(2028, 2, 29), date(2029, 3, 2))


def test_a_day_is_a_day_in_the_netherlands() -> None:
    found = due(WITH, closed(NORMAL, datetime(2026, 12, 31, 23, 30, tzinfo=UTC)))
    assert found is not None
    assert found.closed == date(2027, 1, 1)


def test_what_is_open_kept_for_good_or_undeclared_is_never_due() -> None:
    at = datetime(2026, 4, 2, tzinfo=UTC)
    assert due(WITH, NORMAL) is None
    assert due(replace(WORKFLOW, retention=None), closed(NORMAL, at)) is None
    found = due(WITH, closed(decided("verlenen"), at))
    assert found is not None
    assert found.destroy_on is None


def test_a_period_under_a_year_or_without_a_source_is_refused() -> None:
    with pytest.raises(CasewrightError, match="at least one year"):
        Retention(years=10, source="lijst", by_decision={"weigeren": 0})
    with pytest.raises(CasewrightError, match="source"):
        Retention(years=10, source=" ")
