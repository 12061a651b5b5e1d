"""Archive: what remains of decided cases. Confirmed facts for a few, only the outcome for the many.

A dossier's outcome is made by replaying its gold facts through the workflow's own engine, so that training data,
reward and service share one definition of what follows from a fact.
"""

from collections.abc import Sequence
from dataclasses import replace

from data_templates.dossier import Dossier
from scaffolds import engine
from scaffolds.environment import Archived, Episode, Outcome, Question, Reply, outcome_of, play
from scaffolds.facts import Fact, render
from scaffolds.workflow import Check, Holds, Stated, Workflow


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
    return [
        replace(case, outcome=Outcome(rows=_rows(workflow, episode), registered=_registered(workflow, episode)))
        for case, episode in zip(cases, replay(workflow, dossiers, cases), strict=True)
    ]


def _registered(workflow: Workflow, episode: Episode) -> dict[str, Fact]:
    """What the register keeps, without what the applicant may have added only when asked."""
    asked = set(asked_about(workflow))
    return {
        path: fact
        for path, fact in episode.facts.items()
        if path in workflow.registered and (fact.state == "stated" or path not in asked)
    }


def _rows(workflow: Workflow, episode: Episode) -> dict[str, tuple[str, ...]]:
    rows = dict(outcome_of(workflow, episode.case).rows)
    known = engine.state_of(workflow, episode.case).known
    added = {path for path, fact in known.items() if fact.state != "stated"} & set(asked_about(workflow))
    for step in workflow.steps:
        for use in step.tables if isinstance(step, Check) else ():
            rests_on = {path for source in use.inputs.values() for path in source.paths}
            if use.table.id not in rows and engine.applies(use, known) and not rests_on & added:
                rows[use.table.id] = engine.evaluate(use, known, on=episode.archived.received).row_ids
    return rows


def asked_about(workflow: Workflow) -> list[str]:
    """Give the facts that an applicant is asked for when they are missing."""
    return [
        source.path
        for step in workflow.steps
        if isinstance(step, Check)
        for use in step.tables
        for source in use.inputs.values()
        if isinstance(source, Stated | Holds)
    ]
