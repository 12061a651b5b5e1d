"""Read the decision tables of a DMN file as drafts: rows as they stand, sources and reviews to be added.

A domain comes from the input's allowed values, from the portal's options, or from the decision that supplies
it; where none of these closes it, one is assumed and named in the notes. Default outputs become rows for
what no rule covers. Anything but tables of unary tests is refused, with decision, rule and input.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from scaffolds.dmn import feel
from scaffolds.dmn.clause import Clause, ClauseReader
from scaffolds.dmn.document import (
    OWN,
    VERSIONS,
    child,
    children,
    extensions,
    local,
    namespace,
    parse,
    read_bytes,
    text,
)
from scaffolds.dmn.imtr import READ as READ_OF_IMTR
from scaffolds.dmn.model import Decision, DmnModel
from scaffolds.table import Table, TableError, read_table_text, render_cell, uncovered
from scaffolds.table.domain import KINDS
from scaffolds.table.model import LISTS
from scaffolds.table.plain import dump_plain
from scaffolds.table.read import MAX_COLUMNS, MAX_ROWS


def read_dmn(path: Path) -> DmnModel:
    """The model in a file; raises TableError with file, row (rule) and column (input) on what is not read."""
    return read_dmn_bytes(read_bytes(path), file=str(path))


def read_dmn_bytes(data: bytes, *, file: str = "") -> DmnModel:
    """`read_dmn` of bytes; `file` is named in errors."""
    root = parse(data, file)
    reader = _Reader(root, file)
    decisions = tuple(Decision(name, reader.table(name)) for name in reader.order())
    if not decisions:
        raise TableError("there is no decision table in this file", file=file)
    return DmnModel(root.get("name", ""), VERSIONS[namespace(root)], decisions, (*reader.notes, *_dropped(root)))


class _Reader:
    def __init__(self, root: Element, file: str) -> None:
        self.file = file
        self.clauses = ClauseReader(root, file)
        self.notes, self.tables, self.decisions = (
            self.clauses.notes,
            self.clauses.tables,
            self.clauses.decisions,
        )
        self.ids = {element.get("id", ""): name for name, element in self.clauses.names.items()}

    def order(self) -> list[str]:
        """Decisions bottom up; raises TableError on a circle."""
        ordered: dict[str, None] = {}

        def visit(name: str, above: tuple[str, ...]) -> None:
            if name in above:
                raise self.error(f"decisions need each other in a circle: {' -> '.join((*above, name))}")
            for needed in children(self.decisions[name], "informationRequirement", "requiredDecision"):
                other = self.ids.get(needed.get("href", "").removeprefix("#"), "")
                if other not in self.decisions:
                    raise self.error(f"needs a decision that is not in this file: {needed.get('href')}", name)
                if other not in ordered:
                    visit(other, (*above, name))
            ordered[name] = None

        for name in self.decisions:
            if name not in ordered:
                visit(name, ())
        return list(ordered)

    def error(self, message: str, decision: str = "", row: str = "", column: str = "") -> TableError:
        where = f"{self.file}, decision {decision}" if decision else self.file
        return TableError(message, file=where, row=row, column=column)

    def table(self, name: str) -> Table:
        decision = self.decisions[name]
        body = child(decision, "decisionTable")
        if body is None:
            raise self.error("only decision tables are read, and this decision is something else", name)
        rules = list(children(body, "rule"))
        inputs, outputs = list(children(body, "input")), list(children(body, "output"))
        if len(rules) > MAX_ROWS or len(inputs) + len(outputs) > MAX_COLUMNS:
            raise self.error(f"{len(rules)} rules are more than {MAX_ROWS}, or {MAX_COLUMNS} columns", name)
        head = self._own(decision, "table", name)
        columns = [[_entry(rule, "inputEntry", k) for rule in rules] for k in range(len(inputs))]
        given = [[_entry(rule, "outputEntry", k) for rule in rules] for k in range(len(outputs))]
        own = head.pop("inputs", {}), head.pop("outputs", {})
        ins = [self.clauses.input(name, c, cells, own[0]) for c, cells in zip(inputs, columns, strict=True)]
        outs = [self.clauses.output(name, c, len(outputs), v, own[1]) for c, v in zip(outputs, given, strict=True)]
        if not head:
            head = {"id": name, "version": "0", "title_nl": decision.get("label") or name}
            if body.get("hitPolicy") in LISTS:
                head["may_be_empty"] = "true"
        plain = {
            **head,
            "hit_policy": body.get("hitPolicy", "UNIQUE"),
            **({"aggregation": body.get("aggregation")} if body.get("aggregation") else {}),
            "inputs": {clause.name: clause.plain for clause in ins},
            "outputs": {clause.name: clause.plain for clause in outs},
            "rows": [self._row(name, n, rule, ins, outs) for n, rule in enumerate(rules, 1)],
        }
        table = self._read(name, plain)
        defaults = [text(clause, "defaultOutputEntry", "text") for clause in outputs]
        if any(defaults):
            table = self._with_defaults(name, table, plain, defaults)
        self.tables[name] = table
        return table

    def _own(self, element: Element, tag: str, decision: str) -> dict[str, Any]:
        """What Casewright itself wrote into an element, or nothing."""
        for found in extensions(element, tag):
            if namespace(found) == OWN:
                try:
                    plain = json.loads(found.text or "")
                except (json.JSONDecodeError, RecursionError):
                    plain = None
                sides = [plain.get(side, {}) for side in ("inputs", "outputs")] if isinstance(plain, dict) else [0]
                columns = [c for side in sides for c in (side.values() if isinstance(side, dict) else [0])]
                if not all(isinstance(c, dict) and c.get("type") in KINDS for c in columns):
                    raise self.error(f"the extension element {tag} is damaged; remove it", decision)
                return dict(plain)
        return {}

    def _read(self, name: str, plain: dict[str, Any]) -> Table:
        """Through the strict reader of table files, so that both formats obey one set of rules."""
        try:
            return read_table_text(dump_plain(plain), draft=True)
        except TableError as error:
            raise self.error(error.message, name, error.row, error.column) from None

    def _row(self, name: str, n: int, rule: Element, inputs: list[Clause], outputs: list[Clause]) -> dict[str, Any]:
        row = self._own(rule, "row", name) or {"explanation_nl": text(rule, "description")}
        row.setdefault("id", rule.get("id") or f"r{n}")
        cells = [text(entry, "text") for entry in children(rule, "inputEntry")]
        values = [text(entry, "text") for entry in children(rule, "outputEntry")]
        if len(cells) != len(inputs) or len(values) != len(outputs):
            raise self.error(f"{len(cells)} inputs and {len(values)} outputs do not fit the columns", name, row["id"])
        when, then = {}, {}
        column = ""
        try:
            for clause, cell in zip(inputs, cells, strict=True):
                column = clause.name
                when[column] = feel.cell_text(cell, clause.kind)
            for clause, value in zip(outputs, values, strict=True):
                column = clause.name
                then[column] = feel.literal(value, clause.kind)
        except ValueError as error:
            raise self.error(str(error), name, row["id"], column) from None
        return {key: value for key, value in row.items() if value} | {"when": when, "then": then}

    def _with_defaults(self, name: str, table: Table, plain: dict[str, Any], defaults: list[str]) -> Table:
        """Default outputs as rows of their own: what happens otherwise is then to be read in the table."""
        then = {c.name: feel.literal(value, c.domain.kind) for c, value in zip(table.outputs, defaults, strict=True)}
        extra = []
        for number, cells in enumerate(uncovered(table), 1):
            when = {c.name: render_cell(cell, c.domain) for c, cell in zip(table.inputs, cells, strict=True)}
            extra.append({"id": f"default-{number}", "when": when, "then": then})
        self.notes.append(f"decision {name}: its default output became {len(extra)} rows")
        return self._read(name, plain | {"rows": [*plain["rows"], *extra]}) if extra else table


def _entry(rule: Element, tag: str, k: int) -> str:
    entries = list(children(rule, tag))
    return text(entries[k], "text") if k < len(entries) else ""


def _dropped(root: Element) -> list[str]:
    """What a table has no place for, counted per element name."""
    counted: Counter[str] = Counter()
    for element in root.iter():
        space = namespace(element)
        if space in VERSIONS:
            if local(element) in (
                "knowledgeSource",
                "textAnnotation",
                "businessKnowledgeModel",
                "annotation",
            ):
                counted[local(element)] += 1
        elif space != OWN and local(element) not in READ_OF_IMTR:
            counted[f"{space.rstrip('/').rpartition('/')[2]}:{local(element)}"] += 1
    return [f"dropped: {number} x {name}" for name, number in sorted(counted.items())]
