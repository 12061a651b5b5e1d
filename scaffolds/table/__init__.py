"""Decision tables: strict files, proven complete and free of contradiction, evaluated with a receipt.

    table = load_table(Path("kap.yaml"))
    receipt = table.evaluate({"soort": "kap", "omtrek": 120}, on=date(2026, 9, 1))
    receipt.outputs["uitkomst"], receipt.row_ids, receipt.sources, receipt.explanation_nl

The file format is described in `read`, the cells in `cell`. Meaning of hit policies: DMN 1.5, 8.2.10.
"""

from pathlib import Path

from scaffolds.table.cell import Cell, render_cell
from scaffolds.table.domain import UNKNOWN, Domain, Value, parse_value, render_value
from scaffolds.table.error import TableError
from scaffolds.table.model import Column, LawText, Review, Row, Source, Table
from scaffolds.table.plain import dump_table, to_plain
from scaffolds.table.proof import Finding, Proof, prove, require_proof, uncovered
from scaffolds.table.read import read_table, read_table_text
from scaffolds.table.receipt import Receipt

__all__ = [
    "UNKNOWN",
    "Cell",
    "Column",
    "Domain",
    "Finding",
    "LawText",
    "Proof",
    "Receipt",
    "Review",
    "Row",
    "Source",
    "Table",
    "TableError",
    "Value",
    "dump_table",
    "load_table",
    "load_text",
    "parse_value",
    "prove",
    "read_table",
    "read_table_text",
    "render_cell",
    "render_value",
    "require_proof",
    "to_plain",
    "uncovered",
]


def load_table(path: Path, *, draft: bool = False) -> Table:
    """Read and prove a table file; raises TableError with file, line, row and column, or a witness input."""
    table = read_table(path, draft=draft)
    require_proof(table, file=str(path))
    return table


def load_text(text: str, *, file: str = "", draft: bool = False) -> Table:
    """`load_table` of a text."""
    table = read_table_text(text, file=file, draft=draft)
    require_proof(table, file=file)
    return table
