"""The kinds of value a fact can have: what may be said, how long it can be, how a quotation is read back.

Every kind is closed and bounded. A kind knows the JSON Schema of its value (None where the quotation itself
is the value), which quotations can support it, and which values a quotation can state. Kinds are frozen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Literal

from scaffolds.facts import read

Value = str | int

# Every day from 1900 to 2099 and no other string; `format: date` lets 29 February of a common year through.
_CALENDAR = (
    "^((19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))|((19|20)(0[48]|[2468][048]|[13579][26])|2000)-02-29)$"
)
Unit = Literal["cm", "dm2", "stuks"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What one fact may hold. `label` is one line of Dutch for the model, the caseworker and the annotator.

    `quote_chars` bounds the quotation in characters of its JSON spelling. `many` is the largest number of
    values; above 1 the fact is a list without repeats.
    """

    label: str
    quote_chars: int = 40
    many: int = 1

    copied: ClassVar[bool] = False
    """Whether the quotation itself is the value."""

    def unbounded(self) -> str | None:
        """Say why this kind is not closed and bounded; None when it is."""
        if not 1 <= self.quote_chars <= 400:
            return "quote_chars must lie between 1 and 400"
        return None if 1 <= self.many <= 20 else "many must lie between 1 and 20"

    def schema(self) -> dict[str, Any] | None:
        """Give the JSON Schema of one value, or None when the quotation is the value."""
        return None

    def pattern(self) -> str | None:
        """Give the regular expression that a whole quotation must match (no look-around), or None for any."""
        return None

    def longest_value(self) -> int:
        """Give the length in bytes of the longest value as compact JSON."""
        return 0

    def readings(self, quotation: str, *, received: date) -> frozenset[Value] | None:
        """Give every value that the quotation can honestly state; None where no parser can tell."""
        return None

    def agrees(self, value: Value, *, quotation: str, received: date) -> bool | None:
        """Say whether the quotation states this value; None where no parser can tell and a person judges."""
        stated = self.readings(quotation, received=received)
        return None if stated is None else value in stated


@dataclass(frozen=True, kw_only=True)
class Text(Kind):
    """Words copied from the document: the quotation is the value. `shape` is a regular expression for it."""

    shape: str | None = None
    copied: ClassVar[bool] = True

    def pattern(self) -> str | None:
        return self.shape


_PART = "(?:[0-9]{1,5}[A-Za-z]{0,4}|[A-Za-z]{1,4}[0-9]{0,4}|boven|beneden|achter)"


@dataclass(frozen=True, kw_only=True)
class Huisnummer(Text):
    """A house number with its letter and addition (huisletter, toevoeging), or several: "12", "12a-2", "14 en 16".

    No part has more than five digits or four letters (Catalogus BAG, section 7.7), but for three words that people
    write: a place behind the number is no addition.
    """

    quote_chars: int = 24
    shape: str | None = rf"[1-9][0-9]{{0,4}}[A-Za-z]{{0,4}}(?:(?: ?[-\/.,&] ?| ){_PART}){{0,6}}(?: \((?:on)?even\))?"


@dataclass(frozen=True, kw_only=True)
class Choice(Kind):
    """One of a closed list; each option has its Dutch gloss. With `many` above 1: several of them."""

    options: Mapping[str, str]

    def unbounded(self) -> str | None:
        return super().unbounded() or (None if len(self.options) > 1 else "needs at least two options")

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.options)}

    def longest_value(self) -> int:
        return max(len(option.encode()) for option in self.options) + 2


@dataclass(frozen=True, kw_only=True)
class YesNo(Choice):
    """Yes or no. "Not stated" is a third answer, and never the same as no."""

    options: Mapping[str, str] = field(default_factory=lambda: {"ja": "ja", "nee": "nee"})


@dataclass(frozen=True, kw_only=True)
class Whole(Kind):
    """A whole number in `unit` between two bounds: lengths in cm, areas in dm2, counts in pieces."""

    minimum: int | None = None
    maximum: int | None = None
    unit: Unit = "stuks"
    quote_chars: int = 30

    def unbounded(self) -> str | None:
        if self.minimum is None or self.maximum is None:
            return "needs a minimum and a maximum"
        return super().unbounded() or (None if self.minimum <= self.maximum else "minimum is above maximum")

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}

    def longest_value(self) -> int:
        return max(len(str(self.minimum)), len(str(self.maximum)))

    def readings(self, quotation: str, *, received: date) -> frozenset[Value] | None:
        return self._bounded(read.quantities(quotation, unit=self.unit))

    def _bounded(self, values: frozenset[int]) -> frozenset[Value]:
        assert self.minimum is not None
        assert self.maximum is not None
        return frozenset(value for value in values if self.minimum <= value <= self.maximum)


@dataclass(frozen=True, kw_only=True)
class Euros(Whole):
    """An amount of money, in whole euro cents."""

    def readings(self, quotation: str, *, received: date) -> frozenset[Value] | None:
        return self._bounded(read.euro_cents(quotation))


@dataclass(frozen=True, kw_only=True)
class Day(Kind):
    """A calendar date from 1900 to 2099, ISO 8601. Relative ones are read from the day of receipt."""

    quote_chars: int = 30

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": _CALENDAR}

    def longest_value(self) -> int:
        return len('"2026-01-01"')

    def readings(self, quotation: str, *, received: date) -> frozenset[Value] | None:
        found = read.days(quotation, received=received)
        return frozenset(day.isoformat() for day in found if 1900 <= day.year <= 2099)


@dataclass(frozen=True, kw_only=True)
class Postcode(Kind):
    """A Dutch postcode, written as four digits and two capitals without a blank."""

    quote_chars: int = 8

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[1-9][0-9]{3}[A-Z]{2}$"}

    def pattern(self) -> str:
        return "[1-9][0-9]{3}[ \xa0]{0,2}[A-Za-z]{2}"

    def longest_value(self) -> int:
        return len('"1234AB"')

    def readings(self, quotation: str, *, received: date) -> frozenset[Value] | None:
        return frozenset(["".join(quotation.split()).upper()] if re.fullmatch(self.pattern(), quotation) else [])
