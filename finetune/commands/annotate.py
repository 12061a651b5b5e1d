"""`casewright annotate`: the loop with Label Studio, from what is worth annotating to training rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from data_templates.labelling import FormKind
    from finetune.annotate.client import Client
    from finetune.annotate.ledger import Ledger
    from finetune.annotate.plan import Candidate
    from scaffolds.workflow import Workflow

app = typer.Typer(help="Annotate in Label Studio: plan, push, pull, measure, adjudicate, export.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The plan's folder, made by `annotate plan`.")]
Server = Annotated[Path, typer.Option("--server", help="The folder of the server that `annotate serve` runs.")]
Url = Annotated[str | None, typer.Option("--url", help="Another server; its token is read from --token.")]
Token = Annotated[Path | None, typer.Option("--token", help="File that holds a personal access token.")]
SERVER = Path("label-studio")
Share = Annotated[float, typer.Option(min=0, max=1)]


@app.command(epilog="Example: casewright annotate plan omgevingsvergunning --store traces.db --out round-1 …")
def plan(
    workflow: Annotated[str, typer.Argument(help="The workflow whose projects are made.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder of the plan; it must not hold one yet.")],
    instruction: Annotated[Path, typer.Option(help="Text file with the annotators' instruction.")],
    terms: Annotated[str, typer.Option(help="On what terms annotators work, for the card of the data set.")],
    kind: Annotated[str, typer.Option(help="facts, decision, drafts, override or trace.")] = "facts",
    store: Annotated[str | None, typer.Option(help="A trace store: the desk's cases.")] = None,
    dossiers: Annotated[int | None, typer.Option(min=1, help="So many generated dossiers instead.")] = None,
    drafts: Annotated[Path | None, typer.Option(help="A JSONL file with pairs of drafts.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="With --dossiers: the bundle that suggests.")] = None,
    legal_basis: Annotated[str, typer.Option(help="Article that allows processing the texts (AVG art. 6).")] = "none",
    count: Annotated[int, typer.Option(min=1, help="Number of tasks.")] = 200,
    annotators: Annotated[int, typer.Option(min=1, help="Annotators per task.")] = 2,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    gold: Share = 0.05,
    random: Share = 0.20,
    blind: Share = 0.15,
    planted: Share = 0.5,
) -> None:
    """Choose what to annotate: what the desk stumbled over, then what the model doubts, then a random share."""
    from collections import Counter
    from typing import cast, get_args

    from data_templates.labelling import FormKind
    from finetune.annotate.ledger import Ledger
    from finetune.annotate.plan import Mix, make_plan
    from scaffolds.errors import CasewrightError
    from workflows.registry import load_workflow

    if kind not in get_args(FormKind):
        raise CasewrightError(f"--kind {kind}: known are {', '.join(get_args(FormKind))}.")
    if sum(given is not None for given in (store, dossiers, drafts)) != 1:
        raise CasewrightError("Give one source: --store, --dossiers or --drafts.")
    loaded = load_workflow(workflow)
    mix = Mix(gold=gold, random=random, blind=blind, planted=planted)
    settings = {
        "workflow": loaded.name,
        "version": loaded.version,
        "kind": kind,
        "annotators": annotators,
        "seed": seed,
        "mix": vars(mix),
        "terms": terms,
        "legal_basis": legal_basis,
        "instruction": _instruction(instruction),
    }
    asked = cast("FormKind", kind)
    found = _candidates(loaded, asked, store=store, dossiers=dossiers, drafts=drafts, bundle=bundle, seed=seed)
    tasks = make_plan(found, count=count, mix=mix, seed=seed, kinds=loaded.kinds)
    if not tasks:
        raise CasewrightError("There is nothing to annotate in that source.")
    with Ledger(out, create=True) as ledger:
        ledger.create(tasks, settings=settings)
    told = ", ".join(f"{number} {why}" for why, number in Counter(task.why for task in tasks).items())
    blinds = sum(task.circle == "blind" for task in tasks)
    typer.echo(f"{out}: {len(tasks)} tasks ({told}), {blinds} of them blind.")


def _instruction(path: Path) -> dict[str, str]:
    from scaffolds.errors import CasewrightError
    from scaffolds.files import sha256_file

    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CasewrightError(f"{path}: the instruction cannot be read ({error}).") from error
    return {"version": path.stem, "text": text, "sha256": sha256_file(path)}


def _candidates(
    workflow: Workflow,
    kind: FormKind,
    *,
    store: str | None,
    dossiers: int | None,
    drafts: Path | None,
    bundle: Path | None,
    seed: int,
) -> list[Candidate]:
    from scaffolds.errors import CasewrightError

    if (kind == "drafts") != (drafts is not None) or (dossiers and kind != "facts"):
        raise CasewrightError("Drafts come from --drafts; dossiers give facts only.")
    if drafts is not None:
        from finetune.annotate.source import from_drafts

        return list(from_drafts(workflow, drafts, seed=seed))
    if store is not None:
        from finetune.annotate.source import from_cases
        from scaffolds.store import Store

        with Store(store) as opened:
            return list(from_cases(workflow, kind, opened.cases(workflow=workflow.name)))
    from finetune.annotate.source import from_dossiers
    from workflows.registry import load_dossiers

    made = list(load_dossiers(workflow.name)(dossiers, seed=seed, split="train"))
    if bundle is None:
        return list(from_dossiers(workflow, made))
    from finetune.libraries import settle_libraries
    from workflows.serve.reader import open_model

    settle_libraries()
    read_by, model = open_model(bundle)
    if read_by.name != workflow.name:
        raise CasewrightError(f"The bundle {bundle} reads {read_by.name}, not {workflow.name}.")
    name = model.reader().name
    return list(from_dossiers(workflow, made, decoder=model.decoder, prompts=model.prompts, model=name))


@app.command()
def serve(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the server keeps its data.")] = SERVER,
    port: Annotated[int, typer.Option(min=1024, max=65535)] = 8091,
    email: Annotated[str, typer.Option(help="The account of whoever sets it up.")] = "beheer@example.nl",
    database: Annotated[
        str | None, typer.Option(envvar="CASEWRIGHT_LABEL_STUDIO_DATABASE", help="PostgreSQL URL; SQLite without it.")
    ] = None,
) -> None:
    """Run Label Studio on this machine until you press Ctrl-C; the first start installs it and takes minutes."""
    import signal

    from finetune.annotate.account import invitation
    from finetune.annotate.server import read_token, serving

    def ended(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, ended)
    try:
        with serving(folder, port=port, email=email, database=database) as login:
            typer.echo(f"Label Studio runs at {login.url}")
            typer.echo(f"Log in as {login.email}; the password is in {folder / 'login.json'}")
            typer.echo(f"Annotators make their account at {invitation(login.url, read_token(folder))}")
            signal.pause()
    except KeyboardInterrupt:
        typer.echo("Label Studio is stopped.")


@app.command()
def push(folder: Folder, server: Server = SERVER, url: Url = None, token: Token = None) -> None:
    """Make the projects and send the tasks that the server lacks; the same command again sends nothing twice."""
    from finetune.annotate.push import push as send

    with _opened(folder) as (ledger, workflow):
        done = send(ledger, _client(server, url, token), workflow)
    typer.echo(f"{done['sent']} tasks sent, {done['removed']} copies removed.")


@app.command()
def pull(folder: Folder, server: Server = SERVER, url: Url = None, token: Token = None) -> None:
    """Bring back everything, check it, and keep it. Exit code 1 where something is in quarantine or lost."""
    from finetune.annotate.pull import QUARANTINE
    from finetune.annotate.pull import pull as fetch

    with _opened(folder) as (ledger, workflow):
        found = fetch(ledger, _client(server, url, token), workflow)
    typer.echo(f"{found.new} new; {found.answered} answers hold up, {found.skipped} were skipped.")
    problems = {
        f"{found.refused} are in {folder / QUARANTINE}, each with the reason": found.refused,
        f"{found.strangers} tasks on the server were never planned": found.strangers,
        f"{found.lost_tasks} planned tasks are not on the server; push again": found.lost_tasks,
        f"{found.lost_annotations} annotations are gone from the server; ours are kept": found.lost_annotations,
    }
    for line, number in problems.items():
        if number:
            typer.echo(line + ".")
    if any(problems.values()):
        raise typer.Exit(1)


@app.command()
def agree(
    folder: Folder,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The page; FOLDER/agreement.html without it.")] = None,
    draws: Annotated[int, typer.Option(min=100, help="Resamples of each interval.")] = 500,
    names: Annotated[bool, typer.Option("--names", help="Say on this terminal which pseudonym is who.")] = False,
) -> None:
    """Measure agreement, anchoring and performance on what is known, and write a page."""
    from finetune.annotate.figures import agreement_figures
    from finetune.report.agreement_page import agreement_page, estimate
    from scaffolds.files import write_json_atomic, write_text_atomic

    with _opened(folder) as (ledger, workflow):
        figures = agreement_figures(ledger, workflow, draws=draws, seed=ledger.get("seed"))
        who = {ledger.alias(name): name for name in ledger.annotators()} if names else {}
    page = write_text_atomic(out or folder / "agreement.html", agreement_page(figures))
    write_json_atomic(page.with_suffix(".json"), figures)
    for field, found in figures["fields"].items():
        typer.echo(f"{field:24} raw {estimate(found['raw']):24} alpha {estimate(found['alpha'])}")
    for pseudonym, name in who.items():
        typer.echo(f"{pseudonym}: {name}")
    typer.echo(f"Page: {page}")


@app.command()
def adjudicate(folder: Folder, server: Server = SERVER, url: Url = None, token: Token = None) -> None:
    """Send what annotators disagree on to a senior annotator, and write down what is settled."""
    import json

    from finetune.annotate.adjudicate import OUTCOMES, add_adjudications, outcomes
    from finetune.annotate.push import push as send
    from finetune.logs.output import atomic

    with _opened(folder) as (ledger, workflow):
        added = add_adjudications(ledger)
        send(ledger, _client(server, url, token), workflow)
        settled = 0
        with atomic(folder / OUTCOMES) as file:
            for outcome in outcomes(ledger):
                file.write(json.dumps(outcome.to_dict(), ensure_ascii=False) + "\n")
                settled += 1
    typer.echo(f"{added} disagreements sent to the senior annotator; {settled} tasks are settled: {folder / OUTCOMES}.")


@app.command()
def export(
    folder: Folder,
    to: Annotated[str, typer.Option("--to", help="The form: trl.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Folder; FOLDER/trl without it.")] = None,
    describe: Annotated[bool, typer.Option("--describe", help="As `describe` in the recipe that uses it.")] = False,
) -> None:
    """Write what is settled as rows for TRL, with the data set's card."""
    from finetune.annotate.export import export_trl
    from scaffolds.errors import CasewrightError

    if to != "trl":
        raise CasewrightError(f"--to {to}: known is trl.")
    with _opened(folder) as (ledger, workflow):
        rows = export_trl(ledger, workflow, out=out or folder / "trl", describe=describe)
    typer.echo(f"{out or folder / 'trl'}: {', '.join(f'{count} {name}' for name, count in rows.items())} rows.")


