"""A table as a jurist reads it: on the terminal, and as one HTML page without scripts or outside resources.

All text is shown as text: nothing in a table file can become markup.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from scaffolds.table.domain import render_value
from scaffolds.table.model import Column, Row, Table
from scaffolds.table.proof import Proof

if TYPE_CHECKING:
    from jinja2 import Template
    from rich.console import RenderableType


def to_rich(table: Table, proof: Proof) -> "RenderableType":
    """The table for a terminal."""
    from rich.console import Group
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(show_lines=True, title=Text(table.title_nl, style="bold"))
    for heading in _headings(table):
        grid.add_column(Text(heading))
    for row in table.rows:
        grid.add_row(*(Text(text) for text in _texts(table, row)))
    facts = [Text(f"{name}: {value}") for name, value in _head(table).items()]
    columns = [Text(f"{column.name}: {_column(column)}") for column in (*table.inputs, *table.outputs)]
    findings = [Text(f"{finding.kind}: {finding.message}") for finding in proof.findings]
    verdict = Text(_verdict(proof), style="green" if proof.holds else "red")
    return Group(*facts, *columns, grid, verdict, *findings)


def to_html(table: Table, proof: Proof) -> str:
    """The table as an HTML page in Dutch, to print and sign."""
    return _template().render(
        table=table,
        head=_head(table),
        columns=[(column.name, _column(column)) for column in (*table.inputs, *table.outputs)],
        headings=_headings(table),
        inputs=len(table.inputs),
        rows=[(row.id, _texts(table, row)[1:]) for row in table.rows],
        verdict=_verdict(proof),
        holds=proof.holds,
        findings=proof.findings,
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(Path(__file__).with_name("show.html.jinja").read_text("utf-8"))


def _head(table: Table) -> dict[str, str]:
    policy = f"{table.hit_policy} {table.aggregation or ''}".strip()
    return {
        "Tabel": f"{table.id}, versie {table.version}" + (" (CONCEPT)" if table.draft else ""),
        "Wet": f"{table.law.id}, tekst van {table.law.version}" if table.law else "ontbreekt",
        "Geldig": f"van {table.valid_from} tot en met {table.valid_to or '(geen einde)'}",
        "Beheerder": table.owner or "ontbreekt",
        "Beleid bij meer regels": policy + (", mag leeg zijn" if table.may_be_empty else ""),
        "Vingerafdruk": table.hash,
    }


def _column(column: Column) -> str:
    unit = f" {column.unit}" if column.unit else ""
    question = f" - {column.question_nl}" if column.question_nl else ""
    origin = f" (uit: {column.origin})" if column.origin else ""
    return f"{column.domain}{unit}{question}{origin}"


def _headings(table: Table) -> list[str]:
    names = [column.name for column in (*table.inputs, *table.outputs)]
    return ["Regel", *names, "Bron", "Geldig", "Uitleg", "Beoordeeld"]


def _texts(table: Table, row: Row) -> list[str]:
    valid = f"{row.valid_from or ''}..{row.valid_to or ''}" if row.valid_from or row.valid_to else ""
    return [
        row.id,
        *(cell.text for cell in row.cells),
        *(render_value(value) for value in row.outputs),
        str(row.source or "ONTBREEKT"),
        valid,
        row.explanation_nl,
        f"{row.review.by}, {row.review.on}" if row.review else "NIET BEOORDEELD",
    ]


def _verdict(proof: Proof) -> str:
    if not proof.holds:
        return "NIET BEWEZEN: deze tabel mag niet worden gebruikt."
    return f"Bewezen: volledig en zonder tegenspraak ({proof.atoms} gevallen, {proof.intervals} perioden)."
