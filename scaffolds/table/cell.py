"""A cell of a table: a set of values of its column's domain, written as S-FEEL unary tests.

    -                   every value, `unknown` included (an empty cell means the same)
    kap, "bouwen"       any of these; quotes are needed around commas, brackets and comparison signs
    < 18   >= 18        comparison
    [1..20]  (1..20)    interval, each end open or closed: `(` `]1..20[` and `)` exclude the end
    not(...)            every known value that the list does not hold
    unknown             the fact is missing; only `-` and `unknown` match it, never not() or a comparison

Nothing else is a cell: no expressions, no functions, no references, and nothing is ever evaluated as code.
Source of the forms: DMN 1.5, section 9.2 (S-FEEL), as far as it is closed.
"""

import json
import re
from dataclasses import dataclass, field

from scaffolds.table.domain import UNKNOWN, Domain, parse_value, render_value

Spans = tuple[tuple[int, int], ...]

_COMPARISON = re.compile(r"(<=|>=|<|>)\s*(.+)", re.S)
_INTERVAL = re.compile(r"([\[(\]])\s*(.+?)\s*\.\.\s*(.+?)\s*([\])\[])", re.S)
_NOT = re.compile(r"not\s*\((.*)\)", re.S)
_NEEDS_QUOTES = re.compile(r'[,"\[\]()<>\\]|\.\.|^\s|\s$|^-?$|^not\b|^unknown$')


@dataclass(frozen=True, slots=True)
class Cell:
    """Half-open spans of ordinals, sorted and merged, and whether `unknown` is in. `text` is as written."""

    spans: Spans
    unknown: bool
    text: str = field(default="-", compare=False)

    def holds(self, ordinal: int, size: int) -> bool:
        """Is this ordinal in the cell? `size` (the domain's) stands for `unknown`."""
        return self.unknown if ordinal == size else any(low <= ordinal < high for low, high in self.spans)


def parse_cell(text: str, domain: Domain) -> Cell:
    """Read a cell against its domain; raises ValueError with the reason, never guesses."""
    text = text.strip()
    size = domain.size
    if text in ("", "-"):
        return Cell(((0, size),), domain.unknown, "-")
    negated = _NOT.fullmatch(text)
    spans: list[tuple[int, int]] = []
    unknown = False
    for piece in _split(negated[1] if negated else text):
        if piece in (UNKNOWN, "null"):
            if not domain.unknown:
                raise ValueError("the domain has no member `unknown`")
            unknown = True
        else:
            spans.append(_span(piece, domain))
    merged = merge_spans(spans)
    if negated:
        edges = [0, *(edge for span in merged for edge in span), size]
        merged = tuple((low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high)
        unknown = False
    if not merged and not unknown:
        raise ValueError(f"{text!r} holds for no value of the domain {domain}")
    return Cell(merged, unknown, text)


def render_cell(cell: Cell, domain: Domain) -> str:
    """One spelling per set: what the hash and the exchange formats use."""
    size = domain.size
    if cell.spans == ((0, size),) and cell.unknown == domain.unknown:
        return "-"
    pieces: list[str] = []
    for low, high in cell.spans:
        if domain.members:
            pieces += [quote(render_value(domain.value(n)), domain) for n in range(low, high)]
        elif high - low == 1:
            pieces.append(render_value(domain.value(low)))
        else:
            pieces.append(f"[{render_value(domain.value(low))}..{render_value(domain.value(high - 1))}]")
    return ", ".join([*pieces, UNKNOWN] if cell.unknown else pieces)


def quote(text: str, domain: Domain) -> str:
    """`text` as it must stand in a cell: in quotes where a bare word would be read otherwise."""
    if domain.kind == "enum" and _NEEDS_QUOTES.search(text):
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def _split(text: str) -> list[str]:
    """Split on the commas outside quotes; an unclosed quote or an empty piece is an error."""
    pieces, start, quoted, escaped = [], 0, False, False
    for place, char in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            pieces.append(text[start:place].strip())
            start = place + 1
    pieces.append(text[start:].strip())
    if quoted:
        raise ValueError(f"{text!r} has an unclosed quotation")
    if "" in pieces:
        raise ValueError(f"{text!r} has an empty place in its list")
    return pieces


def _span(piece: str, domain: Domain) -> tuple[int, int]:
    """One literal, comparison or interval as a half-open span of ordinals."""
    if piece.startswith('"'):
        n = domain.ordinal(_unquoted(piece))
        return n, n + 1
    if not _NEEDS_QUOTES.search(piece):
        n = domain.ordinal(parse_value(domain.kind, piece))
        return n, n + 1
    if comparison := _COMPARISON.fullmatch(piece):
        sign, n = comparison[1], _bound(comparison[2], domain)
        low, high = (0, n) if sign == "<" else (0, n + 1) if sign == "<=" else (n, domain.size)
        low += sign == ">"
    elif interval := _INTERVAL.fullmatch(piece):
        first, last = _bound(interval[2], domain), _bound(interval[3], domain)
        if first > last:
            raise ValueError(f"the interval {piece} is the wrong way round")
        low, high = first + (interval[1] != "["), last + (interval[4] == "]")
    else:
        raise ValueError(f"{piece!r} is not a literal, a comparison, an interval or not()")
    if low >= high:
        raise ValueError(f"{piece} holds for no value of the domain {domain}")
    return low, high


def _unquoted(piece: str) -> str:
    try:
        return str(json.loads(piece, strict=False))
    except json.JSONDecodeError:
        raise ValueError(f"{piece} is not one text in double quotes") from None


def _bound(text: str, domain: Domain) -> int:
    if domain.members:
        raise ValueError(f"{text.strip()!r}: a listed domain has no comparisons or intervals")
    return domain.ordinal(parse_value(domain.kind, text))


def merge_spans(spans: list[tuple[int, int]]) -> Spans:
    """Sorted, and joined where they touch."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)
