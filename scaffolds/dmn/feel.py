"""The S-FEEL that a table cell may hold, to and from the cells of a table file.

FEEL writes strings in quotes, dates as date("2026-07-01") and a missing value as null. A bare word is a name,
that is an expression, and is refused.
"""

import json
import re

from scaffolds.table.cell import Cell
from scaffolds.table.domain import UNKNOWN, Domain, Kind, Value, render_value

_DATE = re.compile(r'date\(\s*"([^"]*)"\s*\)')
STRING = re.compile(r'"(?:\\.|[^"\\])*"', re.S)
_DATE_OR_STRING = re.compile(f"{_DATE.pattern}|{STRING.pattern}", re.S)
_REST_OF_STRINGS = re.compile(r"(?:not\s*\(|\bnull\b|[\s,)-])*")
_NUMBER = re.compile(r"[+-]?\d*\.?\d+")


def cell_text(feel: str, kind: Kind) -> str:
    """A unary test as the text of a cell; raises ValueError on an expression."""
    feel = feel.strip()
    if kind == "enum" and not _REST_OF_STRINGS.fullmatch(STRING.sub("", feel)):
        raise ValueError(f"{feel!r} is an expression, not a list of strings in quotes")
    return _DATE_OR_STRING.sub(lambda found: found[1] or found[0], feel)


def kind_of(feel: str) -> tuple[Kind, str]:
    """The kind and plain text of an output entry; raises ValueError unless it is one literal."""
    feel = feel.strip()
    if STRING.fullmatch(feel):
        return "enum", str(json.loads(feel, strict=False))
    if feel in ("true", "false"):
        return "bool", feel
    if _NUMBER.fullmatch(feel):
        return "decimal", feel
    if found := _DATE.fullmatch(feel):
        return "date", found[1]
    raise ValueError(f"{feel!r} is not one literal (a string in quotes, a number, true, false or a date)")


def literal(feel: str, kind: Kind) -> str:
    """The plain text of an output entry of this kind; raises ValueError on any other."""
    found, plain = kind_of(feel)
    if found != kind and (found, kind) != ("decimal", "int"):
        raise ValueError(f"{feel} is not of type {kind}")
    return plain


def literals(feel: str) -> list[tuple[Kind, str]]:
    """A list of literals, as in allowed values, null left out; raises ValueError on anything else."""
    pieces = [found[0] for found in re.finditer(rf"{_DATE_OR_STRING.pattern}|[^,\s][^,]*", feel, re.S)]
    return [kind_of(piece) for piece in pieces if piece.strip() != "null"]


def has_null(feel: str) -> bool:
    """Does a unary test, or a list of allowed values, name the missing value?"""
    return re.search(r"\bnull\b", STRING.sub("", feel)) is not None


def write_value(value: Value, kind: Kind) -> str:
    """A value as a FEEL literal."""
    if value == UNKNOWN:
        return "null"
    plain = render_value(value)
    if kind == "enum":
        return json.dumps(plain, ensure_ascii=False)
    return f'date("{plain}")' if kind == "date" else plain


def write_cell(cell: Cell, domain: Domain) -> str:
    """A cell as a FEEL unary test that holds for the same values, null included."""
    size = domain.size
    if cell.spans == ((0, size),) and cell.unknown == domain.unknown:
        return "-"
    tests: list[str] = []
    for low, high in cell.spans:
        ends = [write_value(domain.value(n), domain.kind) for n in (low, high - 1)]
        if domain.members:
            tests += [write_value(domain.value(n), domain.kind) for n in range(low, high)]
        else:
            tests.append(ends[0] if low + 1 == high else f"[{ends[0]}..{ends[1]}]")
    return ", ".join([*tests, "null"] if cell.unknown else tests)
