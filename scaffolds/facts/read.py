"""Read Dutch quantities, amounts of money and dates back from a quotation.

Each function gives every value that the quotation can honestly be read as, and the empty set when it states
none or only a vague one ("een paar", "begin maart"). No text raises. Each call takes tens of microseconds.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

from scaffolds.facts.days import days
from scaffolds.facts.numbers import NUMBER, fold, may_count, readings

__all__ = ["days", "euro_cents", "quantities"]

_CM = {"mm": Fraction(1, 10), "cm": Fraction(1), "dm": Fraction(10), "m": Fraction(100)}
_DM2 = {"cm2": Fraction(1, 100), "dm2": Fraction(1), "m2": Fraction(100)}
_CENTS = {"cent": Fraction(1), "euro": Fraction(100)}
_SPELT = {
    "millimeter": "mm", "centimeter": "cm", "decimeter": "dm", "meter": "m", "strekkende meter": "m",
    "mtr": "m", "m1": "m", "vierkante centimeter": "cm2", "vierkante decimeter": "dm2",
    "vierkante meter": "m2", "vierkante m": "m2", "cm^2": "cm2", "dm^2": "dm2", "m^2": "m2",
    "eur": "euro", "euro'": "euro", "€": "euro",
}
_OTHER = (
    "km|kilometer|%|procent|promille|jaar|jaren|jarige?|maand|maanden|weken|week|dag|dagen|uur|uren|minuten"
    "|kg|kilo|ton|liter|graden|m3|kuub|januari|februari|maart|mrt|april|mei|juni|juli|augustus|september"
    "|oktober|november|december"
)
_NAMES = sorted([*_CM, *_DM2, *_CENTS, *_SPELT], key=len, reverse=True)
_UNIT = "|".join([*map(re.escape, _NAMES), _OTHER])
# "2m10" and "120x80" are each two numbers.
_AMOUNT = re.compile(
    r"(?:(?<![a-z0-9])(?<![0-9][.,])|(?<=[0-9]m)|(?<=[0-9m]x))"
    rf"(?P<euro>(?:€|euro?) ?)?{NUMBER}"
    rf"(?:(?P<dash>,-)-*|[- ]?(?P<unit>{_UNIT})s?(?![a-wyz0-9^])|(?P<joined>m)(?=[0-9]{{2}}(?![0-9]))"
    r"|(?![a-wyz0-9]))"
)
# A number without a unit counts unless a noun follows it: "180 hoog" may be centimetres, "3 bomen" is not.
_BARE = re.compile(
    " ?(?:$|[^ a-z0-9]|(?:hoge?|hoog|brede?|breed|diepe?|lange?|lang|dikke?|dik|wijd|in|en|x|bij|tot|of|a)"
    "(?![a-z]))"
)
_BY = re.compile(
    r" ?(?:(?:breed|hoog|diep|lang|b|h|d|l) )?(?:x|×|\*|bij) ?| (?:breed|hoog|diep|lang) ?(?:en|,) "
)
_TO = re.compile(" ?(?:a|tot|tot en met|t/m|of|en|-|/) ?")
_NO_NUMBER = re.compile(
    r"\b(?:een )?(?:paar|aantal|handvol|heleboel)\b|\been stuk of\b"
    r"|(?<![0-9])[0-9]{1,4}([-/])[0-9]{1,2}\1[0-9]{2,4}(?![0-9])"
)


@dataclass(frozen=True)
class _Amount:
    """A number with its unit; `unit` is empty when none is named, `bare` when moreover no noun follows."""

    values: tuple[Fraction, ...]
    unit: str
    bare: bool
    start: int
    end: int


@lru_cache(maxsize=16_384)  # Every fact of a form that holds an amount reads the same words of a document.
def _folded(quotation: str) -> str:
    """Fold a quotation, with "#" for what looks like a number and is none; empty where there is no number at all."""
    text = fold(quotation)
    return _NO_NUMBER.sub("#", text) if may_count(text) else ""


@lru_cache(maxsize=16_384)
def _amounts(text: str) -> tuple[_Amount, ...]:
    """Find the amounts in a folded text; "120 bij 80 cm" and "2 tot 3 m" name a unit once, for both."""
    found: list[_Amount] = []
    for match in _AMOUNT.finditer(text):
        unit = "euro" if match["euro"] or match["dash"] else match["unit"] or match["joined"] or ""
        bare = not unit and bool(_BARE.match(text, match.end()))
        found.append(_Amount(tuple(readings(match)), _SPELT.get(unit, unit), bare, *match.span()))
    for i in range(len(found) - 2, -1, -1):
        between = text[found[i].end:found[i + 1].start]
        if not found[i].unit and (_BY.fullmatch(between) or _TO.fullmatch(between)):
            found[i] = replace(found[i], unit=found[i + 1].unit, bare=False)
    return tuple(found)


def _measured(text: str, *, factors: Mapping[str, Fraction], big: str, small: str) -> list[_Amount]:
    """Give the amounts in one of these units, in the base unit; "2 m 10" and "3 euro 50" are one amount.

    When none of them is named, the bare numbers.
    """
    amounts = _amounts(text)
    found: list[_Amount] = []
    for i, amount in enumerate(amounts):
        joint = text[amounts[i - 1].end:amount.start] if i and amounts[i - 1].unit == big else None
        joined = joint in ("", " ", " en ") if amount.unit == small else amount.bare and joint in ("", " ")
        if joined and amount.values[0] < 100:
            rest = amount.values[0]
            found[-1] = replace(found[-1], values=tuple(v + rest for v in found[-1].values), end=amount.end)
        elif amount.unit in factors:
            found.append(replace(amount, values=tuple(v * factors[amount.unit] for v in amount.values)))
    return found or [amount for amount in amounts if amount.bare]


def _nearest(values: list[Fraction]) -> frozenset[int]:
    half = Fraction(1, 2)
    return frozenset(whole for v in values for whole in (math.ceil(v - half), math.floor(v + half)))


def _centimetres(text: str) -> frozenset[int]:
    amounts = _measured(text, factors=_CM, big="m", small="cm")
    return _nearest([value for amount in amounts for value in amount.values])


def _square_decimetres(text: str) -> frozenset[int]:
    """Read areas with their unit, and products of exactly two lengths."""
    areas = [v * _DM2[amount.unit] for amount in _amounts(text) if amount.unit in _DM2 for v in amount.values]
    sides = [a for a in _measured(text, factors=_CM, big="m", small="cm") if not a.bare]
    by = [bool(_BY.fullmatch(text[a.end:b.start])) for a, b in pairwise(sides)]
    for i, joined in enumerate(by):
        if joined and not any(by[max(i - 1, 0):i] + by[i + 1:i + 2]):
            areas += [v * w / 100 for v in sides[i].values for w in sides[i + 1].values]
    return _nearest(areas)


def _pieces(text: str) -> frozenset[int]:
    """Read counts; of "1.250" the first reading, for nobody counts in thousandths."""
    values = (amount.values[0] for amount in _amounts(text) if not amount.unit)
    return frozenset(int(value) for value in values if value.denominator == 1)


_READERS = {"cm": _centimetres, "dm2": _square_decimetres, "stuks": _pieces}


def quantities(quotation: str, *, unit: str) -> frozenset[int]:
    """Read lengths in centimetres ("cm"), areas in square decimetres ("dm2") or counts ("stuks").

    Lengths and areas are rounded to the nearest whole unit, halves both ways; a count is never rounded. An
    area needs its unit, or two lengths with a multiplication sign or "bij" between them.
    """
    return _READERS[unit](text) if (text := _folded(quotation)) else frozenset()


def euro_cents(quotation: str) -> frozenset[int]:
    """Read amounts of money in whole euro cents; "1.250" is never one euro twenty-five."""
    text = _folded(quotation)
    amounts = _measured(text, factors=_CENTS, big="euro", small="cent")
    named = any(amount.unit for amount in amounts)
    cents = [v * (1 if named else 100) for a in amounts for i, v in enumerate(a.values)
             if i == 0 or v >= (100_000 if named else 1_000)]
    return frozenset(int(value) for value in cents if value.denominator == 1)
