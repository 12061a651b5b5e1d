"""One procedure with its steps, its term and what it keeps; a definition that cannot be followed is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scaffolds.errors import CasewrightError
from scaffolds.facts import Kind
from scaffolds.retention import Retention
from scaffolds.table import Table
from scaffolds.term import EventKind, Rule, find_rule
from scaffolds.workflow.flow import check
from scaffolds.workflow.steps import Check, Read, Step


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
