"""The work list: one row per case with what a list shows of it, and the words by which it is found.

A row follows from the case alone and is written with the events it follows from. A page reads as many rows as it
shows, through an index, whatever the number of cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Engine, FromClause, Select, and_, or_, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from scaffolds.bsn import mask
from scaffolds.calendar import CalendarError
from scaffolds.case import ASIDE, Case
from scaffolds.clock import term_of
from scaffolds.engine import WHO, State
from scaffolds.facts import Choice
from scaffolds.term import TermError, TermResult
from scaffolds.workflow import Decide, Workflow
from workflows.desk.database import moment, upsert
from workflows.desk.people import ALL, Person
from workflows.desk.tables import cases, words

PER_PAGE = 50
FEW = 1_000
"""A word of at most so many cases is a way to find them."""
MOST_WORDS = 60
Order = Literal["target", "doubt"]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A case as the work list shows it. `target` and `deadline` are empty where the term cannot be computed."""

    id: str
    workflow: str
    title: str
    received: str
    step: str
    phase: str
    role: str
    holder: str | None
    target: str
    deadline: str
    suspended: bool
    doubt: float
    closed: bool


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What someone wants to see. `after` is the place of the last line of the page before."""

    holder: str | None = None
    role: str | None = None
    workflow: str | None = None
    words: str = ""
    closed: bool = False
    order: Order = "target"
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some lines, and where the next page goes on; empty at the end."""

    lines: tuple[Line, ...]
    after: str


def term(workflow: Workflow, case: Case) -> TermResult | None:
    """The term of a case; None where it cannot be computed, which a person then has to look at."""
    try:
        return term_of(workflow, case)
    except (TermError, CalendarError):
        return None


def write(connection: Connection, workflow: Workflow, case: Case, state: State) -> None:
    """Write the row of a case and its words."""
    clock = term(workflow, case)
    values = {
        "workflow": case.workflow,
        "title": title(workflow, case, state),
        "received": case.received.isoformat(),
        "events": len(case.events),
        "step": state.step.id if state.step else "",
        "phase": state.phase,
        "role": waits_for(case, state),
        "holder": holder(case),
        "target": clock.safe_end.isoformat() if clock else "",
        "deadline": clock.legal_end.isoformat() if clock else "",
        "suspended": state.phase == "await" or bool(clock and clock.suspended),
        "doubt": doubt(case, state),
        "closed": state.phase == "closed",
        "updated": moment(case.events[-1].at),
    }
    upsert(connection, cases, {"id": case.id}, values)
    connection.execute(words.delete().where(words.c.case_id == case.id))
    found = sorted(set(_words(workflow, case, state)))[:MOST_WORDS]
    connection.execute(words.insert(), [{"word": word, "case_id": case.id} for word in found])


def waits_for(case: Case, state: State) -> str:
    """Who has to act: a role, the model, the applicant, or nobody."""
    if state.override is not None:
        return "teamleider"
    last = next(event for event in reversed(case.events) if event.kind not in ASIDE)
    if last.kind == "handed_over" and last.payload.get("role"):
        return str(last.payload["role"])
    if isinstance(state.step, Decide):
        return state.step.role if state.phase == "decide" else str(state.step.second)
    who = "" if state.phase == "closed" else WHO[state.phase]
    return "behandelaar" if who == "person" else who


def holder(case: Case) -> str | None:
    """Who took the case or was given it last."""
    handed = case.of("handed_over")
    return handed[-1].payload.get("person") if handed else None


def doubt(case: Case, state: State) -> float:
    """How unsure the model was of the least sure fact that waits for a person, 0 to 1; 1 where it gave none."""
    if state.phase != "confirm":
        return 0.0
    sure = case.of("facts_proposed")[-1].payload.get("confidence", {})
    return max(
        (1.0 if fact.handed_over else 1.0 - float(sure.get(path, 1.0)) for path, fact in state.proposed.items()),
        default=0.0,
    )


def title(workflow: Workflow, case: Case, state: State) -> str:
    """Name a case by what was confirmed of it first: a choice and a text; else by its first document."""
    known = [fact for fact in state.known.values() if fact.state == "stated"]
    choice = next((f for f in known if isinstance(workflow.kinds[f.path], Choice)), None)
    text = next((f for f in known if workflow.kinds[f.path].copied), None)
    parts = [str(text.value)] if text else []
    if choice is not None and text is not None:
        parts.append(workflow.kinds[choice.path].options.get(str(choice.value), ""))  # type: ignore[attr-defined]
    shown = ", ".join(part for part in parts if part) or (case.documents[0].id if case.documents else case.id)
    return "".join(sign if sign.isprintable() else " " for sign in mask(shown))[:200]


