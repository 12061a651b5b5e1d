"""Adjudicate: what annotators do not agree on goes to a senior annotator, and what is settled becomes the outcome.

A disagreement is a task of its own in the circle `senior`, with every answer as a suggestion. The outcome is the
confirmed fact as the desk would record it, with the history of who said what before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal

from finetune.annotate.answer import fields
from finetune.annotate.figures import Answered, answered
from finetune.annotate.ledger import Annotation, Ledger
from finetune.annotate.task import Task
from scaffolds.case import Event, EventKind

Settled = Literal["agreed", "adjudicated"]
OUTCOMES = "outcomes.jsonl"
_EVENTS: Mapping[str, EventKind] = {"facts": "facts_confirmed", "decision": "decided"}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What was settled for a task, by whom, and what was said before. Annotators go by their pseudonym."""

    task: Task
    settled: Settled
    answer: Mapping[str, Any]
    by: str
    at: str
    history: tuple[Mapping[str, Any], ...]
    instruction: str

    def event(self) -> Event | None:
        """The event of a case that this is; None for what is no event, such as a comparison of drafts."""
        if (kind := _EVENTS.get(self.task.kind)) is None:
            return None
        payload = {**self.answer, "settled": self.settled, "history": list(self.history)}
        return Event(kind=kind, actor=f"person:{self.by}", at=datetime.fromisoformat(self.at), payload=payload)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        told = {key: getattr(self, key) for key in ("settled", "by", "at", "instruction", "answer", "history")}
        event = self.event()
        head = {"task": self.task.key, "kind": self.task.kind, "case": self.task.case, "step": self.task.step}
        return {**head, **told, "event": asdict(event) | {"at": self.at} if event else None}


def disagreements(ledger: Ledger) -> Iterator[Answered]:
    """The tasks of which two answers differ in any field."""
    for one in answered(ledger):
        said = [fields(annotation.answer or {}) for annotation in one.answers.values()]
        if any(values != said[0] for values in said):
            yield one


def add_adjudications(ledger: Ledger) -> int:
    """Add a task for every disagreement that has none yet; give how many were added."""
    made = [_adjudication(one) for one in disagreements(ledger)]
    new = [task for task in made if ledger.task(task.key) is None]
    position = sum(1 for _ in ledger.tasks())
    with ledger.writing():
        for place, task in enumerate(new, position):
            ledger.add(task, place)
    return len(new)


def _adjudication(one: Answered) -> Task:
    rivals = {who: annotation.answer or {} for who, annotation in one.answers.items()}
    return replace(
        one.task, circle="senior", why="adjudication", about=one.task.key, rivals=rivals, proposed=None, gold=None,
        planted=False,
    )  # fmt: skip


def outcomes(ledger: Ledger) -> Iterator[Outcome]:
    """What is settled so far: what a senior decided, and what as many annotators as were asked agree on."""
    wanted = ledger.get("annotators")
    decided = {task.about: one for task in ledger.tasks("senior") for one in ledger.annotations(task.key)[-1:]}
    for one in answered(ledger):
        history = tuple(_line(who, annotation) for who, annotation in one.answers.items())
        said = [fields(annotation.answer or {}) for annotation in one.answers.values()]
        if senior := decided.get(one.task.key):
            yield _outcome(one.task, "adjudicated", senior, ledger.alias(senior.annotator), history)
        elif len(said) >= wanted and all(values == said[0] for values in said):
            who, first = next(iter(one.answers.items()))
            yield _outcome(one.task, "agreed", first, who, history)


def _outcome(task: Task, how: Settled, one: Annotation, by: str, history: tuple[Mapping[str, Any], ...]) -> Outcome:
    return Outcome(
        task=task, settled=how, answer=one.answer or {}, by=by, at=one.at, history=history, instruction=one.instruction
    )


def _line(who: str, one: Annotation) -> dict[str, Any]:
    return {"by": who, "at": one.at, "seconds": one.seconds, "answer": one.answer, "suggestion": one.suggestion}
