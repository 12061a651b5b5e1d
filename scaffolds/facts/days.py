"""Read Dutch dates back from a quotation, relative ones from the day on which the document was received.

A day without a year, and a weekday without a week, are both the last and the next one, unless the words
choose ("1 april a.s.", "afgelopen maandag"). A vague date ("begin maart", "volgende week") and an impossible
one give nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache

from scaffolds.facts.numbers import WHOLE, fold, may_count, whole

_MONTHS = {
    "januari": 1, "jan": 1, "februari": 2, "feb": 2, "maart": 3, "mrt": 3, "april": 4, "apr": 4, "mei": 5,
    "juni": 6, "jun": 6, "juli": 7, "jul": 7, "augustus": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
    "oktober": 10, "okt": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}
_WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_NEARBY = {"eergisteren": -2, "gisteren": -1, "vandaag": 0, "heden": 0, "morgen": 1, "overmorgen": 2}
_NEXT = r"(?:a\.?s\.?|aanstaande?|(?:eerst|aan)?komende?)"
_LAST = r"(?:j\.?l\.?|jongstleden|afgelopen|laatstleden|l\.?l\.?)"

_ISO = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?![0-9])")
_NUMERIC = re.compile(r"(?<![0-9])([0-9]{1,2}) ?([-/.]) ?([0-9]{1,2}) ?\2 ?'?([0-9]{4}|[0-9]{2})(?![0-9])")
_DAY_AND_MONTH = re.compile(r"(?<![0-9a-z])([0-9]{1,2})[-/]([0-9]{1,2})(?![-/0-9a-z])")
_NAMED = re.compile(
    rf"(?<![0-9a-z])(?P<day>{WHOLE})(?:s?t?e|de)?[ -]?(?P<month>{'|'.join(_MONTHS)})(?![a-z])\.?"
    r"(?:[ -]?(?P<year>[0-9]{4}(?![0-9])|'?[0-9]{2}(?! ?(?:uur|u\b|[0-9:.]))|(?:dit|volgend|vorig) jaar))?"
    rf"(?: (?:(?P<next>{_NEXT})|(?P<last>{_LAST}))(?![a-z]))?"
)
_NAME = f"(?P<weekday>{'|'.join(_WEEKDAYS)})"
_WEEK = re.compile(
    rf"(?<![a-z])(?P<week>deze|volgende|vorige) week (?:op )?{_NAME}(?![a-z])"
    rf"|(?<![a-z]){_NAME.replace('weekday', 'first')} (?P<then>deze|volgende|vorige) week(?![a-z])"
)
_WEEKDAY = re.compile(
    rf"(?<![a-z])(?:(?:(?P<next>{_NEXT})|(?P<last>{_LAST})|(?P<loose>volgende|vorige|deze)) )?{_NAME}"
    rf"(?![a-z])(?: (?:(?P<next2>{_NEXT})|(?P<last2>{_LAST}))(?![a-z]))?"
)
_SPAN = re.compile(
    rf"(?<![0-9a-z])(?P<over>over )?(?P<count>{WHOLE}) (?P<span>dag(?:en)?|week|weken|maand(?:en)?|jaar)"
    r"(?P<ago> geleden)?(?![a-z])"
)
_NEAR = re.compile(rf"(?<![a-z])(?<!dag )({'|'.join(_NEARBY)})(?:ochtend|middag|avond)?(?![a-z])")
_NAMELY = re.compile("|".join([*_WEEKDAYS, *_NEARBY]))
_SHIFT = {"vorig": -1, "vorige": -1, "dit": 0, "deze": 0, "volgend": 1, "volgende": 1}


def _on(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except (ValueError, OverflowError):
        return


def _year(spelled: str, received: date) -> int:
    """Give a year in full; of two digits, the one within fifty years of `received`."""
    year = int(spelled.strip("'"))
    return year if len(spelled.strip("'")) == 4 else year + 100 * round((received.year - year) / 100)


def _without_year(month: int, day: int, received: date, *, after: bool, before: bool) -> Iterator[date]:
    """Give the next such day from `received` on, and the last one before it."""
    near = [d for off in range(-8, 9) for d in _on(received.year + off, month, day)]  # 29 February: 8 years
    if after:
        yield from [d for d in near if d >= received][:1]
    if before:
        yield from [d for d in near if d < received][-1:]


def _named(match: re.Match[str], received: date) -> Iterator[date]:
    day, month, year = whole(match["day"]), _MONTHS[match["month"]], match["year"]
    if year is None:
        yield from _without_year(month, day, received, after=not match["last"], before=not match["next"])
    elif year.endswith("jaar"):
        yield from _on(received.year + _SHIFT[year.split()[0]], month, day)
    else:
        yield from _on(_year(year, received), month, day)


def _weekday(match: re.Match[str], received: date) -> Iterator[date]:
    """Give the weekday after and before `received`; bare it may be that day, "volgende" also next week's."""
    place = _WEEKDAYS.index(match["weekday"])
    monday = received - timedelta(days=received.weekday())
    ahead = received + timedelta(days=(place - received.weekday() - 1) % 7 + 1)
    behind = received - timedelta(days=(received.weekday() - place - 1) % 7 + 1)
    loose = match["loose"]
    if loose:
        yield monday + timedelta(days=place + 7 * _SHIFT[loose])
    if match["next"] or match["next2"] or loose == "volgende":
        yield ahead
    elif match["last"] or match["last2"] or loose == "vorige":
        yield behind
    elif not loose:
        yield from [ahead, behind] + [received] * (place == received.weekday())


