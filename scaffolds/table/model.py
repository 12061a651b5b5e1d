"""A decision table as frozen data: typed closed inputs, rows with their legal source, and a hit policy.

All periods (table, row) are calendar days with both ends included; no end means still in force. They are
read against the legal reference date that the workflow gives, never against today.
A Table evaluates; it does not vouch for itself: `load_table` proves it, `prove` says what is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from scaffolds.table.cell import Cell
from scaffolds.table.domain import Domain, Value
from scaffolds.table.receipt import Receipt

HitPolicy = Literal["UNIQUE", "ANY", "FIRST", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"]
Aggregation = Literal["SUM", "MIN", "MAX", "COUNT"]
HIT_POLICIES: tuple[HitPolicy, ...] = get_args(HitPolicy)
AGGREGATIONS: tuple[Aggregation, ...] = get_args(Aggregation)
LISTS: tuple[HitPolicy, ...] = ("RULE ORDER", "OUTPUT ORDER", "COLLECT")


@dataclass(frozen=True, slots=True)
class LawText:
    """A regulation in one version of its text, e.g. BWBR0037885 as it read on 2026-07-01."""

    id: str
    version: date


@dataclass(frozen=True, slots=True)
class Source:
    """The article a row rests on."""

    law: LawText
    article: str
    paragraph: str = ""

    def __str__(self) -> str:
        place = f"{self.article}({self.paragraph})" if self.paragraph else self.article
        return f"{self.law.id} art. {place} ({self.law.version})"


@dataclass(frozen=True, slots=True)
class Review:
    """Who read the row and found it right, and when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Column:
    """An input or output. The Dutch question, the origin of the fact and who may set it are for people."""

    name: str
    domain: Domain
    unit: str = ""
    question_nl: str = ""
    origin: str = ""
    set_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: a cell per input and a value per output, in column order."""

    id: str
    cells: tuple[Cell, ...]
    outputs: tuple[Value, ...]
    source: Source | None
    review: Review | None
    explanation_nl: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, on: date) -> bool:
        """Is the row in force on this day?"""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Table:
    """One table in one version; see the module text."""

    id: str
    version: str
    title_nl: str
    owner: str
    law: LawText | None
    valid_from: date
    valid_to: date | None
    hit_policy: HitPolicy
    aggregation: Aggregation | None
    may_be_empty: bool
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def draft(self) -> bool:
        """True where the law, or a row's source or review, is missing: for trials, never for a real case."""
        return self.law is None or any(row.source is None or row.review is None for row in self.rows)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the meaning: layout, key order and spelling of cells and numbers do not change it."""
        from scaffolds.table.plain import canonical_hash

        return canonical_hash(self)

    @cached_property
    def _evaluator(self) -> "Callable[[Mapping[str, object], date], Receipt]":
        from scaffolds.table.evaluate import compile_table

        return compile_table(self)

    def evaluate(self, inputs: Mapping[str, object], *, on: date) -> Receipt:
        """Decide for these inputs on the legal reference date `on`.

        `inputs` holds exactly the table's input names; a fact that is missing is "unknown" or None, where
        the domain has that member. Raises TableError on a name or value outside the declared domains, on a
        date outside the table's validity, and where an unproven table contradicts itself.
        """
        return self._evaluator(inputs, on)