@app.command()
def doctor(
    server: Server = SERVER,
    url: Url = None,
    token: Token = None,
    project: Annotated[int | None, typer.Option(help="A project, to try the protection against SSRF on.")] = None,
) -> None:
    """Look at how a server is set up. Exit code 1 where something is not as it should be."""
    from finetune.annotate.doctor import examine

    found = list(examine(*_address(server, url, token), project=project))
    for one in found:
        typer.echo(f"{'good' if one.good else 'BAD ':5} {one.what:10} {one.seen}")
    if not all(one.good for one in found):
        raise typer.Exit(1)


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Ledger, Workflow]]:
    """Open a plan's ledger with its workflow; one command at a time works on it."""
    from finetune.annotate.ledger import Ledger
    from finetune.run import alone
    from scaffolds.errors import CasewrightError
    from workflows.registry import load_workflow

    with Ledger(folder) as ledger, alone(folder):
        workflow, planned = load_workflow(ledger.get("workflow")), ledger.get("version")
        if workflow.version != planned:
            raise CasewrightError(
                f"The plan was made for {workflow.name} {planned}, and installed is {workflow.version}; "
                "a new version is a new plan."
            )
        yield ledger, workflow


def _address(server: Path, url: str | None, token: Path | None) -> tuple[str, str]:
    from finetune.annotate.server import Login, read_token
    from scaffolds.errors import CasewrightError

    if (url is None) != (token is None):
        raise CasewrightError("--url and --token belong together.")
    if url is not None and token is not None:
        try:
            return url.rstrip("/"), token.read_text().strip()
        except OSError as error:
            raise CasewrightError(f"{token} cannot be read: {error.strerror}.") from error
    return Login.read(server).url, read_token(server)


def _client(server: Path, url: str | None, token: Path | None) -> Client:
    from finetune.annotate.client import connect

    return connect(*_address(server, url, token))