def _span(match: re.Match[str], received: date) -> Iterator[date]:
    """Count forward or back; a month later than 31 January is the last day of February."""
    if bool(match["over"]) == bool(match["ago"]):
        return
    count = whole(match["count"]) * (1 if match["over"] else -1)
    span = match["span"]
    if span[0] in "dw":
        yield received + timedelta(days=count * (1 if span[0] == "d" else 7))
        return
    months = received.year * 12 + received.month - 1 + count * (1 if span[0] == "m" else 12)
    year, month = divmod(months, 12)
    if 1 <= year <= 9999:
        yield date(year, month + 1, min(received.day, monthrange(year, month + 1)[1]))


def _read(text: str, received: date) -> Iterator[date]:
    """Read form after form, each from what the forms before it left over."""
    for match in _ISO.finditer(text):
        yield from _on(int(match[1]), int(match[2]), int(match[3]))
    text = _ISO.sub("#", text)
    for match in _NUMERIC.finditer(text):
        yield from _on(_year(match[4], received), int(match[3]), int(match[1]))
    text = _NUMERIC.sub("#", text)
    named = list(_NAMED.finditer(text))
    for match in named:
        yield from _named(match, received)
    if named or "#" in text:  # the weekday beside a date, or a span counted from it, is no date of its own
        return
    for match in _DAY_AND_MONTH.finditer(text):
        yield from _without_year(int(match[2]), int(match[1]), received, after=True, before=True)
    monday = received - timedelta(days=received.weekday())
    for match in _WEEK.finditer(text):
        place = _WEEKDAYS.index(match["weekday"] or match["first"])
        yield monday + timedelta(days=place + 7 * _SHIFT[match["week"] or match["then"]])
    for match in _WEEKDAY.finditer(_WEEK.sub("#", text)):
        yield from _weekday(match, received)
    for match in _SPAN.finditer(text):
        yield from _span(match, received)
    for match in _NEAR.finditer(text):
        yield received + timedelta(days=_NEARBY[match[1]])


@lru_cache(maxsize=16_384)  # Every date of a form is read from the same words of a document.
def days(quotation: str, *, received: date) -> frozenset[date]:
    """Read calendar dates; numeric ones with the day first, as is Dutch usage."""
    text = fold(quotation)
    found: set[date] = set()
    if may_count(text) or _NAMELY.search(text):  # no date is without a number, a weekday or such a word
        with suppress(OverflowError):  # before year 1 or after year 9999
            found.update(_read(text, received))
    return frozenset(found)
