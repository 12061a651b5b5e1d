"""The steps that a workflow is declared with: read, check, ask, decide, draft, and what leads from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scaffolds.facts import Facts
from scaffolds.table import Table

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


def leads_to(step: Step) -> tuple[str, ...]:
    """Give the ids of the steps that can follow `step`; END closes the case."""
    if isinstance(step, Ask):
        return (step.completed, step.lapsed)
    if isinstance(step.then, Branch):
        return (*step.then.to.values(), step.then.otherwise)
    return (step.then,)
