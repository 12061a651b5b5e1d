"""`casewright case`: handle an application with a bundle."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Handle an application with a bundle.", no_args_is_help=True)


@app.callback()
def _case() -> None:
    pass


@app.command()
def run(
    files: Annotated[
        list[Path], typer.Argument(help="The documents, or their folder: text, PDF, DOCX, ODT, EML, scans.")
    ],
    bundle: Annotated[Path, typer.Option(help="The bundle that reads.")],
    received: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day it came in; today without it.")
    ] = None,
    assume_confirmed: Annotated[
        bool, typer.Option("--assume-confirmed", help="Preview as if everything were confirmed.")
    ] = False,
    assume_decision: Annotated[
        str | None, typer.Option(help="With --assume-confirmed: preview the letter of this decision.")
    ] = None,
) -> None:
    """Read an application, and walk it through its procedure with the person at the terminal.

    Without a terminal it stops at the first human step and shows the proposal.
    """
    import sys

    from finetune.case.person import AsIf, AtTerminal, Person
    from finetune.case.session import Session
    from finetune.libraries import settle_libraries
    from scaffolds.case import open_case
    from scaffolds.errors import CasewrightError
    from scaffolds.workflow import Decide
    from workflows.documents import Note
    from workflows.intake import read_files
    from workflows.serve.reader import open_model

    if assume_decision and not assume_confirmed:
        raise CasewrightError("--assume-decision belongs to the preview; add --assume-confirmed.")
    today = datetime.now().date()
    day = received.date() if received else today
    if day > today:
        raise CasewrightError(f"--received {day} lies in the future; give the day on which it came in.")
    documents = read_files(files, received=day).documents
    for document in documents:
        for note in document.notes:
            typer.echo(f"{document.id}: {Note(**note).text()}")
    settle_libraries()
    workflow, model = open_model(bundle)
    options = [option for step in workflow.steps if isinstance(step, Decide) for option in step.options]
    if assume_decision and assume_decision not in options:
        raise CasewrightError(f"--assume-decision {assume_decision}: known are {', '.join(options)}.")
    person: Person | None = None
    if assume_confirmed:
        person = AsIf(decision=assume_decision)
        typer.echo("VOORBEELD: alsof alles bevestigd is. Niemand heeft iets bevestigd; er wordt niets bewaard.")
    elif sys.stdin.isatty():
        name = input("Uw naam: ").strip()
        if not name:
            raise CasewrightError("A case is handled under a name; give yours.")
        person = AtTerminal(name=name, ask=input, say=typer.echo)
    at = datetime.now(UTC)
    case = open_case(files[0].stem, workflow=workflow.name, documents=documents, received=day, at=at)
    Session(workflow=workflow, reader=model.reader(), person=person, say=typer.echo, today=today).handle(case)
    if assume_confirmed:
        typer.echo("\nVOORBEELD: hierboven is niets bevestigd, besloten of verstuurd.")
