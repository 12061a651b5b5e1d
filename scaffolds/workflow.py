"""Workflow: the definition of one administrative procedure, as frozen declarations.

From these alone follow the schema for decoding, the forms, the labelling project, the training rows, the verifiers
and the documentation. Control flow is an explicit state machine: every step names what comes next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from scaffolds.errors import CasewrightError
from scaffolds.facts import Choice, Day, Facts, Kind
from scaffolds.retention import Retention
from scaffolds.table import Table
from scaffolds.term import EventKind, Rule, TermError, find_rule

Role = Literal["behandelaar", "tweede_ondertekenaar", "teamleider"]
Remedy = Literal["bezwaar", "beroep"]


@dataclass(frozen=True, kw_only=True)
class Branch:
    """Where to go by the value of a confirmed fact, of a table's output ("tabel.uitvoer"), or of the decision.

    A Decide step branches on its own id.
    """

    on: str
    to: Mapping[str, str]
    otherwise: str


Then = str | Branch


@dataclass(frozen=True, kw_only=True)
class Read:
    """The model proposes typed facts with quotations; a person confirms each of them."""

    id: str
    title: str
    facts: type[Facts]
    then: Then


@dataclass(frozen=True, kw_only=True)
class Value:
    """A table input that is the value of a fact; "unknown" where the fact is not stated."""

    path: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The facts it rests on."""
        return (self.path,)


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A table input about the fact itself: "ja" when stated, "nee" when not, "tegenstrijdig" when it contradicts."""

    path: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The facts it rests on."""
        return (self.path,)


@dataclass(frozen=True, kw_only=True)
class Within:
    """A table input that says whether something was done in time: "binnen", "buiten" or "unknown".

    The term `rule` is computed from the day of the fact `path`; what is judged is the day of the fact `until`,
    and without one the day on which the case came in. "unknown" where a day is not known, where the day lies
    before the term, and where the term cannot be computed: then a person looks.
    """

    rule: str
    path: str
    until: str | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The facts it rests on."""
        return (self.path, self.until) if self.until else (self.path,)


@dataclass(frozen=True, kw_only=True)
class Holds:
    """A table input that says whether a list of choices holds one of them: "ja", "nee" or "tegenstrijdig"."""

    path: str
    item: str

    @property
    def paths(self) -> tuple[str, ...]:
        """The facts it rests on."""
        return (self.path,)


Source = Value | Stated | Holds | Within


@dataclass(frozen=True, kw_only=True)
class Use:
    """A table with the source of each of its inputs; `when` limits it to one value of a fact."""

    table: Table
    inputs: Mapping[str, Source]
    when: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """Tables that run by themselves on confirmed facts and leave a receipt each."""

    id: str
    title: str
    tables: tuple[Use, ...]
    then: Then


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Ask for what a table found missing; suspends the term until it is completed or lapses.

    The applicant is asked to complete the application, a third party (derde) for its view (zienswijze, Awb 4:8).
    """

    id: str
    title: str
    items: str
    """The table output that lists what is missing ("tabel.uitvoer")."""
    days: int
    letter: str
    completed: str
    lapsed: str
    whom: Literal["aanvrager", "derde"] = "aanvrager"


@dataclass(frozen=True, kw_only=True)
class OpenNorm:
    """A question of law that only a person may answer."""

    id: str
    question: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Decide:
    """A person decides, with a reason; where `second` is set another person signs.

    What leads to the letter is the decision (besluit); what leads elsewhere settles an open norm on the way.
    """

    id: str
    title: str
    options: Mapping[str, str]
    role: Role
    norms: tuple[OpenNorm, ...] = ()
    second: Role | None = None
    then: Then


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The letter, rendered from its template, with what the model quotes for it; a person sends it."""

    id: str
    title: str
    letters: Mapping[str, str]
    """Template name by decision."""
    facts: type[Facts] | None = None
    then: Then = "einde"
    remedy: Remedy = "bezwaar"
    """What is open against the decision: an objection (bezwaar), or an appeal (beroep) to the court."""
    no_remedy: frozenset[str] = frozenset()
    """Decisions whose letter is no decision in law (besluit, Awb 1:3), so that nothing is open against it."""


Step = Read | Check | Ask | Decide | Draft
END = "einde"


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """One procedure. `law` names the source and its version; `term` the rule of its decision period.

    The rule is named where a statute sets it, and given where a municipality configures it. `starts` names the
    facts that are the day of an event of the term, and `variant` the table output that is its variant.
    `registered` names the facts that the case register keeps of every case, whether or not a person confirmed the
    others: what an archive without confirmed facts still knows.
    """

    name: str
    version: str
    title: str
    law: str
    term: str | Rule
    package: str
    """The Python package that holds its letters."""
    steps: tuple[Step, ...]
    authority: str = "het college van burgemeester en wethouders"
    """The body (bestuursorgaan) that decides, and with which an objection is made."""
    retention: Retention | None = None
    """How long its closed cases are kept (bewaartermijn); None keeps them until a period is declared."""
    starts: Mapping[EventKind, str] = field(default_factory=dict)
    variant: str = ""
    registered: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = check(self)
        if problems:
            raise CasewrightError(f"Workflow {self.name}: " + " ".join(problems))

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """Steps by their id."""
        return {step.id: step for step in self.steps}

    @property
    def rule(self) -> Rule:
        """The rule of its decision period, the latest where it is named. Raises TermError for an unknown one."""
        return self.term if isinstance(self.term, Rule) else find_rule(self.term)

    @property
    def first(self) -> Step:
        """The step a case begins with."""
        return self.steps[0]

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Every fact of every Read step by dotted path."""
        return {
            path: kind
            for step in self.steps
            if isinstance(step, Read)
            for path, kind in step.facts.kinds.items()
        }

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Every table by its id."""
        return {
            use.table.id: use.table for step in self.steps if isinstance(step, Check) for use in step.tables
        }


def leads_to(step: Step) -> tuple[str, ...]:
    """Give the ids of the steps that can follow `step`; END closes the case."""
    if isinstance(step, Ask):
        return (step.completed, step.lapsed)
    if isinstance(step.then, Branch):
        return (*step.then.to.values(), step.then.otherwise)
    return (step.then,)


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
