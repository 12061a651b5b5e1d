"""A case as an episode: the engine drives, the model answers its tasks, the archive answers for everyone else.

Many cases are played at once: in each round every case that waits for the model asks one question, and all
questions are answered together. The person of an archive that holds only outcomes confirms what the model read; a
fact with a problem counts as unsure. An episode ends where a person or the applicant has to act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time

from scaffolds import engine
from scaffolds.case import Case, Document, open_case
from scaffolds.facts import Fact, Facts, parse
from scaffolds.workflow import Read, Workflow


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an archive knows of a case without its facts: the rows that fired, per table, and what its register
    keeps of every case.
    """

    rows: Mapping[str, tuple[str, ...]]
    registered: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Archived:
    """A case of the archive: its documents, and its outcome where that is known."""

    id: str
    received: date
    documents: tuple[Document, ...]
    outcome: Outcome | None = None

    @property
    def texts(self) -> dict[str, str]:
        """Text of the documents by their id."""
        return {document.id: document.text for document in self.documents}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One model task of one episode. `turn` counts the questions of this episode from 0."""

    case: Archived
    step: str
    facts: type[Facts]
    turn: int


@dataclass(frozen=True, kw_only=True)
class Turn:
    """A question with the answer's text and the facts read from it."""

    question: Question
    answer: str
    facts: Mapping[str, Fact]


@dataclass(frozen=True, kw_only=True)
class Episode:
    """One case as it was played: the turns, and the case with its events."""

    archived: Archived
    case: Case
    turns: tuple[Turn, ...] = field(default=())

    @property
    def facts(self) -> dict[str, Fact]:
        """What the model answered, by dotted path."""
        return {path: fact for turn in self.turns for path, fact in turn.facts.items()}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer's text, and in how many parts the documents were read; 0 when they were too long to read."""

    text: str
    parts: int = 1


Answer = Callable[[Sequence[tuple[int, Question]]], Sequence[Reply]]
"""Answers questions, each with the index of its episode; one reply per question, in order."""


def opened(workflow: Workflow, archived: Archived) -> Case:
    """Open a case with the documents of the archive."""
    at = datetime.combine(archived.received, time(12), tzinfo=UTC)
    return open_case(
        archived.id, workflow=workflow.name, documents=archived.documents, received=archived.received, at=at
    )


def play(
    workflow: Workflow, cases: Sequence[Archived], answer: Answer, *, model: str = "policy"
) -> list[Episode]:
    """Play every case until no model task is left; episodes come back in the order of `cases`.

    The same archived case may occur several times (a group). Raises CasewrightError for an answer outside its
    schema, which constrained decoding does not produce.
    """
    episodes = [Episode(archived=archived, case=opened(workflow, archived)) for archived in cases]
    while asked := _questions(workflow, episodes):
        for (index, question), reply in zip(asked, answer(asked), strict=True):
            episodes[index] = _take(workflow, episodes[index], question, reply, model)
    return episodes


def _questions(workflow: Workflow, episodes: Sequence[Episode]) -> list[tuple[int, Question]]:
    asked = []
    for index, episode in enumerate(episodes):
        state = engine.state_of(workflow, episode.case)
        if state.phase == "read" and isinstance(state.step, Read):
            question = Question(
                case=episode.archived, step=state.step.id, facts=state.step.facts, turn=len(episode.turns)
            )
            asked.append((index, question))
    return asked


def _take(workflow: Workflow, episode: Episode, question: Question, reply: Reply, model: str) -> Episode:
    case, archived = episode.case, episode.archived
    facts = parse(question.facts, reply.text, documents=archived.texts, received=archived.received)
    at = case.events[-1].at
    state = engine.state_of(workflow, case)
    case = case.with_events([engine.propose(state, facts, model=model, at=at, parts=reply.parts)])
    settled = {
        path: Fact(path=path, state="unsure") if fact.problems else fact for path, fact in facts.items()
    }
    case = case.with_events(
        [engine.confirm(engine.state_of(workflow, case), settled, person="archief", at=at)]
    )
    turn = Turn(question=question, answer=reply.text, facts=facts)
    return replace(episode, case=engine.run_tables(workflow, case, at=at), turns=(*episode.turns, turn))


def outcome_of(workflow: Workflow, case: Case) -> Outcome:
    """Give the rows that fired in a case: what an archive would know of it."""
    receipts = engine.state_of(workflow, case).receipts
    return Outcome(rows={receipt["table"]: tuple(receipt["rows"]) for receipt in receipts})
