"""`casewright workflow`: the installed workflows, what they declare, the proof that they are sound, and a new one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="List, show, check and begin workflows.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The workflow's name.")]


@app.command("list")
def list_() -> None:
    """List the installed workflows."""
    from workflows.registry import load_workflow, workflow_names

    for name in workflow_names():
        workflow = load_workflow(name)
        typer.echo(f"{name:24} {workflow.version:8} {workflow.title}")


@app.command()
def show(name: Name) -> None:
    """Print a workflow's steps, facts, tables and open norms."""
    from scaffolds.workflow import Check, Decide, Read, leads_to
    from workflows.registry import load_workflow

    workflow = load_workflow(name)
    typer.echo(f"{workflow.title} ({workflow.name} {workflow.version})")
    typer.echo(f"Law: {workflow.law}   Term: {workflow.rule.id}")
    for step in workflow.steps:
        onward = ", ".join(dict.fromkeys(leads_to(step)))
        typer.echo(f"\n{type(step).__name__:7} {step.id}: {step.title}  ->  {onward}")
        if isinstance(step, Read):
            for path, kind in step.facts.kinds.items():
                typer.echo(f"          {path:24} {type(kind).__name__:9} {kind.label}")
        if isinstance(step, Check):
            for use in step.tables:
                typer.echo(f"          table {use.table.id}")
        if isinstance(step, Decide):
            for norm in step.norms:
                typer.echo(f"          only a person answers: {norm.question} ({norm.source})")


@app.command()
def check(name: Name) -> None:
    """Prove that a workflow is sound: its steps, facts, tables, letters, term and open norms."""
    from workflows.registry import load_workflow
    from workflows.soundness import PROVEN, unsound

    workflow = load_workflow(name)
    if problems := unsound(workflow):
        typer.echo(f"{name} is not sound:\n" + "\n".join(f"  {problem}" for problem in problems), err=True)
        raise typer.Exit(1)
    rule = workflow.rule
    size = f"{len(workflow.steps)} steps, {len(workflow.kinds)} facts, {len(workflow.tables)} tables"
    typer.echo(f"{name} is sound: {size}, term {rule.id} {rule.version}.")
    for claim in PROVEN:
        typer.echo(f"  {claim}")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _.")],
    into: Annotated[Path, typer.Option(help="The folder to write it in.")] = Path(),
) -> None:
    """Write a complete working workflow, in a package of its own, to start from."""
    from datetime import date

    from finetune.new_workflow import write_workflow
    from workflows.registry import workflow_names

    written = write_workflow(name, into=into, taken=workflow_names(), today=date.today())
    for path in written:
        typer.echo(str(path))
    typer.echo(f"Next: pip install -e {into / name} && casewright workflow check {name}")
