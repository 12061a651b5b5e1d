"""The columns of a DMN table: names, types, and the closed domains that a table file asks for.

An input's domain comes from its allowed values, from the portal's options, or from the decision that
supplies it; where none of these closes it, one is assumed and noted.
"""

import re
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from scaffolds.dmn import feel
from scaffolds.dmn.document import child, children, text
from scaffolds.dmn.imtr import questions
from scaffolds.table import Table, TableError, render_value
from scaffolds.table.domain import Kind

ASSUMED_RANGES = {"int": "[-1000000000..1000000000]", "decimal": "[-1000000000..1000000000]"}
ASSUMED_RANGES["date"] = "[1900-01-01..2199-12-31]"
_KINDS: dict[str, Kind] = {"string": "enum", "boolean": "bool", "number": "decimal", "date": "date"}
_KINDS |= {"integer": "int", "long": "int", "double": "decimal", "decimal": "decimal", "float": "decimal"}
_NAME = re.compile(r"[^\W\d][\w ]*")
_RANGE = re.compile(r"\[[^\[\]]*\.\.[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Clause:
    """An input or output: its name, its plain column for the table file, and its kind."""

    name: str
    kind: Kind
    plain: dict[str, Any]


class ClauseReader:
    """Reads the clauses of one model; `tables` are those read so far, `notes` what was assumed."""

    def __init__(self, root: Element, file: str) -> None:
        self.file = file
        self.notes: list[str] = []
        self.tables: dict[str, Table] = {}
        self.questions = questions(root)
        self.decisions = {decision.get("name", ""): decision for decision in children(root, "decision")}
        self.names = {data.get("name", ""): data for data in children(root, "inputData")} | self.decisions
        self.types = {item.get("name", ""): item for item in children(root, "itemDefinition")}

    def _error(self, message: str, decision: str, *, column: str = "") -> TableError:
        return TableError(message, file=f"{self.file}, decision {decision}", column=column)

    def _type(self, reference: str | None) -> tuple[Kind | None, str]:
        """The kind of a typeRef and the allowed values of its item definition."""
        reference = reference or ""
        seen: set[str] = set()
        allowed = ""
        while reference in self.types and reference not in seen:
            seen.add(reference)
            item = self.types[reference]
            allowed = allowed or text(item, "allowedValues", "text")
            reference = text(item, "typeRef")
        return _KINDS.get(reference.rpartition(":")[2]), allowed

    def input(self, decision: str, clause: Element, cells: list[str], own: dict[str, Any]) -> Clause:
        expression = child(clause, "inputExpression")
        name = text(clause, "inputExpression", "text")
        if name in own:
            return Clause(name, own[name]["type"], own[name])
        if name not in self.names and (self.names.keys() - self.decisions.keys() or not _NAME.fullmatch(name)):
            raise self._error(f"the input {name!r} is an expression, not the name of an input or decision", decision)
        reference = expression.get("typeRef") if expression is not None else None
        kind, allowed = self._type(reference)
        if kind is None and name in self.names:
            variable = child(self.names[name], "variable")
            kind, allowed = self._type(variable.get("typeRef") if variable is not None else None)
        if kind is None:
            raise self._error(f"the type {reference or '(none)'} is not read", decision, column=name)
        plain: dict[str, Any] = {"type": kind}
        question = self.questions.get(name)
        label = clause.get("label", "")
        plain["question_nl"] = question.text if question else label if label != name else ""
        try:
            self._domain(decision, name, kind, text(clause, "inputValues", "text") or allowed, cells, plain)
        except ValueError as error:
            raise self._error(str(error), decision, column=name) from None
        return Clause(name, kind, {key: value for key, value in plain.items() if value})

    def _domain(
        self, decision: str, name: str, kind: Kind, allowed: str, cells: list[str], plain: dict[str, Any]
    ) -> None:
        """Fill in `values` or `range` of an input, or note that it was assumed."""
        if any(map(feel.has_null, [*cells, allowed])):
            plain["unknown"] = "true"
        question = self.questions.get(name)
        if kind == "bool":
            return
        if kind == "enum":
            found = [value for _, value in feel.literals(allowed)]
            if not found and question and question.options:
                found = list(question.options)
            if not found and name in self.tables:
                found = [render_value(value) for value in self.tables[name].outputs[0].domain.values()]
            if not found:
                used = (feel.kind_of(text)[1] for cell in cells for text in feel.STRING.findall(cell))
                found = list(dict.fromkeys(used))
                self.notes.append(f"assumed: decision {decision}, input {name}: only the values its rules name")
            plain["values"] = found
            return
        closed = _RANGE.search(feel.cell_text(allowed, kind))
        if closed is None:
            self.notes.append(f"assumed: decision {decision}, input {name}: {ASSUMED_RANGES[kind]}")
        plain["range"] = closed[0] if closed else ASSUMED_RANGES[kind]
        if kind == "decimal":
            digits = max((len(d) for cell in [*cells, allowed] for d in re.findall(r"\d\.(\d+)", cell)), default=2)
            plain["step"] = f"0.{'0' * (max(digits, 2) - 1)}1"

    def output(self, decision: str, clause: Element, count: int, given: list[str], own: dict[str, Any]) -> Clause:
        name = clause.get("name", "") or (decision if count == 1 else clause.get("label", ""))
        if name in own:
            return Clause(name, own[name]["type"], own[name])
        variable = child(self.decisions[decision], "variable")
        shared = variable.get("typeRef", "") if variable is not None and count == 1 else ""
        allowed, default = text(clause, "outputValues", "text"), text(clause, "defaultOutputEntry", "text")
        try:
            named = feel.literals(allowed) or [feel.kind_of(value) for value in given]
            named += [feel.kind_of(default)] if default else []
        except ValueError as error:
            raise self._error(str(error), decision, column=name) from None
        if not named:
            raise self._error("an output without values", decision, column=name)
        kind = self._type(clause.get("typeRef") or shared)[0] or named[0][0]
        if kind == "bool":
            return Clause(name, kind, {"type": kind})
        if not allowed:
            self.notes.append(f"assumed: decision {decision}, output {name}: only the values its rules give")
        return Clause(name, kind, {"type": kind, "values": list(dict.fromkeys(value for _, value in named))})