def _words(workflow: Workflow, case: Case, state: State) -> Iterator[str]:
    yield case.id.casefold()[:200]
    texts = [document.id for document in case.documents]
    texts += [str(v) for f in state.known.values() if workflow.kinds[f.path].copied for v in f.values]
    texts += [str(f.value) for f in state.known.values() if f.path.rpartition(".")[2] == "postcode" and f.value]
    for text in texts:
        yield from (word.casefold()[:200] for word in re.findall(r"[\w-]{2,}", text))


def find(engine: Engine, wanted: Wanted, *, person: Person) -> Page:
    """Give a page of what the person may see."""
    with engine.connect() as connection:
        listed, common = _among(connection, wanted.words)
        of = listed.c
        query = select(*(of[name] for name in Line.__dataclass_fields__)).where(of.closed == wanted.closed)
        if ALL not in person.workflows:
            query = query.where(of.workflow.in_(person.workflows))
        for column, value in (("holder", wanted.holder), ("role", wanted.role), ("workflow", wanted.workflow)):
            if value:
                query = query.where(of[column] == value)
        for found in common:
            query = query.where(found.where(words.c.case_id == of.id).exists())
        query = _after(query, of, wanted)
        ordered = (of.target, of.id) if wanted.order == "target" else (of.doubt.desc(), of.id.desc())
        rows = connection.execute(query.order_by(*ordered).limit(PER_PAGE + 1)).all()
    lines = tuple(Line(**row._asdict()) for row in rows[:PER_PAGE])
    last = rows[PER_PAGE - 1] if len(rows) > PER_PAGE else None
    after = f"{last.target if wanted.order == 'target' else repr(last.doubt)}~{last.id}" if last else ""
    return Page(lines=lines, after=after)


def _among(connection: Connection, typed: str) -> tuple[FromClause, list[Select[Any]]]:
    """Where to look for cases with the words that were typed, and the words left to look for there.

    A word of few cases leads to them; one of many is looked for in each case in turn, which soon fills a page.
    """
    few: list[set[str]] = []
    common: list[Select[Any]] = []
    for word in typed.casefold().split()[:5]:
        start = word[:200]
        end = start[:-1] + chr(min(ord(start[-1]) + 1, 0x10FFFF))
        if 0xD800 <= ord(end[-1]) <= 0xDFFF:
            end = end[:-1] + "\ue000"
        found = select(words.c.case_id).where(words.c.word >= start, words.c.word < end)
        some = connection.execute(found.limit(FEW + 1)).scalars().all()
        if len(some) > FEW:
            common.append(found)
        else:
            few.append(set(some))
    if not few:
        return cases, common
    rows = select(cases).where(cases.c.id.in_(sorted(set.intersection(*few))))
    return rows.cte("found").prefix_with("MATERIALIZED"), common


def _after(query: Select[Any], of: ReadOnlyColumnCollection[str, Any], wanted: Wanted) -> Select[Any]:
    place, _, last = wanted.after.partition("~")
    if not last:
        return query
    if wanted.order == "target":
        return query.where(
            or_(of.target > place, and_(of.target == place, of.id > last))
        )
    try:
        number = float(place)
    except ValueError:
        return query
    return query.where(or_(of.doubt < number, and_(of.doubt == number, of.id < last)))


def ids(engine: Engine, *, prefix: str) -> str | None:
    """The last case id that begins with `prefix`."""
    query = select(cases.c.id).where(cases.c.id >= prefix, cases.c.id < prefix + "~")
    with engine.connect() as connection:
        return connection.execute(query.order_by(cases.c.id.desc()).limit(1)).scalar_one_or_none()


def late(engine: Engine, *, today: str, workflows: Sequence[str], most: int = 1000) -> int:
    """How many open cases are past their legal end, counted up to `most`."""
    query = (
        select(cases.c.id)
        .where(
            cases.c.closed.is_(False),
            cases.c.target < today,
            cases.c.deadline < today,
            cases.c.deadline > "",
            cases.c.suspended.is_(False),
            cases.c.workflow.in_(list(workflows)),
        )
        .limit(most)
    )
    with engine.connect() as connection:
        return len(connection.execute(query).all())
