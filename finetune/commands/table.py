"""`casewright table`: check, show and evaluate decision tables, and exchange them as DMN."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scaffolds.table import Table

app = typer.Typer(help="Work with decision tables.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A table file (YAML), or a DMN model (.dmn, .xml).")]
Draft = Annotated[bool, typer.Option("--draft", help="Accept rows without source or review.")]


@app.command(epilog="Example: casewright table check tables/*.yaml")
def check(
    files: Annotated[list[Path], typer.Argument(help="Table files, or DMN models.")], draft: Draft = False
) -> None:
    """Prove each table: an outcome for every input and no contradiction. Exit code 1 where one is not."""
    from scaffolds.table import prove

    failed = False
    for file in files:
        for table in _tables(file, draft=draft):
            proof = prove(table)
            failed |= not proof.holds
            verdict = "proven" if proof.holds else "NOT PROVEN"
            mark = ", draft" if table.draft else ""
            typer.echo(f"{table.id} {table.version}: {verdict}, {len(table.rows)} rows, {proof.atoms} cases{mark}")
            for finding in proof.findings:
                since = f" (from {finding.since})" if finding.since and proof.intervals > 1 else ""
                typer.echo(f"  {finding.kind}: {finding.message}{since}")
    raise typer.Exit(1 if failed else 0)


@app.command(epilog="Example: casewright table show kap.yaml --html kap.html")
def show(
    file: File,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to print and sign.")] = None,
    draft: Draft = False,
) -> None:
    """Print a table as a jurist reads it, in the terminal or as HTML."""
    from scaffolds.table import prove
    from scaffolds.table.show import to_html, to_rich

    tables = _tables(file, draft=draft)
    if html:
        for number, table in enumerate(tables, 1):
            path = html if len(tables) == 1 else html.with_stem(f"{html.stem}-{number}")
            path.write_text(to_html(table, prove(table)), "utf-8")
            typer.echo(str(path))
        return
    from rich.console import Console

    for table in tables:
        Console().print(to_rich(table, prove(table)))


@app.command("eval", epilog="Example: casewright table eval kap.yaml soort=kap omtrek=120 --on 2026-09-01")
def eval_(
    file: File,
    inputs: Annotated[list[str], typer.Argument(metavar="NAME=VALUE...", help="One per input of the table.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The legal reference date.")],
    draft: Draft = False,
) -> None:
    """Decide for one set of inputs and print the receipt as JSON."""
    import json

    from scaffolds.dmn import read_dmn
    from scaffolds.table import require_proof

    day = _date(on)
    given = _pairs(inputs)
    if _is_dmn(file):
        model = read_dmn(file)
        parsed: dict[str, object] = {}
        for decision in model.decisions:
            parsed |= _parse(decision.table, given)
        receipts = model.evaluate(parsed, on=day)
        plain: object = {name: receipt.to_dict() for name, receipt in receipts.items()}
    else:
        (table,) = _tables(file, draft=draft)
        require_proof(table, file=str(file))
        plain = table.evaluate(given | _parse(table, given), on=day).to_dict()
    typer.echo(json.dumps(plain, ensure_ascii=False, indent=2))


@app.command(epilog="Example: casewright table export kap.yaml -o kap.dmn")
def export(
    files: Annotated[list[Path], typer.Argument(help="Table files.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The DMN file to write.")],
    draft: Draft = False,
) -> None:
    """Write tables as one DMN 1.3 document."""
    from scaffolds.dmn import write_dmn

    tables = [table for file in files for table in _tables(file, draft=draft)]
    out.write_bytes(write_dmn(tables))
    typer.echo(f"{out}: {len(tables)} decisions")
    if any(row.valid_from or row.valid_to for table in tables for row in table.rows):
        typer.echo("note: other engines do not see the validity of rows")


@app.command("import", epilog="Example: casewright table import model.dmn -o tables")
def import_(
    file: Annotated[Path, typer.Argument(help="A DMN model, version 1.1 to 1.5.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder for one YAML file per decision.")],
) -> None:
    """Read the tables of a DMN model as drafts: add sources and reviews before they are used."""
    import re

    from scaffolds.dmn import read_dmn
    from scaffolds.errors import CasewrightError
    from scaffolds.table import dump_table

    model = read_dmn(file)
    stems = [re.sub(r"[^\w-]+", "-", decision.name).strip("-") or "decision" for decision in model.decisions]
    paths = [out / f"{stem}.yaml" for stem in stems]
    if len(set(paths)) < len(paths) or any(path.exists() for path in paths):
        raise CasewrightError(f"{out} already holds a file of this model: choose an empty folder")
    out.mkdir(parents=True, exist_ok=True)
    for path, decision in zip(paths, model.decisions, strict=True):
        path.write_text(dump_table(decision.table), "utf-8")
        typer.echo(f"{path}: {len(decision.table.rows)} rows")
    for note in model.notes:
        typer.echo(note)


def _is_dmn(file: Path) -> bool:
    return file.suffix.lower() in (".dmn", ".xml")


def _tables(file: Path, *, draft: bool) -> list[Table]:
    from scaffolds.dmn import read_dmn
    from scaffolds.table import read_table

    if _is_dmn(file):
        return [decision.table for decision in read_dmn(file).decisions]
    return [read_table(file, draft=draft)]


def _pairs(texts: list[str]) -> dict[str, object]:
    from scaffolds.errors import CasewrightError

    pairs: dict[str, object] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or name in pairs:
            raise CasewrightError(f"{text!r} is not NAME=VALUE, or its name stands twice")
        pairs[name] = value
    return pairs


def _parse(table: Table, given: dict[str, object]) -> dict[str, object]:
    """The given texts as values of the table's domains."""
    from scaffolds.table import TableError

    parsed: dict[str, object] = {}
    for column in table.inputs:
        if column.name in given:
            try:
                parsed[column.name] = column.domain.parse(str(given[column.name]))
            except ValueError as error:
                raise TableError(str(error), file=table.id, column=column.name) from None
    return parsed


def _date(text: str) -> date:
    from scaffolds.errors import CasewrightError

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CasewrightError(f"{text!r} is not a date such as 2026-09-01") from None
