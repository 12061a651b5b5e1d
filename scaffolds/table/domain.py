"""Closed domains: every value an input may have is known beforehand, and has a number.

A domain is a finite ordered set. Listed domains (enum, bool, or any type with a list of values) number
their members in the order given; grids (int, decimal, date) number the values from `low` to `high`,
both included, `step` apart. That number, the ordinal, is what the proof and the evaluator work on: on
ordinals an open interval end is exact, and integers have no phantom gap between 20 and 21.
`unknown` is a member beside the ordered ones: a fact that is missing.
Numbers are int or Decimal, never float; a datetime is not a date.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, cast, get_args

Kind = Literal["enum", "bool", "int", "decimal", "date"]
Value = str | bool | int | Decimal | date
KINDS: tuple[Kind, ...] = get_args(Kind)
UNKNOWN = "unknown"
MAX_DIGITS = 30

_INT = re.compile(rf"[+-]?\d{{1,{MAX_DIGITS}}}")
_DECIMAL = re.compile(rf"[+-]?(?=[\d.])\d{{0,{MAX_DIGITS}}}(\.\d{{1,{MAX_DIGITS}}})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_value(kind: Kind, text: str) -> Value:
    """Read one literal of `kind`; raises ValueError with a sentence that names the text.

    Booleans are `true` and `false`; an enum member is the text itself.
    """
    text = text.strip()
    if kind == "enum":
        return text
    if kind == "bool":
        if text in ("true", "false"):
            return text == "true"
        raise ValueError(f"{text!r} is not true or false")
    if kind == "int" and _INT.fullmatch(text):
        return int(text)
    if kind == "decimal" and _DECIMAL.fullmatch(text):
        return Decimal(text)
    if kind == "date" and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text} is not a day of the calendar") from None
    article = "an" if kind == "int" else "a"
    raise ValueError(f"{text!r} is not {article} {kind}")


def render_value(value: Value) -> str:
    """One spelling per value: `true`, `12`, `0.5`, `2026-07-01`, or the text itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        plain = format(value, "f")
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain in ("-0", "") else plain
    return value.isoformat() if isinstance(value, date) else str(value)


def has_kind(kind: Kind, value: object) -> bool:
    """Is `value` of this kind? An int may stand for a decimal; a bool is never a number."""
    if kind == "enum":
        return isinstance(value, str)
    if kind == "bool":
        return isinstance(value, bool)
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "decimal":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    return isinstance(value, date) and not isinstance(value, datetime)


@dataclass(frozen=True, slots=True)
class Domain:
    """The closed set of values of one input or output; build it with `listed` or `grid`."""

    kind: Kind
    members: tuple[Value, ...] = ()
    low: Any = None  # a value of `kind`, as are all between it and `high`
    high: Any = None
    step: Any = None  # a Decimal, for kind decimal only
    unknown: bool = False

    @property
    def size(self) -> int:
        """How many known values there are; `unknown` is not counted."""
        if self.members:
            return len(self.members)
        return self.ordinal(self.high) + 1

    def ordinal(self, value: Any) -> int:
        """The number of a known value; raises ValueError where the domain does not hold it."""
        if not has_kind(self.kind, value):
            raise ValueError(f"{value!r} ({type(value).__name__}) is not of type {self.kind}")
        if self.members:
            if value in self.members:
                return self.members.index(value)
            raise ValueError(f"{render_value(value)!r} is not one of {self}")
        if isinstance(value, Decimal) and not value.is_finite():
            raise ValueError(f"{value} is not a number")
        if not self.low <= value <= self.high:
            raise ValueError(f"{render_value(value)} lies outside {self}")
        if self.kind == "date":
            return int((value - self.low).days)
        if self.kind == "int":
            return int(value - self.low)
        steps = (Fraction(value) - Fraction(self.low)) / Fraction(self.step)
        if steps.denominator != 1:
            raise ValueError(f"{render_value(value)} is not a whole number of steps of {self.step}")
        return int(steps)

    def value(self, ordinal: int) -> Value:
        """The value with this number; the number after the last stands for `unknown`."""
        if self.unknown and ordinal == self.size:
            return UNKNOWN
        if self.members:
            return self.members[ordinal]
        if self.kind == "date":
            return cast(Value, self.low + timedelta(days=ordinal))
        if self.kind == "int":
            return cast(Value, self.low + ordinal)
        return cast(Value, self.low + self.step * ordinal)

    def parse(self, text: str) -> Value:
        """Read a value from text, `unknown` included; raises ValueError outside the domain."""
        if text.strip() == UNKNOWN and self.unknown:
            return UNKNOWN
        value = parse_value(self.kind, text)
        self.ordinal(value)
        return value

    def values(self) -> Iterator[Value]:
        """All members in order, `unknown` last. Meant for small domains."""
        return (self.value(n) for n in range(self.size + self.unknown))

    def __str__(self) -> str:
        if self.members:
            text = ", ".join(render_value(member) for member in self.members)
        else:
            text = f"[{render_value(self.low)}..{render_value(self.high)}]"
            text += f" step {render_value(self.step)}" if self.kind == "decimal" and self.step else ""
        return f"{text}, {UNKNOWN}" if self.unknown else text


def listed(kind: Kind, members: tuple[Value, ...] = (), *, unknown: bool = False) -> Domain:
    """A domain that names its members; a bool needs none. Raises ValueError on none, or on a duplicate."""
    if kind == "bool":
        members = members or (True, False)
    if not members:
        raise ValueError(f"an open domain: {kind} needs `values`")
    for place, member in enumerate(members):
        if not has_kind(kind, member):
            raise ValueError(f"{member!r} is not of type {kind}")
        if member in members[:place]:
            raise ValueError(f"{render_value(member)!r} is listed twice")
    return Domain(kind, members, unknown=unknown)


def grid(kind: Kind, low: Any, high: Any, *, step: Decimal | None = None, unknown: bool = False) -> Domain:
    """A domain from `low` to `high`, both included. Raises ValueError where it is not a grid.

    Decimals need a step, of which both bounds are whole multiples.
    """
    if kind not in ("int", "decimal", "date") or not (has_kind(kind, low) and has_kind(kind, high)):
        raise ValueError(f"a range of {low!r} to {high!r} is not one of {kind}")
    if low > high:
        raise ValueError(f"the range [{render_value(low)}..{render_value(high)}] is the wrong way round")
    if kind == "decimal":
        if step is None or not step.is_finite() or step <= 0:
            raise ValueError("a decimal domain needs a positive `step`")
        low, high = Decimal(low), Decimal(high)
        if (Fraction(low) / Fraction(step)).denominator != 1 or (Fraction(high) / Fraction(step)).denominator != 1:
            raise ValueError(f"the bounds are not whole multiples of the step {step}")
    elif step is not None:
        raise ValueError(f"{kind} takes no `step`")
    return Domain(kind, low=low, high=high, step=step, unknown=unknown)
