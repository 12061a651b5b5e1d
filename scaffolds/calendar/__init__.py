"""Which days a statutory term may end on, from `days.yaml`: one line per day, each with its source.

A term that ends on a Saturday, a Sunday or a listed day runs on to the next day that is none of these
(Algemene termijnenwet, Atw, art. 1(1)); a term of at least three days holds at least two ordinary days
(art. 2). All values are calendar dates in the Netherlands. A year without its list is refused: the days
equated by royal decree cannot be computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

import yaml

from scaffolds.errors import CasewrightError

ATW = "Atw (BWBR0002448, 2010-10-10)"
_WEEKEND = {5: "zaterdag", 6: "zondag"}


class CalendarError(CasewrightError):
    """A date the calendar cannot vouch for, or a calendar file that is not one."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day of the list: its Dutch name and where that it counts as one is written."""

    day: date
    name: str
    source: str


@dataclass(frozen=True)
class Calendar:
    """The days of a number of whole years; `version` goes into every result that used it."""

    version: str
    holidays: Mapping[date, Holiday]

    @cached_property
    def years(self) -> frozenset[int]:
        """The years whose list is complete."""
        return frozenset(day.year for day in self.holidays)

    def closed(self, day: date) -> str | None:
        """Why no term ends on this day (Dutch), or None for an ordinary day; raises on an unknown year."""
        if day.year not in self.years:
            raise CalendarError(
                f"the calendar (version {self.version}) has no days for {day.year}: "
                f"add that year with its royal decrees to scaffolds/calendar/days.yaml"
            )
        if day in self.holidays:
            return self.holidays[day].name
        return _WEEKEND.get(day.weekday())

    def roll(self, day: date) -> date:
        """The day itself, or the first ordinary day after it (Atw art. 1(1))."""
        while self.closed(day):
            day += timedelta(days=1)
        return day

    def ordinary_days(self, first: date, last: date) -> int:
        """How many ordinary days lie from `first` to `last`, both included."""
        return sum(self.closed(first + timedelta(days=n)) is None for n in range((last - first).days + 1))


def load_calendar(path: Path) -> Calendar:
    """Read a days file; raises CalendarError on a line without date, name or source, or on a date twice."""
    try:
        plain = yaml.safe_load(path.read_text("utf-8"))
        version, lines = str(plain["version"]), plain["days"]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        raise CalendarError(f"{path} is not a calendar with `version` and `days`: {error}") from None
    holidays: dict[date, Holiday] = {}
    for number, line in enumerate(lines, 1):
        if not isinstance(line, dict) or set(line) != {"day", "name", "source"} or not all(line.values()):
            raise CalendarError(f"{path}, day {number}: day, name and source are all needed")
        if type(line["day"]) is not date or line["day"] in holidays:
            raise CalendarError(f"{path}, day {number}: {line['day']} is not a date, or stands twice")
        holidays[line["day"]] = Holiday(line["day"], str(line["name"]), str(line["source"]))
    return Calendar(version, MappingProxyType(holidays))


@cache
def dutch_calendar() -> Calendar:
    """The calendar that comes with Casewright."""
    return load_calendar(Path(__file__).with_name("days.yaml"))
