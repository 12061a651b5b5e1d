"""Archive: what remains of decided cases. Confirmed facts for a few, only the outcome for the many.

A dossier's outcome is made by replaying its gold facts through the workflow's own engine, so that training data,
reward and service share one definition of what follows from a fact.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from data_templates.dossier import Dossier
from scaffolds import engine
from scaffolds.environment import Archived, Episode, Outcome, Question, Reply, outcome_of, play
from scaffolds.facts import Fact, State, render
from scaffolds.workflow import Check, Holds, Stated, Use, Workflow

_MISSING: tuple[State, ...] = ("not_stated", "unsure")


def without_outcome(dossier: Dossier) -> Archived:
    """The application alone: what the model gets to read."""
    return Archived(id=dossier.id, received=dossier.received, documents=dossier.documents)


def replay(workflow: Workflow, dossiers: Sequence[Dossier], cases: Sequence[Archived]) -> list[Episode]:
    """Play `cases` with the gold answers of `dossiers`, pair by pair."""

    def gold(asked: Sequence[tuple[int, Question]]) -> list[Reply]:
        return [
            Reply(text=render(question.facts, dossiers[index].gold[question.step]))
            for index, question in asked
        ]

    return play(workflow, cases, gold, model="gold")


def archive(workflow: Workflow, dossiers: Sequence[Dossier]) -> list[Archived]:
    """Give the archived case of every dossier: documents and outcome, no facts.

    The outcome holds what the case register keeps, the rows that fired on the application, and those that fired
    once it was completed. Of the
    latter only the tables that rest on nothing the applicant had to add later: what was added is not in these
    documents, so no reader of them could know.
    """
    cases = [without_outcome(dossier) for dossier in dossiers]
    missing, unenclosed = _asked(workflow, Stated), _asked(workflow, Holds)
    return [
        replace(
            case,
            outcome=Outcome(
                rows=_rows(workflow, episode, asked={*missing, *unenclosed}),
                registered=_registered(workflow, episode, asked=missing),
            ),
        )
        for case, episode in zip(cases, replay(workflow, dossiers, cases), strict=True)
    ]


Asked = Set[tuple[str, State]]
"""Facts that are asked for, and in which state."""


def _registered(workflow: Workflow, episode: Episode, *, asked: Asked) -> dict[str, Fact]:
    """What the register keeps, without what the applicant may have added only when asked.

    Enclosures are registered on the day they arrive, so what came with the application is known.
    """
    return {
        path: fact
        for path, fact in episode.facts.items()
        if path in workflow.registered and (path, fact.state) not in asked
    }


def _rows(workflow: Workflow, episode: Episode, *, asked: Asked) -> dict[str, tuple[str, ...]]:
    rows = dict(outcome_of(workflow, episode.case).rows)
    known = engine.state_of(workflow, episode.case).known
    added = {path for path, fact in known.items() if (path, fact.state) in asked}
    for step in workflow.steps:
        for use in step.tables if isinstance(step, Check) else ():
            rests_on = {path for source in use.inputs.values() for path in source.paths}
            if use.table.id not in rows and engine.applies(use, known) and not rests_on & added:
                rows[use.table.id] = engine.evaluate(use, known, on=episode.archived.received).row_ids
    return rows


def known(workflow: Workflow, archived: Archived) -> dict[str, Fact]:
    """What the outcome of a case says of its facts, without quotations; nothing where it has no outcome.

    What the register keeps has its values. What was asked for was not stated, or contradicted; what would have been
    asked for, and was not, was stated, whatever its value. Of a fact that is not asked for in every case where it is
    missing, nothing is said either way: to know only where it is missing would teach that it mostly is.
    """
    outcome = archived.outcome
    if outcome is None:
        return {}
    told = {path: replace(fact, evidence=()) for path, fact in outcome.registered.items()}
    # A row that also rests on what no register keeps may not have fired because of that.
    asking = [
        one for one in _asking(workflow, Stated)
        if one.use.table.id in outcome.rows
        and one.path not in told
        and one.rests_on <= told.keys()
        and len(one.states) == 1
    ]
    found = {}
    for path in dict.fromkeys(one.path for one in asking):
        mine = [one for one in asking if one.path == path]
        missing = [Fact(path=path, state=state) for state in _MISSING]
        if all(any(_fires(one, {**told, path: fact}, on=archived.received) for one in mine) for fact in missing):
            fired = [one.states[0] for one in mine if one.row in outcome.rows[one.use.table.id]]
            found[path] = Fact(path=path, state=fired[0] if fired else "stated")
    return told | found


def _fires(asking: "_Asking", facts: Mapping[str, Fact], *, on: date) -> bool:
    return engine.applies(asking.use, facts) and asking.row in engine.evaluate(asking.use, facts, on=on).row_ids


def _asked(workflow: Workflow, kind: type[Stated] | type[Holds]) -> Asked:
    """The facts that are asked for, and in which state."""
    return {(one.path, state) for one in _asking(workflow, kind) for state in one.states}


class _Asking(NamedTuple):
    """A row that asks for a fact in these states, where facts that it rests on say that it is meant."""

    use: Use
    row: str
    path: str
    states: tuple[State, ...]
    rests_on: frozenset[str]


def _asking(workflow: Workflow, kind: type[Stated] | type[Holds]) -> Iterator[_Asking]:
    """Every row that asks for a fact: what the row tests last. The tests before it say for which cases it is meant."""
    uses = [use for step in workflow.steps if isinstance(step, Check) for use in step.tables]
    for use, row in ((one, row) for one in uses for row in one.table.rows):
        tested = [pair for pair in zip(use.table.inputs, row.cells, strict=True) if pair[1].text != "-"]
        if not tested or not isinstance(source := use.inputs[tested[-1][0].name], kind):
            continue
        column, cell = tested[-1]
        states = tuple(
            state for state in _MISSING if cell.holds(column.domain.ordinal(engine.STATED[state]), column.domain.size)
        )
        if states:
            before = frozenset(path for column, _ in tested[:-1] for path in use.inputs[column.name].paths)
            yield _Asking(use, row.id, source.path, states, before)
