"""`casewright log`: bring in an event log, look at it, give it back, ask what comes next in a case."""

from pathlib import Path
from typing import Annotated

import typer

from finetune.logs.trace import Ties

app = typer.Typer(help="Event logs of other systems: import, describe, export, next step.", no_args_is_help=True)

Out = Annotated[Path, typer.Option("--out", "-o", help="The file to write; it appears whole or not at all.")]
Traces = Annotated[Path, typer.Argument(help="A trace file, made by `casewright log import`.")]


@app.command("import", epilog="Example: casewright log import permits.xes.gz -o traces.jsonl")
def import_(
    file: Annotated[Path, typer.Argument(help="The log: .xes, .csv, or OCEL 2.0 .json; .gz where packed.")],
    out: Out,
    ties: Annotated[Ties, typer.Option(help="Order of events that share a time stamp.")] = "activity",
    label: Annotated[
        str, typer.Option(help="Event attribute that says in words what happened.")
    ] = "activityNameNL",
    timezone: Annotated[str | None, typer.Option(help="Zone of time stamps without an offset.")] = None,
    object_type: Annotated[
        str | None, typer.Option(help="OCEL: the object type whose objects are cases.")
    ] = None,
    case: Annotated[str, typer.Option(help="CSV: column of the case id.")] = "case:concept:name",
    activity: Annotated[str, typer.Option(help="CSV: column of the activity.")] = "concept:name",
    time: Annotated[str, typer.Option(help="CSV: column of the time stamp.")] = "time:timestamp",
    resource: Annotated[str, typer.Option(help="CSV: column of who did it.")] = "org:resource",
    delimiter: Annotated[str, typer.Option(help="CSV: what stands between cells.")] = ",",
) -> None:
    """Read an event log into the project's trace form, or refuse it and say which event is wrong."""
    from rich.console import Console
    from rich.progress import Progress

    from finetune.logs.csv_log import Columns
    from finetune.logs.importer import Import, import_log

    columns = Columns(case, activity, time, resource, delimiter)
    how = Import(ties, label, timezone, object_type, columns)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(
            f"Reading {file.name}", total=file.stat().st_size if file.is_file() else None
        )
        cases, events = import_log(
            file, out, how=how, progress=lambda done: progress.update(task, completed=done)
        )
    typer.echo(f"{out}: {cases:,} cases, {events:,} events, ties by {ties}.")


@app.command(epilog="Example: casewright log describe traces.jsonl -o log.html")
def describe(
    traces: Traces,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write a self-contained HTML page.")
    ] = None,
) -> None:
    """Say how large, how varied and how well ordered a log is, and what a model can reach on it."""
    from rich.console import Console
    from rich.table import Table

    from finetune.logs import describe as facts
    from finetune.logs.output import atomic
    from finetune.logs.trace import TraceFile
    from finetune.report.log_page import log_page

    errors = Console(stderr=True)
    with errors.status(f"Counting {traces.name}"):
        log = facts.describe(TraceFile(traces))
    table = Table(show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for row in [*log.figures(), *(("Change of time", change) for change in log.resolution_changes)]:
        table.add_row(*(_plain(cell) for cell in row))
    Console().print(table)
    if out is not None:
        with atomic(out) as page:
            page.write(log_page(log))
        errors.print(f"Wrote {out}", markup=False)


@app.command(epilog="Example: casewright log export traces.jsonl -o permits.xes.gz")
def export(traces: Traces, out: Out) -> None:
    """Write a trace file as XES 2.0 for process-mining tools; packed where the name ends in .gz."""
    from rich.console import Console

    from finetune.logs.export_xes import export_xes
    from finetune.logs.trace import TraceFile

    with Console(stderr=True).status(f"Writing {out.name}"):
        cases = export_xes(TraceFile(traces), out)
    typer.echo(f"{out}: {cases:,} cases.")


@app.command("next", epilog="Example: casewright log next runs/permits/bundle traces.jsonl --case 10009138")
def next_(
    bundle: Annotated[Path, typer.Argument(help="The bundle of a run on a log.")],
    traces: Traces,
    case: Annotated[str, typer.Option(help="The case, by its id.")],
    after: Annotated[int | None, typer.Option(min=1, help="Look no further than so many events.")] = None,
    count: Annotated[int, typer.Option(min=1, help="How many steps to show.")] = 5,
) -> None:
    """Suggest what comes next in a case, with exact probabilities; nothing is decided by it."""
    from dataclasses import replace

    from rich.console import Console
    from rich.table import Table

    from finetune.libraries import settle_libraries
    from finetune.logs.suggest import open_process_bundle, suggest
    from finetune.logs.trace import TraceFile
    from scaffolds.errors import CasewrightError

    found = [trace for trace in TraceFile(traces) if trace.case == case]
    if not found or not found[0].events:
        raise CasewrightError(f"{traces} holds no event of a case '{case}'; look up its id in the log.")
    settle_libraries()
    trace = replace(found[0], events=found[0].events[:after])
    table = Table("Kans", "Volgende stap", "Code", "Wanneer")
    for one in suggest(open_process_bundle(bundle), trace, count=count):
        table.add_row(f"{one.probability:.1%}", _plain(one.words), _plain(one.code), one.when or "")
    typer.echo(f"Na {len(trace.events)} gebeurtenissen, de laatste: {trace.events[-1].label!r}")
    Console().print(table)


def _plain(text: str) -> str:
    """Return `text` so that a terminal shows what a log wrote and obeys none of it."""
    from rich.markup import escape

    return escape("".join(char if char.isprintable() else "�" for char in text))
