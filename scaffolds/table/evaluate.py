"""A table compiled for speed: each input value gives a bit mask of rows, and the masks are joined by AND.

Listed domains are one dictionary look-up, grids one bisection over the row boundaries, so an evaluation
costs about the same for four rows and for two hundred. Which rows are hit decides the outcome; outcomes
are kept per mask. Meaning of the policies: DMN 1.5, section 8.2.10; choices the standard leaves open are
in `_outcome`.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from scaffolds.table.domain import UNKNOWN, Domain, Value
from scaffolds.table.error import TableError
from scaffolds.table.model import LISTS, Column, Row, Table
from scaffolds.table.receipt import Output, Receipt

Lookup = Callable[[Any], int]
Outcome = tuple[tuple[Row, ...], Mapping[str, Output]]


def compile_table(table: Table) -> Callable[[Mapping[str, object], date], Receipt]:
    """The evaluator behind `Table.evaluate`."""
    columns = tuple((column.name, _lookup(table, k)) for k, column in enumerate(table.inputs))
    starts, masks = _validity(table)
    outcome = lru_cache(maxsize=4096)(lambda mask: _outcome(table, mask))
    table_id, version, digest, draft = table.id, table.version, table.hash, table.draft
    first, last = table.valid_from, table.valid_to or date.max

    def evaluate(inputs: Mapping[str, object], on: date) -> Receipt:
        if type(on) is not date or not first <= on <= last:
            raise TableError(f"table {table_id} {version} is in force from {first} to {last}, not on {on!r}")
        mask = masks[bisect_right(starts, on) - 1]
        seen = {}
        name = ""
        try:
            for name, lookup in columns:
                value = inputs[name]
                mask &= lookup(value)
                seen[name] = UNKNOWN if value is None else value
        except KeyError:
            raise TableError(f"no value given for this input of table {table_id}", column=name) from None
        except (ValueError, ArithmeticError) as error:
            raise TableError(f"{error} (table {table_id})", column=name) from None
        if len(inputs) != len(seen):
            extra = ", ".join(sorted(set(inputs) - set(seen)))
            raise TableError(f"table {table_id} has no input {extra}")
        rows, outputs = outcome(mask)
        return Receipt(table_id, version, digest, draft, on, MappingProxyType(seen), rows, outputs)  # type: ignore[arg-type]

    return evaluate


def validity_starts(table: Table) -> tuple[date, ...]:
    """The days on which the set of rows in force changes, within the table's validity; the first included."""
    edges = {table.valid_from}
    for row in table.rows:
        edges |= {row.valid_from} if row.valid_from else set()
        edges |= {row.valid_to + timedelta(days=1)} if row.valid_to and row.valid_to < date.max else set()
    last = table.valid_to or date.max
    return tuple(sorted(edge for edge in edges if table.valid_from <= edge <= last))


def _validity(table: Table) -> tuple[tuple[date, ...], tuple[int, ...]]:
    starts = validity_starts(table)
    return starts, tuple(sum(1 << n for n, row in enumerate(table.rows) if row.valid(day)) for day in starts)


def _lookup(table: Table, k: int) -> Lookup:
    """Value of input `k` -> mask of the rows whose cell holds it; raises ValueError outside the domain."""
    domain, cells = table.inputs[k].domain, [row.cells[k] for row in table.rows]
    size = domain.size

    def mask_at(ordinal: int) -> int:
        return sum(1 << n for n, cell in enumerate(cells) if cell.holds(ordinal, size))

    unknown = mask_at(size) if domain.unknown else None
    if domain.members:
        return _listed(domain, {value: mask_at(n) for n, value in enumerate(domain.members)}, unknown)
    edges = sorted({0, *(edge for cell in cells for span in cell.spans for edge in span if edge < size)})
    return _grid(domain, [domain.value(n) for n in edges], [mask_at(n) for n in edges], unknown)


def _listed(domain: Domain, masks: dict[Value, int], unknown: int | None) -> Lookup:
    kind = {"enum": str, "bool": bool, "int": int, "decimal": Decimal, "date": date}[domain.kind]

    def lookup(value: Any) -> int:
        if type(value) is kind and value in masks:
            return masks[value]  # type: ignore[index]
        if unknown is not None and (value is None or value == UNKNOWN):
            return unknown
        return masks[domain.members[domain.ordinal(value)]]

    return lookup


def _grid(domain: Domain, edges: list[Any], masks: list[int], unknown: int | None) -> Lookup:
    low, high, step = domain.low, domain.high, domain.step
    kinds = {"int": (int,), "decimal": (Decimal, int), "date": (date,)}[domain.kind]

    def lookup(value: Any) -> int:
        if type(value) in kinds and value == value and low <= value <= high:
            if step is None or not value % step:
                return masks[bisect_right(edges, value) - 1]
        elif unknown is not None and (value is None or value == UNKNOWN):
            return unknown
        return masks[bisect_right(edges, domain.value(domain.ordinal(value))) - 1]

    return lookup


def _outcome(table: Table, mask: int) -> Outcome:
    """The rows a mask stands for, chosen and ordered by the policy, and what they give.

    No row: None (single policies), an empty tuple (list policies), 0 for SUM and COUNT, None for MIN and MAX.
    """
    hits = [row for n, row in enumerate(table.rows) if mask >> n & 1]
    policy, aggregation = table.hit_policy, table.aggregation
    if policy == "UNIQUE" and len(hits) > 1:
        raise TableError(f"rows {hits[0].id} and {hits[1].id} both hold in UNIQUE table {table.id}")
    if policy == "ANY" and any(row.outputs != hits[0].outputs for row in hits):
        raise TableError(f"rows {', '.join(row.id for row in hits)} contradict each other in ANY table {table.id}")
    if policy in ("PRIORITY", "OUTPUT ORDER"):
        hits.sort(key=lambda row: priority(table, row))
    if policy in LISTS:
        return tuple(hits), MappingProxyType(
            {c.name: _collected(aggregation, [row.outputs[k] for row in hits]) for k, c in enumerate(table.outputs)}
        )
    chosen = tuple(hits) if policy == "ANY" else tuple(hits[:1])
    values = chosen[0].outputs if chosen else (None,) * len(table.outputs)
    return chosen, MappingProxyType(dict(zip(_names(table.outputs), values, strict=True)))


def priority(table: Table, row: Row) -> tuple[int, ...]:
    """Rank of a row's outputs in the order of the output values, column by column; lower goes first."""
    return tuple(c.domain.ordinal(v) for c, v in zip(table.outputs, row.outputs, strict=True))


def _names(columns: tuple[Column, ...]) -> tuple[str, ...]:
    return tuple(column.name for column in columns)


def _collected(aggregation: str | None, values: list[Any]) -> Output:
    if aggregation is None:
        return tuple(values)
    if aggregation == "COUNT":
        return len(values)
    if aggregation == "SUM":
        return sum(values)
    if not values:
        return None
    return min(values) if aggregation == "MIN" else max(values)
