"""A case as its page shows it: where it stands, what a person has to do, and everything that this rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from scaffolds.case import Case, Event
from scaffolds.engine import State
from scaffolds.facts import Fact
from scaffolds.table import Table
from scaffolds.term import TermResult
from scaffolds.workflow import Ask, Read, Workflow
from workflows.desk import worklist
from workflows.desk.desk import Desk, Suggestion
from workflows.desk.view.facts import Line, lines
from workflows.desk.view.letters import due, sent_letter
from workflows.desk.view.marks import Marked, mark
from workflows.desk.view.masking import masked
from workflows.letter import Change, Letter, Part, differences


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A table's outcome as the case has it now. `overridable` are its outputs with the values each may have."""

    table: Table
    receipt: Mapping[str, Any]
    set_aside: bool
    overridable: Mapping[str, tuple[str, ...]]

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """The rows that fired: id, article, explanation."""
        fired = [row for row in self.table.rows if row.id in self.receipt["rows"]]
        return [(row.id, str(row.source) if row.source else "", row.explanation_nl) for row in fired]


@dataclass(frozen=True, kw_only=True)
class View:
    """A case for its page. `reading` are the facts that wait for a person, `known` those that were confirmed."""

    case: Case
    workflow: Workflow
    state: State
    documents: tuple[Marked, ...]
    reading: tuple[Line, ...]
    suggestion: Suggestion
    known: tuple[Line, ...]
    rules: tuple[Rule, ...]
    term: TermResult | None
    today: date
    role: str
    holder: str | None
    draft: tuple[Part, ...]
    letter: Letter | None
    draft_problem: str
    changes: tuple[Change, ...]
    missing: tuple[str, ...]
    decided: Event | None
    asked: Event | None
    sent: Event | None
    bsn: Literal["none", "masked", "shown"]
    """Whether the case holds citizen service numbers, and whether this view shows them."""

    @property
    def expected(self) -> int:
        """How many events this view saw."""
        return len(self.case.events)

    @property
    def days_left(self) -> int | None:
        """Days until the target, that day included; below zero where it is past."""
        return (self.term.safe_end - self.today).days if self.term else None

    @property
    def suspended(self) -> bool:
        """Whether the term stands still: something is awaited, or a suspension has no known end."""
        return self.state.phase == "await" or bool(self.term and self.term.suspended)

    @property
    def draft_text(self) -> str:
        """The draft letter as one text."""
        return "".join(part.text for part in self.draft)

    @property
    def draft_body(self) -> str:
        """The draft letter's body, as a person edits it."""
        return self.letter.body if self.letter else ""


def view(desk: Desk, case: Case, *, revealed: bool = False) -> View:
    """Lay out a case, with every BSN masked unless it is `revealed` to who gave a reason."""
    hidden = masked(case)
    bsn: Literal["none", "masked", "shown"] = "none" if hidden is case else "shown" if revealed else "masked"
    case = case if revealed else hidden
    workflow = desk.workflows[case.workflow]
    state = desk.state(case)
    known = lines(workflow.kinds, state.known)
    reading, suggestion = _reading(desk, case, state, first=len(known) + 1)
    supported = [(line.number, line.fact) for line in (*known, *reading)]
    draft, letter, problem = due(workflow, case, state, on=desk.today)
    drafted, sent = sent_letter(workflow, case)
    missing = state.outputs.get(state.step.items, ()) if isinstance(state.step, Ask) else ()
    return View(
        case=case,
        workflow=workflow,
        state=state,
        documents=tuple(mark(case.documents, supported)),
        reading=tuple(reading),
        suggestion=suggestion,
        known=tuple(known),
        rules=tuple(_rule(workflow, receipt) for receipt in state.receipts),
        term=worklist.term(workflow, case),
        today=desk.today,
        role=worklist.waits_for(case, state),
        holder=worklist.holder(case),
        draft=tuple(draft),
        letter=letter if letter else sent,
        draft_problem=problem,
        changes=differences(drafted, sent) if drafted and sent and drafted != sent else (),
        missing=tuple(missing),
        decided=_last(case, "decided") if state.decision else None,
        asked=_last(case, "completion_asked"),
        sent=_last(case, "letter_sent"),
        bsn=bsn,
    )


def _reading(desk: Desk, case: Case, state: State, *, first: int) -> tuple[list[Line], Suggestion]:
    if state.phase != "confirm" or not isinstance(state.step, Read):
        return [], "none"
    suggestion = desk.suggestion(case, state)
    proposal = case.of("facts_proposed")[-1]
    if suggestion == "shown":
        sure = proposal.payload.get("confidence", {})
        return lines(state.step.facts.kinds, state.proposed, confidence=sure, first=first), suggestion
    # What is not shown is not on the page at all, its evidence neither.
    blank = {path: Fact(path=path, state="unsure") for path in state.step.facts.kinds}
    return lines(state.step.facts.kinds, blank, first=first), suggestion


def _rule(workflow: Workflow, receipt: Mapping[str, Any]) -> Rule:
    table = workflow.tables[receipt["table"]]
    overridable = {}
    for column in table.outputs:
        if column.domain.kind == "enum":
            overridable[column.name] = tuple(str(value) for value in column.domain.values())
    return Rule(
        table=table,
        receipt=receipt,
        set_aside="asked_by" in receipt,
        overridable=overridable if len(overridable) == len(table.outputs) else {},
    )


def _last(case: Case, kind: Any) -> Event | None:
    found = case.of(kind)
    return found[-1] if found else None
