"""Tables for tests: a small real one, and hypothesis strategies that know what each cell should hold."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product

from hypothesis import strategies as st

from scaffolds.table import (
    UNKNOWN,
    Cell,
    Column,
    Domain,
    LawText,
    Review,
    Row,
    Source,
    Table,
    Value,
    render_value,
)
from scaffolds.table.cell import parse_cell
from scaffolds.table.domain import grid, listed

ON = date(2026, 9, 1)
LAW = LawText("BWBR0037885", date(2026, 7, 1))
SOURCE = Source(LAW, "22.8")
REVIEW = Review("mr. A. Jansen", date(2026, 7, 15))

TREES = """\
id: kap/vergunningplicht
version: 1.0.0
title_nl: Is voor het kappen een vergunning nodig?
owner: team Juridische Zaken
law: {id: BWBR0037885, version: 2026-07-01}
valid_from: 2024-01-01
inputs:
  soort: {type: enum, values: [kap, snoei], question_nl: "Wat wilt u doen?", origin: aanvraag}
  omtrek: {type: int, range: "[0..2000]", unit: cm, unknown: true}
outputs:
  uitkomst: {type: enum, values: [vergunningplicht, vrij, naar_behandelaar]}
rows:
  - id: dik
    when: {soort: kap, omtrek: ">= 100"}
    then: {uitkomst: vergunningplicht}
    source: {article: "22.8", paragraph: "1"}
    explanation_nl: Voor een boom met een omtrek van 100 cm of meer is een vergunning nodig.
    reviewed_by: mr. A. Jansen
    reviewed_on: 2026-07-15
  - id: dun
    when: {soort: kap, omtrek: "< 100"}
    then: {uitkomst: vrij}
    source: {article: "22.8"}
    explanation_nl: Voor een dunne boom is geen vergunning nodig.
    reviewed_by: mr. A. Jansen
    reviewed_on: 2026-07-15
  - id: onbekend
    when: {soort: kap, omtrek: unknown}
    then: {uitkomst: naar_behandelaar}
    source: {article: "22.8"}
    reviewed_by: mr. A. Jansen
    reviewed_on: 2026-07-15
  - id: snoei
    when: {soort: snoei}
    then: {uitkomst: vrij}
    source: {article: "22.8"}
    reviewed_by: mr. A. Jansen
    reviewed_on: 2026-07-15
