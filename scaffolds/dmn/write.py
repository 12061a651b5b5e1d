"""Tables as DMN XML, version 1.3, so that jurists, suppliers and other engines can read them.

What DMN has no word for (sources, reviews, validity, domains) goes into extension elements of Casewright's
own namespace, and the explanation into `description` as well, so that reading it back gives the same table.
Another engine sees the rows, cells and outputs; it does not see validity: the notes say so.
"""

import json
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from scaffolds.dmn.document import OWN
from scaffolds.dmn.feel import write_cell, write_value
from scaffolds.table import Table, to_plain

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_TYPES = {"enum": "string", "bool": "boolean", "int": "number", "decimal": "number", "date": "date"}


def write_dmn(tables: Sequence[Table], *, name: str = "") -> bytes:
    """One DMN document with a decision per table, independent of each other."""
    register_namespace("", MODEL)
    register_namespace("casewright", OWN)
    attributes = {"id": "definitions", "name": name or tables[0].id, "namespace": OWN}
    root = Element(f"{{{MODEL}}}definitions", attributes)
    names = dict.fromkeys(column.name for table in tables for column in table.inputs)
    for number, table in enumerate(tables, 1):
        _decision(root, f"d{number}", table, list(names))
    for number, column in enumerate(names, 1):
        data = SubElement(root, f"{{{MODEL}}}inputData", {"id": f"i{number}", "name": column})
        SubElement(data, f"{{{MODEL}}}variable", {"id": f"i{number}v", "name": column})
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _decision(root: Element, key: str, table: Table, names: list[str]) -> None:
    plain = to_plain(table)
    rows = plain.pop("rows")
    decision = _add(root, "decision", id=key, name=table.id, label=table.title_nl)
    _own(decision, "table", plain)
    _add(decision, "variable", id=f"{key}v", name=table.id)
    for n, column in enumerate(table.inputs, 1):
        requirement = _add(decision, "informationRequirement", id=f"{key}q{n}")
        _add(requirement, "requiredInput", href=f"#i{names.index(column.name) + 1}")
    policy = {"aggregation": table.aggregation} if table.aggregation else {}
    body = _add(decision, "decisionTable", id=f"{key}t", hitPolicy=table.hit_policy, **policy)
    for n, column in enumerate(table.inputs, 1):
        clause = _add(body, "input", id=f"{key}i{n}", label=column.question_nl or column.name)
        _text(_add(clause, "inputExpression", id=f"{key}e{n}", typeRef=_TYPES[column.domain.kind]), column.name)
        if column.domain.members:
            values = ", ".join(write_value(value, column.domain.kind) for value in column.domain.members)
        else:
            ends = (write_value(value, column.domain.kind) for value in (column.domain.low, column.domain.high))
            values = f"[{'..'.join(ends)}]"
        _text(_add(clause, "inputValues", id=f"{key}a{n}"), values + (", null" if column.domain.unknown else ""))
    for n, column in enumerate(table.outputs, 1):
        clause = _add(body, "output", id=f"{key}o{n}", name=column.name, typeRef=_TYPES[column.domain.kind])
        if column.domain.members:
            values = ", ".join(write_value(value, column.domain.kind) for value in column.domain.members)
            _text(_add(clause, "outputValues", id=f"{key}p{n}"), values)
    for n, (row, meta) in enumerate(zip(table.rows, rows, strict=True), 1):
        rule = _add(body, "rule", id=f"{key}r{n}")
        if row.explanation_nl:
            _add(rule, "description").text = row.explanation_nl
        _own(rule, "row", {key: value for key, value in meta.items() if key not in ("when", "then")})
        for m, (cell, column) in enumerate(zip(row.cells, table.inputs, strict=True), 1):
            _text(_add(rule, "inputEntry", id=f"{key}r{n}c{m}"), write_cell(cell, column.domain))
        for m, (value, column) in enumerate(zip(row.outputs, table.outputs, strict=True), 1):
            _text(_add(rule, "outputEntry", id=f"{key}r{n}u{m}"), write_value(value, column.domain.kind))


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, f"{{{MODEL}}}{tag}", attributes)


def _text(parent: Element, text: str) -> None:
    SubElement(parent, f"{{{MODEL}}}text").text = text


def _own(parent: Element, tag: str, plain: object) -> None:
    box = SubElement(parent, f"{{{MODEL}}}extensionElements")
    SubElement(box, f"{{{OWN}}}{tag}").text = json.dumps(plain, ensure_ascii=False)
