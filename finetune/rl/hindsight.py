"""Hindsight: what an episode would have said had the policy known what the archive knows.

Where a whole group is wrong, comparing its episodes teaches nothing, and with few episodes that happens most where the
policy is sure of itself. So one episode of each group is retold with what the register keeps and with what was asked
for, and stands in the group as an answer like the others (guidance by traces that the policy did not make: Yan et
al., arXiv 2504.14945). It gains where the others are wrong and nothing where they are right.

The quotation is one that an episode of the group gave for the same value, else the words that state it; a value that
the documents do not state is left as it was said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from finetune.archive import known
from scaffolds.environment import Archived, Episode
from scaffolds.facts import Fact, Kind, render, support
from scaffolds.workflow import Workflow


def retold(workflow: Workflow, episode: Episode, group: Sequence[Episode]) -> Episode:
    """Give `episode` with its answers corrected by the outcome of its case; without an outcome as it was."""
    archived = episode.archived
    if archived.outcome is None:
        return episode
    told = known(workflow, archived.outcome)
    turns = []
    for turn in episode.turns:
        kinds = turn.question.facts.kinds
        facts = {
            path: _told(fact, told[path], kinds[path], archived, [one.facts for one in group]) if path in told else fact
            for path, fact in turn.facts.items()
        }
        turns.append(replace(turn, answer=render(turn.question.facts, facts), facts=facts))
    return replace(episode, turns=tuple(turns))


def _told(
    said: Fact, true: Fact, kind: Kind, archived: Archived, group: Sequence[Mapping[str, Fact]]
) -> Fact:
    """The true answer with a quotation, or what was said where none is found."""
    if _right(said, true):
        return said
    if true.state != "stated":
        return true
    for answers in group:
        if true.path in answers and _right(answers[true.path], true):
            return answers[true.path]
    places = [support(kind, value, documents=archived.texts, received=archived.received) for value in true.values]
    evidence = tuple(place for place in places if place is not None)
    return replace(true, evidence=evidence) if len(evidence) == len(places) else said


def _right(said: Fact, true: Fact) -> bool:
    return not said.problems and said.says(true)
