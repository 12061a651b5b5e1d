"""`casewright trace`: prove that a trace store is as it was written, give it out, replay it, destroy what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

if TYPE_CHECKING:
    from finetune.logs.trace import Trace
    from scaffolds.store import Record, Store

app = typer.Typer(help="Verify, export and replay the trace of cases; destroy what is due.", no_args_is_help=True)

Where = Annotated[str, typer.Argument(metavar="STORE", help="The SQLite file or database URL of the store.")]
# What process mining asks of an event. Texts of applicants and reasons of persons stay in the store.
_IN_XES = ("step", "decision", "agreed", "table", "version", "rows", "items", "until", "on", "parts")


@app.command(epilog="Example: casewright trace verify traces.db --head 1037fa31…")
def verify(
    store: Where,
    head: Annotated[
        str | None, typer.Option(metavar="HASH", help="A head printed before: it must still be in the chain.")
    ] = None,
) -> None:
    """Check every byte of the store against its hash chain. Exit code 1 where an event is not as it was written."""
    from rich.console import Console

    from scaffolds.store import Store

    with Store(store) as opened, Console(stderr=True).status("Checking the chain"):
        report = opened.verify(anchor=head)
    for problem in report.problems:
        typer.echo(_plain(str(problem)))
    erased = f", {report.erased} payloads erased" if report.erased else ""
    found = "the chain holds" if report.sound else f"{len(report.problems)} problems"
    typer.echo(f"{report.events:,} events in {report.cases:,} cases{erased}: {found}.")
    typer.echo(f"head {_plain(report.head)}")
    if not report.sound:
        raise typer.Exit(1)


@app.command(epilog="Example: casewright trace export traces.db -o traces.xes.gz")
def export(
    store: Where,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="The file to write: .jsonl or .xes, with .gz to pack it.")
    ],
    case: Annotated[str | None, typer.Option("--case", help="Only this case.")] = None,
) -> None:
    """Write the trace: JSONL holds every record with its hashes, XES 2.0 what process-mining tools read."""
    from rich.console import Console

    from scaffolds.errors import CasewrightError
    from scaffolds.store import Store

    kind = "".join(out.suffixes[-2:]).removesuffix(".gz").rpartition(".")[2]
    if kind not in ("jsonl", "xes"):
        raise CasewrightError(f"{out}: name the file .jsonl or .xes, with .gz to pack it.")
    with Store(store) as opened, Console(stderr=True).status(f"Writing {out.name}"):
        if case is not None and not any(opened.records(case)):
            raise CasewrightError(f"There is no case {case} in the store.")
        count = _jsonl(opened, out, case) if kind == "jsonl" else _xes(opened, out, case)
    typer.echo(f"{out}: {count}.")


@app.command(epilog="Example: casewright trace replay traces.db --case Z-2026-0001")
def replay(
    store: Where,
    case: Annotated[str | None, typer.Option("--case", help="Only this case; else every one.")] = None,
) -> None:
    """Fold each case through its workflow again and repeat its receipts. Exit code 1 where one comes out otherwise."""
    from scaffolds.store import Erased, Store
    from scaffolds.store import replay as replay_case
    from workflows.registry import load_workflow

    same = differ = erased = receipts = 0
    with Store(store) as opened:
        for case_id in [case] if case is not None else opened.case_ids():
            try:
                found = opened.case(case_id)
            except Erased as error:
                erased += 1
                typer.echo(_plain(str(error)))
                continue
            played = replay_case(load_workflow(found.workflow), found)
            receipts += played.receipts
            if played.difference is not None:
                differ += 1
                typer.echo(_plain(f"{case_id}: {played.difference}"))
                continue
            same += 1
            if case is not None and played.state is not None:
                step = played.state.step.id if played.state.step else "einde"
                typer.echo(f"{case_id}: {len(found.events)} events, at {step} ({played.state.phase}).")
    typer.echo(
        f"{same:,} cases as recorded with {receipts:,} receipts; {differ:,} differ, {erased:,} erased."
    )
    if differ:
        raise typer.Exit(1)


@app.command(epilog="Example: casewright trace retention traces.db --destroy --by 'A. de Vries'")
def retention(
    store: Where,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day to judge by; today without it.")
    ] = None,
    destroy: Annotated[bool, typer.Option("--destroy", help="Destroy what is listed, beyond recovery.")] = False,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who destroys; is written in the chain.")] = "",
) -> None:
    """List the closed cases whose retention period (bewaartermijn) is over, and destroy them when told to."""
    from scaffolds.case import local_day
    from scaffolds.destruction import due as due_of
    from scaffolds.errors import CasewrightError
    from scaffolds.store import Erased, Store
    from workflows.registry import load_workflow

    if destroy and not by.strip():
        raise CasewrightError("Destroying is done under a name; add --by NAME.")
    today = local_day(datetime.now(UTC))
    day = on.date() if on else today
    if destroy and day > today:
        raise CasewrightError(f"--on {day} lies in the future; what is not due yet is not destroyed.")
    listed = 0
    with Store(store) as opened:
        for case_id in opened.case_ids():
            try:
                case = opened.case(case_id)
                due = due_of(load_workflow(case.workflow), case)
            except Erased:
                continue
            except CasewrightError as error:
                typer.echo(_plain(f"{case_id}: cannot be judged: {error}"))
                continue
            if due is None or due.destroy_on is None or due.destroy_on > day:
                continue
            listed += 1
            line = f"{case_id}: {due.decision or 'no decision'}, closed {due.closed}, due since {due.destroy_on}"
            typer.echo(_plain(f"{line} ({due.source})"))
            if destroy:
                reason = f"retention period over on {due.destroy_on}: {due.source}"
                _erase(opened, case_id, reason=reason, by=by)
    typer.echo(f"{listed:,} cases {'destroyed' if destroy else 'due'} on {day}.")


@app.command(epilog="Example: casewright trace erase traces.db --case Z-1 --reason 'request 12' --by 'A. de Vries'")
def erase(
    store: Where,
    case: Annotated[list[str], typer.Option("--case", help="A case to erase; may be given more than once.")],
    reason: Annotated[str, typer.Option(help="Why, such as the number of the request; names no person.")],
    by: Annotated[str, typer.Option(metavar="NAME", help="Who erases; is written in the chain.")],
) -> None:
    """Erase every payload and original of closed cases on request (AVG 17), beyond recovery; the chain stays whole."""
    from scaffolds.errors import CasewrightError
    from scaffolds.store import Store

    if not reason.strip() or not by.strip():
        raise CasewrightError("Erasing needs a reason and a name: give --reason and --by.")
    with Store(store) as opened:
        for case_id in case:
            kinds = {record.kind for record in opened.records(case_id)}
            if not kinds:
                raise CasewrightError(f"There is no case {case_id} in the store.")
            if "case_closed" not in kinds:
                raise CasewrightError(f"Case {case_id} is open and could not go on without its data; close it first.")
        for case_id in case:
            count = _erase(opened, case_id, reason=reason, by=by)
            typer.echo(_plain(f"{case_id}: {count} payloads erased."))


def _erase(store: Store, case_id: str, *, reason: str, by: str) -> int:
    from workflows.desk.forgetting import forget

    return store.erase(
        case_id,
        reason=reason,
        actor=f"person:{by}",
        at=datetime.now(UTC),
        also=lambda connection: forget(connection, case_id),
    )


def _jsonl(store: Store, out: Path, case: str | None) -> str:
    import gzip

    from finetune.logs.output import atomic_binary
    from scaffolds.store import canonical

    events = 0
    with atomic_binary(out) as binary:
        file: BinaryIO | gzip.GzipFile = binary
        if out.suffix == ".gz":
            file = gzip.GzipFile(filename="", mode="wb", fileobj=binary, mtime=0)
        for record in store.records(case):
            file.write(canonical(_line(record)) + b"\n")
            events += 1
        if file is not binary:
            file.close()
    return f"{events:,} events"


def _line(record: Record) -> dict[str, Any]:
    """Give a record as JSON, with all that its two hashes are computed from."""
    from dataclasses import asdict

    line = asdict(record)
    del line["body"]
    return line | {"salt": record.salt.hex() if record.salt else None, "payload": record.payload}


def _xes(store: Store, out: Path, case: str | None) -> str:
    import tempfile

    from finetune.logs.export_xes import export_xes
    from finetune.logs.trace import LogHeader, TraceFile, write_log

    header = LogHeader(source="casewright", sha256="", format="casewright", ties="file")
    with tempfile.TemporaryDirectory() as folder:
        traces = Path(folder) / "traces.jsonl"
        cases, events = write_log(traces, header, _traces(store, case), attributes={})
        export_xes(TraceFile(traces), out)
    return f"{cases:,} cases, {events:,} events"


def _traces(store: Store, case: str | None) -> Iterator[Trace]:
    from finetune.logs.trace import Event, Trace

    for case_id in [case] if case is not None else store.case_ids():
        records = list(store.records(case_id))
        events = tuple(
            Event(
                activity=record.kind,
                label=record.kind,
                time=datetime.fromisoformat(record.at),
                offset=0,
                resource=record.actor,
                index=record.seq,
                attributes={name: _attribute(value) for name, value in _shown(record)},
            )
            for record in records
        )
        yield Trace(case_id, events, {"workflow": records[0].workflow})


def _shown(record: Record) -> Iterator[tuple[str, Any]]:
    payload = record.payload or {}
    yield from ((name, payload[name]) for name in _IN_XES if payload.get(name) is not None)


def _attribute(value: Any) -> Any:
    return {"list": [["item", item] for item in value]} if isinstance(value, list) else value


def _plain(text: str) -> str:
    """Return `text` so that a terminal shows what a changed store says and obeys none of it."""
    return "".join(char if char.isprintable() else "�" for char in text)
