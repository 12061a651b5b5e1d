"""`casewright desk`: serve the caseworker's web application and its API."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Serve the caseworker's desk.")


@app.command()
def desk(
    bundle: Annotated[list[Path] | None, typer.Option(help="A bundle that reads; one per workflow.")] = None,
    database: Annotated[str, typer.Option(help="A SQLite file, or the URL of a PostgreSQL database.")] = "desk.db",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8000,
    inbox: Annotated[Path | None, typer.Option(help="A folder in which applications are laid, per workflow.")] = None,
    workers: Annotated[int, typer.Option(help="Threads for model work; 0 leaves it to other processes.")] = 1,
    processes: Annotated[int, typer.Option(help="How many serve pages; take as many as the machine has cores.")] = 1,
) -> None:
    """Serve pages and API until interrupted; model work runs in a queue in the database.

    Everything else is set in the environment, as CASEWRIGHT_DESK_ORGANISATION, _HTTPS, _THEME, _OIDC_ISSUER and so on.
    """
    from finetune.libraries import settle_libraries
    from scaffolds.errors import CasewrightError

    settle_libraries()
    try:
        from pydantic import ValidationError

        from workflows.desk.opening import open_desk
        from workflows.desk.people import first_account
        from workflows.desk.settings import Settings
        from workflows.desk.web.serve import serve
    except ModuleNotFoundError as error:
        raise CasewrightError(f"The desk needs {error.name}; install casewright[desk].") from error
    try:
        settings = Settings(
            database=database, bundles=tuple(bundle or ()), host=host, port=port, inbox=inbox, workers=workers,
            processes=processes,
        )
    except ValidationError as error:
        first = error.errors()[0]
        raise CasewrightError(f"The setting {first['loc'] or ''} is wrong: {first['msg']}.") from error
    with open_desk(settings) as opened:
        if made := first_account(opened.engine):
            typer.echo(f"First sign-in: {made[0]} with password {made[1]} (to be changed at once).")
        typer.echo(f"The desk is at http://{host}:{port}")
        serve(opened)
