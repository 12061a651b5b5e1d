"""`casewright workflow`: the installed workflows, what they declare, and the proof that they are sound."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="List, show and check the installed workflows.", no_args_is_help=True)

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
    """Prove that a workflow is sound: its steps, its facts' bounds, its tables and its term."""
    from workflows.registry import load_workflow

    workflow = load_workflow(name)
    rule = workflow.rule
    size = f"{len(workflow.steps)} steps, {len(workflow.kinds)} facts, {len(workflow.tables)} tables, term {rule.id} {rule.version}"
    typer.echo(f"{name} is sound: {size}.")
