"""The list of days agrees with what can be computed, and a year it does not hold is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.calendar import CalendarError, dutch_calendar, load_calendar

DAYS = st.dates(date(2023, 1, 1), date(2028, 12, 20))
DECREE = {
    "2023-04-28", "2023-05-19", "2024-05-10", "2024-12-27", "2025-05-30", "2026-01-02", "2026-05-15", "2027-05-07",
    "2028-04-28", "2028-05-26",
}  # fmt: skip


def easter(year: int) -> date:
    """Easter Sunday by Butcher's algorithm: independent of the file."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    lead = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * lead) // 451
    month, day = divmod(h + lead - 7 * m + 114, 31)
    return date(year, month, day + 1)


@pytest.mark.parametrize("year", sorted(dutch_calendar().years))
def test_each_year_holds_the_days_of_article_3_and_its_decree_days(year):
    sunday = easter(year)
    king = date(year, 4, 26) if date(year, 4, 27).weekday() == 6 else date(year, 4, 27)
    fixed = {date(year, 1, 1), king, date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)}
    moving = {sunday + timedelta(days=n) for n in (-2, 1, 39, 50)}
    decree = {date.fromisoformat(day) for day in DECREE if day.startswith(str(year))}
    assert {day for day in dutch_calendar().holidays if day.year == year} == fixed | moving | decree


def test_every_day_names_its_source():
    assert all("art. 3" in holiday.source for holiday in dutch_calendar().holidays.values())


@given(DAYS)
def test_a_rolled_day_is_the_first_ordinary_day(day):
    calendar = dutch_calendar()
    rolled = calendar.roll(day)
    assert rolled.weekday() < 5
    assert rolled not in calendar.holidays
    assert all(calendar.closed(day + timedelta(days=n)) for n in range((rolled - day).days))


@pytest.mark.parametrize("day", [date(2022, 12, 31), date(2029, 1, 1)])
def test_a_year_without_its_list_is_refused(day):
    with pytest.raises(CalendarError, match=f"no days for {day.year}"):
        dutch_calendar().roll(day)


@pytest.mark.parametrize(
    "text",
    [
        "version: 1",
        "days: []",
        "version: 1\ndays: [{day: 2026-01-01, name: x}]",
        "version: 1\ndays: [{day: soon, name: x, source: y}]",
        "version: 1\ndays: [{day: 2026-01-01, name: x, source: y}, {day: 2026-01-01, name: x, source: y}]",
        "[",
    ],
)
def test_a_file_that_is_no_calendar_is_refused(text, tmp_path):
    path = tmp_path / "days.yaml"
    path.write_text(text)
    with pytest.raises(CalendarError):
        load_calendar(path)
