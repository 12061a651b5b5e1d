"""Archive: what remains of decided cases. Confirmed facts for a few, only the outcome for the many.

A dossier's outcome is made by replaying its gold facts through the workflow's own engine, so that training data,
reward and service share one definition of what follows from a fact.
"""

from collections.abc import Sequence

from data_templates.dossier import Dossier
from scaffolds.environment import Archived, Episode, Question, Reply, outcome_of, play
from scaffolds.facts import render
from scaffolds.workflow import Workflow


def without_outcome(dossier: Dossier) -> Archived:
    """The application alone: what the model gets to read."""
    return Archived(id=dossier.id, received=dossier.received, documents=dossier.documents)


def replay(workflow: Workflow, dossiers: Sequence[Dossier], cases: Sequence[Archived]) -> list[Episode]:
    """Play `cases` with the gold answers of `dossiers`, pair by pair."""

    def gold(asked: Sequence[tuple[int, Question]]) -> list[Reply]:
        return [Reply(text=render(question.facts, dossiers[index].gold[question.step])) for index, question in asked]

    return play(workflow, cases, gold, model="gold")


def archive(workflow: Workflow, dossiers: Sequence[Dossier]) -> list[Archived]:
    """Give the archived case of every dossier: documents and outcome, no facts."""
    cases = [without_outcome(dossier) for dossier in dossiers]
    episodes = replay(workflow, dossiers, cases)
    return [
        Archived(id=case.id, received=case.received, documents=case.documents,
                 outcome=outcome_of(workflow, episode.case))
        for case, episode in zip(cases, episodes, strict=True)
    ]