"""

Holds = Callable[[Value], bool]


@dataclass(frozen=True)
class Written:
    """A cell as text, and what it should hold, worked out without ordinals."""

    text: str
    holds: Holds


def make_table(columns: tuple[Column, ...], cells: list[list[Cell]], outputs: list[str], **head: object) -> Table:
    """A table with one enum output; `head` overrides its fields."""
    domain = listed("enum", tuple(dict.fromkeys([*outputs, "a", "b", "c"])))
    rows = tuple(
        Row(f"r{n}", tuple(row), (output,), SOURCE, REVIEW)
        for n, (row, output) in enumerate(zip(cells, outputs, strict=True))
    )
    plain = Table(
        "t",
        "1",
        "T",
        "o",
        LAW,
        date(2024, 1, 1),
        None,
        "UNIQUE",
        None,
        False,
        columns,
        (Column("out", domain),),
        rows,
    )
    return replace(plain, **head)


def inputs_of(table: Table) -> list[dict[str, Value]]:
    """Every input there is."""
    names = [column.name for column in table.inputs]
    return [dict(zip(names, v, strict=True)) for v in product(*(c.domain.values() for c in table.inputs))]


DOMAINS: list[Domain] = [
    listed("enum", ("kap", "snoei, licht", "[niets]")),
    listed("enum", ("x", "y"), unknown=True),
    listed("bool"),
    listed("bool", unknown=True),
    grid("int", -2, 3),
    grid("int", 0, 4, unknown=True),
    grid("decimal", Decimal("-0.5"), Decimal("1.5"), step=Decimal("0.5")),
    grid("decimal", Decimal("0"), Decimal("0.03"), step=Decimal("0.01"), unknown=True),
    grid("date", date(2026, 2, 27), date(2026, 3, 2)),
]


@st.composite
def columns(draw: st.DrawFn, most: int = 3) -> tuple[Column, ...]:
    """One to `most` columns of different types."""
    chosen = draw(st.lists(st.sampled_from(DOMAINS), min_size=1, max_size=most))
    return tuple(Column(f"i{n}", domain) for n, domain in enumerate(chosen))


def _spelled(value: Value, domain: Domain) -> str:
    text = render_value(value)
    return f'"{text}"' if domain.kind == "enum" else text


@st.composite
def tests(draw: st.DrawFn, domain: Domain) -> Written:
    """One literal, comparison, interval or `unknown`."""
    known = [value for value in domain.values() if value != UNKNOWN]
    kinds = ["literal"] + ["unknown"] * domain.unknown + ["comparison", "interval"] * (not domain.members)
    kind = draw(st.sampled_from(kinds))
    if kind == "unknown":
        return Written("unknown", lambda value: value == UNKNOWN)
    one, other = sorted(draw(st.tuples(*[st.sampled_from(range(len(known)))] * 2)))
    low, high = known[one], known[other]
    if kind == "literal":
        return Written(_spelled(low, domain), lambda value: value == low and type(value) is type(low))
    if kind == "comparison":
        signs = {
            "<": lambda v: v < low,
            "<=": lambda v: v <= low,
            ">": lambda v: v > low,
            ">=": lambda v: v >= low,
        }
        sign = draw(st.sampled_from(sorted(signs)))
        return Written(f"{sign} {_spelled(low, domain)}", lambda v: v != UNKNOWN and signs[sign](v))
    left, right = draw(st.sampled_from("[(]")), draw(st.sampled_from("])["))

    def holds(value: Value) -> bool:
        if value == UNKNOWN:
            return False
        return (value >= low if left == "[" else value > low) and (value <= high if right == "]" else value < high)

    return Written(f"{left}{_spelled(low, domain)}..{_spelled(high, domain)}{right}", holds)


@st.composite
def written_cells(draw: st.DrawFn, domain: Domain) -> Written:
    """`-`, a list, or not() of a list; it may hold for nothing, which the parser must refuse."""
    if draw(st.integers(0, 3)) == 0:
        return Written("-", lambda value: True)
    listed_tests = draw(st.lists(tests(domain), min_size=1, max_size=3))
    text = ", ".join(test.text for test in listed_tests)

    def holds(value: Value) -> bool:
        return any(test.holds(value) for test in listed_tests)

    if draw(st.booleans()):
        return Written(f"not({text})", lambda value: value != UNKNOWN and not holds(value))
    return Written(text, holds)


@st.composite
def whole_cells(draw: st.DrawFn, domain: Domain) -> Cell:
    """A cell that the parser accepts."""
    written = draw(written_cells(domain).filter(lambda w: accepted(w.text, domain)))
    return parse_cell(written.text, domain)


def accepted(text: str, domain: Domain) -> bool:
    """Does the parser take this text?"""
    try:
        parse_cell(text, domain)
    except ValueError:
        return False
    return True


@st.composite
def tables(draw: st.DrawFn, policy: str = "UNIQUE", most_rows: int = 5) -> Table:
    """Any table: gaps, overlaps and conflicts as they come."""
    chosen = draw(columns())
    cells = draw(
        st.lists(st.tuples(*(whole_cells(c.domain) for c in chosen)).map(list), min_size=1, max_size=most_rows)
    )
    outputs = draw(st.lists(st.sampled_from("abc"), min_size=len(cells), max_size=len(cells)))
    return make_table(chosen, cells, outputs, hit_policy=policy)


@st.composite
def partitions(draw: st.DrawFn, most_cuts: int = 6) -> Table:
    """A table that is complete and free of overlap, because its rows come from cutting the whole in two."""
    chosen = draw(columns())
    whole = [set(range(c.domain.size + c.domain.unknown)) for c in chosen]
    boxes = [whole]
    for _ in range(draw(st.integers(0, most_cuts))):
        n = draw(st.integers(0, len(boxes) - 1))
        k = draw(st.integers(0, len(chosen) - 1))
        values = sorted(boxes[n][k])
        if len(values) < 2:
            continue
        if chosen[k].domain.members or draw(st.booleans()):
            part = set(draw(st.lists(st.sampled_from(values), min_size=1, max_size=len(values) - 1, unique=True)))
        else:
            part = set(values[: draw(st.integers(1, len(values) - 1))])
        box = boxes.pop(n)
        boxes += [[*box[:k], part, *box[k + 1 :]], [*box[:k], box[k] - part, *box[k + 1 :]]]
    cells = [[cell_of(values, c.domain) for values, c in zip(box, chosen, strict=True)] for box in boxes]
    outputs = draw(st.lists(st.sampled_from("abc"), min_size=len(boxes), max_size=len(boxes)))
    return make_table(chosen, cells, outputs)


def cell_of(ordinals: set[int], domain: Domain) -> Cell:
    """The cell that holds exactly these ordinals, by way of its text."""
    texts = ["unknown" if n == domain.size else _spelled(domain.value(n), domain) for n in sorted(ordinals)]
    return parse_cell(", ".join(texts), domain)
