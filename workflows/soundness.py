"""Soundness: what `casewright workflow check` proves of a workflow beyond its control flow. Pure but for its letters.

Its retention is declared; every table is proven and signed; every value that a fact can have fits the table input it
feeds; what a table uses is read on the way to it; every letter exists, compiles and names only what is read; the
term's rule exists; a case ends only after a person has decided, and every open norm is a question to that person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain

from jinja2 import TemplateError, meta, nodes

from scaffolds.errors import CasewrightError
from scaffolds.facts import Choice, Kind, Whole
from scaffolds.table import Column, prove
from scaffolds.term import TermError
from scaffolds.workflow import (
    END,
    Ask,
    Branch,
    Check,
    Decide,
    Draft,
    Holds,
    Read,
    Source,
    Stated,
    Step,
    Use,
    Within,
    Workflow,
    leads_to,
)
from scaffolds.workflow import check as control_flow
from workflows.letter import NAMES, environment, template
from workflows.letter.draft import CLAUSE

PROVEN = (
    "every step is reached, and from each the case can end",
    "every table is complete, without contradiction, and signed",
    "every value of a fact fits the table input it feeds, and is read before it",
    "every letter exists, compiles, and names only facts that are read",
    "no case ends without a person, who answers every open norm",
)


def unsound(workflow: Workflow) -> list[str]:
    """Give every problem in words, or an empty list."""
    if problems := control_flow(workflow):
        return problems
    return list(
        dict.fromkeys(
            chain(
                _term(workflow),
                _retention(workflow),
                chain.from_iterable(_table(use) for step in workflow.steps for use in _uses(step)),
                chain.from_iterable(_inputs(workflow, step) for step in workflow.steps),
                chain.from_iterable(_branches(workflow, step) for step in workflow.steps),
                chain.from_iterable(_letters(workflow, step) for step in workflow.steps),
                _people(workflow),
            )
        )
    )


def _uses(step: Step) -> tuple[Use, ...]:
    return step.tables if isinstance(step, Check) else ()


def _term(workflow: Workflow) -> Iterator[str]:
    try:
        assert workflow.rule
    except TermError as error:
        yield f"{error}."


def _retention(workflow: Workflow) -> Iterator[str]:
    if workflow.retention is None:
        yield "it declares no retention period (bewaartermijn)."
        return
    options = {option for step in workflow.steps if isinstance(step, Decide) for option in step.options}
    yield from (
        f"its retention names {decision}, which is no decision."
        for decision in sorted(set(workflow.retention.by_decision) - options)
    )


def _table(use: Use) -> Iterator[str]:
    if use.table.draft:
        yield f"table {use.table.id} is a draft: its law, or a row's source or review, is missing."
    yield from (
        f"table {use.table.id}: {finding.message}." for finding in prove(use.table).findings if finding.is_error
    )


def _inputs(workflow: Workflow, step: Step) -> Iterator[str]:
    read = {path for before in _before(workflow, step) if isinstance(before, Read) for path in before.facts.kinds}
    for use in _uses(step):
        columns = {column.name: column for column in use.table.inputs}
        for name, source in use.inputs.items():
            where = f"table {use.table.id}, input {name}"
            yield from (f"{where}: {path} is not read on the way to it." for path in source.paths if path not in read)
            yield from (f"{where}: {problem}." for problem in _fits(source, columns[name], workflow.kinds))
        if use.when and use.when[1] not in getattr(workflow.kinds[use.when[0]], "options", ()):
            yield f"table {use.table.id} is for {use.when[0]} = {use.when[1]}, which that fact cannot be."


def _fits(source: Source, column: Column, kinds: Mapping[str, Kind]) -> Iterator[str]:
    domain, kind = column.domain, kinds[source.path]
    if isinstance(source, Stated | Holds):
        yield from _lacks(column, ("ja", "nee", "tegenstrijdig"))
        return
    if not domain.unknown:
        yield f"it has no `unknown: true`, and {source.path} may be left out"
    if isinstance(source, Within):
        yield from _lacks(column, ("binnen", "buiten"))
    elif kind.many > 1:
        yield f"{source.path} may have {kind.many} values, and an input has one"
    elif isinstance(kind, Choice):
        yield from _lacks(column, kind.options)
    elif not isinstance(kind, Whole) or domain.kind != "int":
        yield f"{source.path} is {type(kind).__name__}, which {domain.kind} cannot hold; use Stated or Within"
    elif domain.low is None or domain.low > kind.minimum or domain.high < kind.maximum:
        yield f"{source.path} runs from {kind.minimum} to {kind.maximum}, which is outside {domain}"


def _lacks(column: Column, values: Iterable[str]) -> Iterator[str]:
    if missing := [value for value in values if value not in column.domain.members]:
        yield f"its domain lacks {', '.join(missing)}"


def _before(workflow: Workflow, step: Step) -> list[Step]:
    """The steps from which `step` can be reached."""
    found: set[str] = set()
    frontier = {step.id}
    while frontier:
        frontier = {s.id for s in workflow.steps if s.id not in found and frontier & set(leads_to(s))}
        found |= frontier
    return [workflow.by_id[name] for name in found]


def _output(workflow: Workflow, name: str, steps: Iterable[Step]) -> Column | None:
    table, _, output = name.rpartition(".")
    for use in (use for step in steps for use in _uses(step)):
        for column in use.table.outputs:
            if (use.table.id, column.name) == (table, output):
                return column
    return None


def _branches(workflow: Workflow, step: Step) -> Iterator[str]:
    """A Check step branches on an output of a table that has run; an Ask step asks the items of one."""
    if isinstance(step, Ask) and not _output(workflow, step.items, _before(workflow, step)):
        yield f"step {step.id} asks {step.items}, which no table before it gives."
    if isinstance(step, Check) and isinstance(step.then, Branch) and step.then.on not in workflow.kinds:
        column = _output(workflow, step.then.on, (step, *_before(workflow, step)))
        if column is None:
            yield f"step {step.id} branches on {step.then.on}, which no table before it gives."
        else:
            known = {str(value) for value in column.domain.values()} | {"niets", "iets"}
            if missing := sorted(set(step.then.to) - known):
                yield f"step {step.id} branches on {', '.join(missing)}, which {step.then.on} cannot be."


def _letters(workflow: Workflow, step: Step) -> Iterator[str]:
    if isinstance(step, Draft):
        deciding = [s for s in _before(workflow, step) if isinstance(s, Decide) and step.id in leads_to(s)]
        for option in (option for decide in deciding for option in decide.options):
            if option not in step.letters:
                yield f"step {step.id} has no letter for the decision {option}."
        for option in step.no_remedy - set(step.letters):
            yield f"step {step.id} says that nothing is open against {option}, which has no letter."
    names = (step.letter,) if isinstance(step, Ask) else step.letters.values() if isinstance(step, Draft) else ()
    known = {path.replace(".", "_") for path in workflow.kinds}
    if isinstance(step, Draft) and step.facts:
        known |= {path.replace(".", "_") for path in step.facts.kinds}
    decisions = {n for o, n in step.letters.items() if o not in step.no_remedy} if isinstance(step, Draft) else set()
    for name in dict.fromkeys(names):
        yield from (f"letter {name}: {problem}." for problem in _letter(workflow, name, known))
        yield from (f"letter {name}: {problem}." for problem in _clause(workflow, name) if name in decisions)


def _letter(workflow: Workflow, name: str, known: set[str]) -> Iterator[str]:
    try:
        text = template(workflow, name)
        parsed = environment().parse(text)
        environment().from_string(text)
    except CasewrightError:
        yield f"there is no such file in {workflow.package}/letters"
        return
    except TemplateError as error:
        yield f"it does not compile: {error}"
        return
    if unknown := sorted(meta.find_undeclared_variables(parsed) - NAMES):
        yield f"it names {', '.join(unknown)}; known are {', '.join(sorted(NAMES))}"
    for read in parsed.find_all(nodes.Getattr):
        if isinstance(read.node, nodes.Name) and read.node.name == "gegeven" and read.attr not in known:
            yield f"it names gegeven.{read.attr}, which is no fact that is read"


def _clause(workflow: Workflow, name: str) -> Iterator[str]:
    with suppress(CasewrightError):
        if CLAUSE not in template(workflow, name):
            yield f"it tells of a decision, and lacks the remedies clause {{{{ {CLAUSE} }}}} (Awb 3:45)"


def _people(workflow: Workflow) -> Iterator[str]:
    """Walk without passing a person who decides: the end must be out of reach."""
    seen: set[str] = set()
    frontier = [workflow.first.id]
    while frontier:
        here = frontier.pop()
        if here == END:
            yield "a case can end without a person having decided; put a Decide step on every way."
            break
        if here not in seen and not isinstance(workflow.by_id[here], Decide):
            seen.add(here)
            frontier += leads_to(workflow.by_id[here])
    for norm in (norm for step in workflow.steps if isinstance(step, Decide) for norm in step.norms):
        if not (norm.question.strip() and norm.source.strip()):
            yield f"open norm {norm.id} needs a question and the article it comes from."
