"""Whether a definition can be followed: every step can be reached and left, every branch and table finds its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scaffolds.facts import Choice, Day, Kind
from scaffolds.term import TermError, find_rule
from scaffolds.workflow.steps import END, Branch, Check, Decide, Holds, Read, Step, Use, Within, leads_to

if TYPE_CHECKING:
    from scaffolds.workflow.definition import Workflow


def check(workflow: Workflow) -> list[str]:
    """Prove that a workflow is sound; give every problem in words, or an empty list.

    Every step is reachable, from every step the case can end, every name exists, every fact that a table uses is
    read before, and every branch covers the values of its fact.
    """
    steps = {step.id: step for step in workflow.steps}
    problems = [f"step {i} is declared twice." for i in steps if sum(s.id == i for s in workflow.steps) > 1]
    for step in workflow.steps:
        problems += [
            f"step {step.id} leads to {n}, which does not exist."
            for n in leads_to(step)
            if n != END and n not in steps
        ]
    if problems:
        return problems
    reachable, frontier = set(), [workflow.steps[0].id]
    while frontier:
        if (here := frontier.pop()) not in reachable and here != END:
            reachable.add(here)
            frontier += leads_to(steps[here])
    problems += [f"step {i} cannot be reached." for i in steps if i not in reachable]
    ending = {END}
    while grown := {i for i, s in steps.items() if i not in ending and ending & set(leads_to(s))}:
        ending |= grown
    problems += [f"from step {i} the case can never end." for i in steps if i not in ending]
    kinds = {p: k for s in workflow.steps if isinstance(s, Read) for p, k in s.facts.kinds.items()}
    for step in workflow.steps:
        problems += _sources(step, kinds)
    problems += [
        f"the term event {event} is the day of {path}, which is not a day that is read."
        for event, path in workflow.starts.items()
        if not isinstance(kinds.get(path), Day)
    ]
    problems += [f"{path} is registered, and no step reads it." for path in workflow.registered if path not in kinds]
    return problems + _variant(workflow)


def _variant(workflow: Workflow) -> list[str]:
    if not workflow.variant:
        return []
    table, _, name = workflow.variant.rpartition(".")
    uses = [use for step in workflow.steps if isinstance(step, Check) for use in step.tables]
    columns = [c for use in uses if use.table.id == table for c in use.table.outputs if c.name == name]
    if not columns:
        return [f"the variant of the term is {workflow.variant}, which is no output of its tables."]
    if not set(workflow.rule.variants) & {str(value) for value in columns[0].domain.values()}:
        return [f"{workflow.variant} never names a variant of {workflow.rule.id}: {sorted(workflow.rule.variants)}."]
    return []


def _term(source: Within, use: Use, kinds: Mapping[str, Kind]) -> list[str]:
    problems = [
        f"table {use.table.id} counts a term with {path}, which is not a day."
        for path in source.paths
        if path in kinds and not isinstance(kinds[path], Day)
    ]
    try:
        find_rule(source.rule)
    except TermError as error:
        problems.append(f"table {use.table.id}: {error}.")
    return problems


def _sources(step: Step, kinds: Mapping[str, Kind]) -> list[str]:
    problems = []
    if isinstance(step, Check):
        for use in step.tables:
            if use.when and use.when[0] not in kinds:
                problems.append(f"table {use.table.id} depends on {use.when[0]}, which no step reads.")
            problems += [
                f"table {use.table.id} uses {path}, which no step reads."
                for s in use.inputs.values()
                for path in s.paths
                if path not in kinds
            ]
            problems += [p for s in use.inputs.values() if isinstance(s, Within) for p in _term(s, use, kinds)]
            problems += [
                f"table {use.table.id} asks whether {s.path} holds {s.item}, which it never can."
                for s in use.inputs.values()
                if isinstance(s, Holds) and s.item not in getattr(kinds.get(s.path), "options", ())
            ]
            needed = {column.name for column in use.table.inputs}
            problems += [
                f"table {use.table.id} has no source for its input {n}." for n in needed - set(use.inputs)
            ]
            problems += [f"table {use.table.id} has no input {n}." for n in set(use.inputs) - needed]
    if isinstance(step, Decide) and isinstance(step.then, Branch):
        if step.then.on != step.id:
            problems.append(f"step {step.id} branches on {step.then.on}; a Decide step branches on itself.")
        elif missing := set(step.then.to) - set(step.options):
            problems.append(f"step {step.id} branches on unknown decisions: {sorted(missing)}.")
    if isinstance(step, Read) and isinstance(step.then, Branch):
        kind = kinds.get(step.then.on)
        if not isinstance(kind, Choice):
            problems.append(f"step {step.id} branches on {step.then.on}, which is not a choice that is read.")
        elif missing := set(step.then.to) - set(kind.options):
            problems.append(
                f"step {step.id} branches on unknown values of {step.then.on}: {sorted(missing)}."
            )
    return problems
