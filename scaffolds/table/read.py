"""Read a table file, strictly: what is not understood, not closed or not sourced is an error with its place.

    id: kap/vergunningplicht
    version: 1.0.0
    title_nl: Is voor het kappen een vergunning nodig?
    owner: team Juridische Zaken
    law: {id: BWBR0037885, version: 2026-07-01}      # BWB (or CVDR) id and version date of the text
    valid_from: 2024-01-01                           # valid_to too where it ends; both days included
    hit_policy: UNIQUE                               # the default
    inputs:
      soort: {type: enum, values: [kap, snoei, unknown], question_nl: "Wat wilt u doen?", origin: aanvraag}
      omtrek: {type: int, range: "[0..2000]", unit: cm, unknown: true}
    outputs:
      uitkomst: {type: enum, values: [vergunningplicht, vrij, naar_behandelaar]}
    rows:
      - id: dik
        when: {soort: kap, omtrek: ">= 100"}         # a column that is not named is `-`
        then: {uitkomst: vergunningplicht}
        source: {article: "22.8", paragraph: "1"}    # law: {id, version} where it differs from the table's
        explanation_nl: Voor een boom met een omtrek van 100 cm of meer is een vergunning nodig.
        reviewed_by: mr. A. Jansen
        reviewed_on: 2026-07-15

Cells are described in `cell`, domains in `domain`; a decimal input also needs `step`.
`draft=True` accepts a table without owner, law or start, and rows without source or review; every receipt
of such a table says so.
"""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from scaffolds.table.cell import parse_cell
from scaffolds.table.domain import KINDS, UNKNOWN, Domain, Kind, Value, grid, listed, parse_value
from scaffolds.table.model import (
    AGGREGATIONS,
    HIT_POLICIES,
    LISTS,
    Column,
    LawText,
    Review,
    Row,
    Source,
    Table,
)
from scaffolds.table.nodes import Spot, read_file, read_text

MAX_ROWS = 5_000
MAX_COLUMNS = 64

_HEAD = ("id", "version", "title_nl", "owner", "law", "valid_from", "inputs", "outputs", "rows")
_DRAFT = ("owner", "law", "valid_from")
_HEAD_OPTIONAL = ("valid_to", "hit_policy", "aggregation", "may_be_empty")
_COLUMN = ("values", "range", "step", "unknown", "unit", "question_nl", "origin", "set_by")
_ROW = ("source", "valid_from", "valid_to", "explanation_nl", "reviewed_by", "reviewed_on")
_RANGE = re.compile(r"\[\s*(.+?)\s*\.\.\s*(.+?)\s*\]")
_LAW_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{2,79}")
T = TypeVar("T", bound=str)


def read_table(path: Path, *, draft: bool = False) -> Table:
    """The table in a file, not yet proven."""
    return _table(read_file(path), draft)


def read_table_text(text: str, *, file: str = "", draft: bool = False) -> Table:
    """The table in a text, not yet proven; `file` is named in errors."""
    return _table(read_text(text, file), draft)


def _table(root: Spot, draft: bool) -> Table:
    loose = _DRAFT if draft else ()
    head = root.fields(tuple(key for key in _HEAD if key not in loose), (*_HEAD_OPTIONAL, *loose))
    law = _law(head["law"]) if "law" in head else None
    hit_policy = _one_of(head["hit_policy"], HIT_POLICIES) if "hit_policy" in head else "UNIQUE"
    aggregation = _one_of(head["aggregation"], AGGREGATIONS) if "aggregation" in head else None
    inputs = tuple(_column(name, spot, output=False) for name, spot in _named(head["inputs"]))
    outputs = tuple(_column(name, spot, output=True) for name, spot in _named(head["outputs"]))
    if aggregation and (hit_policy != "COLLECT" or len(outputs) != 1):
        raise head["aggregation"].error("aggregation needs hit_policy COLLECT and exactly one output")
    if aggregation in ("SUM", "MIN", "MAX") and outputs[0].domain.kind not in ("int", "decimal"):
        raise head["aggregation"].error(f"{aggregation} needs a number as output")
    may_be_empty = "may_be_empty" in head and _flag(head["may_be_empty"])
    if may_be_empty and hit_policy not in LISTS:
        raise head["may_be_empty"].error(f"{hit_policy} must always give an outcome: write a hand-over row")
    valid_from, valid_to = _period(head)
    owner = head["owner"].text() if "owner" in head else ""
    table = Table(
        head["id"].text(), head["version"].text(), head["title_nl"].text(), owner,
        law, valid_from or date.min, valid_to, hit_policy, aggregation, may_be_empty, inputs, outputs, (),
    )  # fmt: skip
    return _with_rows(table, head["rows"], draft)


def _with_rows(table: Table, spot: Spot, draft: bool) -> Table:
    items = list(spot.items())
    if not items:
        raise spot.error("a table needs at least one row")
    if len(items) > MAX_ROWS:
        raise spot.error(f"{len(items)} rows; at most {MAX_ROWS} are read")
    rows: dict[str, Row] = {}
    for number, item in enumerate(items, 1):
        row = _row(table, item, number, draft)
        if row.id in rows:
            raise item.at(item.node, row=row.id).error("this row id stands twice; an id is never reused")
        rows[row.id] = row
    return replace(table, rows=tuple(rows.values()))


