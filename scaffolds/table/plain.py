"""A table as plain data with the keys of its file: what is hashed, written, and exchanged.

`load_text(dump_table(table))` gives the same table again.
"""

import hashlib
import json
from typing import Any

import yaml

from scaffolds.table.cell import render_cell
from scaffolds.table.domain import Domain, render_value
from scaffolds.table.model import Column, LawText, Row, Table


def to_plain(table: Table) -> dict[str, Any]:
    """The file's keys with texts, booleans, lists and mappings only; cells in their one spelling."""
    return _filled(
        {
            "id": table.id,
            "version": table.version,
            "title_nl": table.title_nl,
            "owner": table.owner,
            "law": table.law and _law(table.law),
            "valid_from": str(table.valid_from),
            "valid_to": table.valid_to and str(table.valid_to),
            "hit_policy": table.hit_policy,
            "aggregation": table.aggregation,
            "may_be_empty": table.may_be_empty and "true",
            "inputs": {column.name: _column(column) for column in table.inputs},
            "outputs": {column.name: _column(column) for column in table.outputs},
            "rows": [_row(table, row) for row in table.rows],
        }
    )


def canonical_hash(table: Table) -> str:
    """SHA-256 over the plain form with sorted keys; the order of columns and rows counts, it has meaning."""
    plain = to_plain(table)
    plain["columns"] = [*plain["inputs"], *plain["outputs"]]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def dump_table(table: Table) -> str:
    """The table as the text of its YAML file."""
    return dump_plain(to_plain(table))


def dump_plain(plain: dict[str, Any]) -> str:
    """Plain data with the keys of a table file as its text; nothing is checked."""
    return yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Every scalar of a table file is text: none needs quotes to keep it from becoming a number."""

    yaml_implicit_resolvers = {}  # noqa: RUF012

    def ignore_aliases(self, data: object) -> bool:
        return True


def _law(law: LawText) -> dict[str, str]:
    return {"id": law.id, "version": str(law.version)}


def _column(column: Column) -> dict[str, Any]:
    domain = column.domain
    plain: dict[str, Any] = {"type": domain.kind}
    if domain.members and domain != _bool(domain):
        plain["values"] = [render_value(member) for member in domain.members]
    elif not domain.members:
        plain["range"] = f"[{render_value(domain.low)}..{render_value(domain.high)}]"
        plain["step"] = domain.step and render_value(domain.step)
    return _filled(
        plain
        | {
            "unknown": domain.unknown and "true",
            "unit": column.unit,
            "question_nl": column.question_nl,
            "origin": column.origin,
            "set_by": list(column.set_by),
        }
    )


def _bool(domain: Domain) -> Domain:
    return Domain("bool", (True, False), unknown=domain.unknown)


def _row(table: Table, row: Row) -> dict[str, Any]:
    when = {c.name: render_cell(cell, c.domain) for c, cell in zip(table.inputs, row.cells, strict=True)}
    then = {c.name: render_value(value) for c, value in zip(table.outputs, row.outputs, strict=True)}
    source = row.source and _filled(
        {"law": _law(row.source.law), "article": row.source.article, "paragraph": row.source.paragraph}
    )
    return _filled(
        {
            "id": row.id,
            "when": {name: cell for name, cell in when.items() if cell != "-"},
            "then": then,
            "source": source,
            "valid_from": row.valid_from and str(row.valid_from),
            "valid_to": row.valid_to and str(row.valid_to),
            "explanation_nl": row.explanation_nl,
            "reviewed_by": row.review and row.review.by,
            "reviewed_on": row.review and str(row.review.on),
        }
    )


def _filled(plain: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in plain.items() if value not in (None, "", [], False)}