def _row(table: Table, item: Spot, number: int, draft: bool) -> Row:
    named = item.mapping().get("id")
    item = item.at(item.node, row=named.text() if named else f"#{number}")
    required = ("id", "when", "then") if draft else ("id", "when", "then", "source", "reviewed_by", "reviewed_on")
    keys = item.fields(required, tuple(key for key in _ROW if key not in required))
    when, then = keys["when"].mapping(), keys["then"].mapping()
    for given, columns in ((when, table.inputs), (then, table.outputs)):
        for name, spot in given.items():
            if name not in {column.name for column in columns}:
                raise spot.at(spot.node, column=name).error("the table has no such column")
    cells = []
    for column in table.inputs:
        place = when.get(column.name, keys["when"]).at(when.get(column.name, keys["when"]).node, column=column.name)
        try:
            cells.append(parse_cell(place.text() if column.name in when else "-", column.domain))
        except ValueError as error:
            raise place.error(str(error)) from None
    outputs: list[Value] = []
    for column in table.outputs:
        place = keys["then"].at(keys["then"].node, column=column.name)
        if column.name not in then:
            raise place.error("the row gives no value for this output")
        outputs.append(_value(then[column.name].at(then[column.name].node, column=column.name), column.domain))
    valid_from, valid_to = _period(keys)
    if (
        (valid_from and valid_from < table.valid_from)
        or (
            table.valid_to
            and ((valid_to and valid_to > table.valid_to) or (valid_from and valid_from > table.valid_to))
        )
        or (valid_to and valid_to < table.valid_from)
    ):
        raise item.error("the row's validity lies outside the table's")
    return Row(
        id=keys["id"].text(),
        cells=tuple(cells),
        outputs=tuple(outputs),
        source=_source(keys["source"], table.law) if "source" in keys else None,
        review=_review(keys, item),
        explanation_nl=keys["explanation_nl"].text() if "explanation_nl" in keys else "",
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _column(name: str, spot: Spot, *, output: bool) -> Column:
    spot = spot.at(spot.node, column=name)
    keys = spot.fields(("type",), _COLUMN)
    kind = _one_of(keys["type"], KINDS)
    unknown = "unknown" in keys and _flag(keys["unknown"])
    try:
        if "range" in keys:
            if "values" in keys:
                raise ValueError("give `values` or `range`, not both")
            domain = _grid(kind, keys, unknown)
        else:
            texts = [item.text() for item in keys["values"].items()] if "values" in keys else []
            if kind not in ("enum", "bool") and not output:
                raise ValueError(f"an open domain: {kind} needs a `range`")
            members = tuple(parse_value(kind, text) for text in texts if text != UNKNOWN)
            domain = listed(kind, members, unknown=unknown or UNKNOWN in texts)
    except ValueError as error:
        raise spot.error(str(error)) from None
    if output and domain.unknown:
        raise spot.error("an output cannot be unknown: name the hand-over")
    return Column(
        name,
        domain,
        **{key: keys[key].text() for key in ("unit", "question_nl", "origin") if key in keys},
        set_by=tuple(item.text() for item in keys["set_by"].items()) if "set_by" in keys else (),
    )


def _grid(kind: Kind, keys: dict[str, Spot], unknown: bool) -> Domain:
    ends = _RANGE.fullmatch(keys["range"].text())
    if not ends:
        raise ValueError(f"{keys['range'].text()!r} is not a closed range such as [0..100]")
    step = parse_value("decimal", keys["step"].text()) if "step" in keys else None
    assert step is None or isinstance(step, Decimal)
    return grid(kind, parse_value(kind, ends[1]), parse_value(kind, ends[2]), step=step, unknown=unknown)


def _named(spot: Spot) -> list[tuple[str, Spot]]:
    columns = list(spot.mapping().items())
    if not 1 <= len(columns) <= MAX_COLUMNS:
        raise spot.error(f"{len(columns)} columns; 1 to {MAX_COLUMNS} are read")
    return columns


def _law(spot: Spot) -> LawText:
    keys = spot.fields(("id", "version"))
    if not _LAW_ID.fullmatch(keys["id"].text()):
        raise keys["id"].error(f"{keys['id'].text()!r} is not a BWB or CVDR id")
    return LawText(keys["id"].text(), _date(keys["version"]))


def _source(spot: Spot, law: LawText | None) -> Source:
    keys = spot.fields(("article",), ("paragraph", "law"))
    own = _law(keys["law"]) if "law" in keys else law
    if own is None:
        raise spot.error("neither the row nor the table names a law")
    return Source(own, keys["article"].text(), keys["paragraph"].text() if "paragraph" in keys else "")


def _review(keys: dict[str, Spot], item: Spot) -> Review | None:
    if ("reviewed_by" in keys) != ("reviewed_on" in keys):
        raise item.error("reviewed_by and reviewed_on go together")
    return Review(keys["reviewed_by"].text(), _date(keys["reviewed_on"])) if "reviewed_by" in keys else None


def _period(keys: dict[str, Spot]) -> tuple[date | None, date | None]:
    first, last = (_date(keys[key]) if key in keys else None for key in ("valid_from", "valid_to"))
    if first and last and last < first:
        raise keys["valid_to"].error(f"valid_to {last} lies before valid_from {first}")
    return first, last


def _date(spot: Spot) -> date:
    try:
        value = parse_value("date", spot.text())
    except ValueError as error:
        raise spot.error(str(error)) from None
    assert isinstance(value, date)
    return value


def _value(spot: Spot, domain: Domain) -> Value:
    try:
        return domain.parse(spot.text())
    except ValueError as error:
        raise spot.error(str(error)) from None


def _flag(spot: Spot) -> bool:
    return _one_of(spot, ("true", "false")) == "true"


def _one_of(spot: Spot, options: tuple[T, ...]) -> T:
    for option in options:
        if spot.text() == option:
            return option
    raise spot.error(f"{spot.text()!r} is not one of {', '.join(options)}")
