"""Real text: published permit notices with hand-marked fields, read with the workflow's own first question.

Notices are measured on and never trained on. One JSON object per line: `title` (the text), `publisher_metadata`
with `publication_date`, and `gold_hand_read` with the fields of FIELDS that the title states.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scaffolds.case import Document
from scaffolds.decode import Decoder
from scaffolds.decode.policy import Policy
from scaffolds.environment import Archived, Question
from scaffolds.errors import CasewrightError
from scaffolds.facts import parse
from scaffolds.prompt import Prompts
from scaffolds.workflow import Read, Workflow

FIELDS = {
    "street": "locatie.straat",
    "house_number": "locatie.huisnummer",
    "postcode": "locatie.postcode",
    "place": "locatie.plaats",
    "work": "omschrijving",
}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A published notice; `gold` holds the fields it states, by name."""

    id: str
    text: str
    published: date
    gold: dict[str, str]


def load_notices(path: Path) -> list[Notice]:
    """Read a file of notices. Raises CasewrightError with the line that is not one, or for an empty file."""
    notices = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            published = date.fromisoformat(row["publisher_metadata"]["publication_date"])
            gold = {name: row["gold_hand_read"][name] for name in FIELDS if name in row["gold_hand_read"]}
            notices.append(Notice(id=row["id"], text=row["title"], published=published, gold=gold))
        except (KeyError, TypeError, ValueError) as error:
            raise CasewrightError(f"{path}, line {number} is not a notice: {error!r}.") from error
    if not notices:
        raise CasewrightError(f"{path} holds no notices; name another file, or leave out `evaluation.notices`.")
    return notices


@dataclass(frozen=True, kw_only=True)
class NoticeReading:
    """One field of one notice: what was marked by hand, and what was said; None where it is not stated."""

    notice: str
    field: str
    text: str
    gold: str | None
    said: str | None

    @property
    def correct(self) -> bool:
        return self.said == self.gold


def read_notices(
    decoder: Decoder, prompts: Prompts, *, workflow: Workflow, notices: Sequence[Notice], batch_size: int
) -> list[NoticeReading]:
    """Read every field of every notice."""
    said = [
        answer
        for start in range(0, len(notices), batch_size)
        for answer in _answers(decoder, prompts, workflow, notices[start : start + batch_size])
    ]
    return [
        NoticeReading(
            notice=notice.id,
            field=name,
            text=notice.text,
            gold=_plain(name, notice.gold.get(name)),
            said=answer.get(name),
        )
        for answer, notice in zip(said, notices, strict=True)
        for name in FIELDS
    ]


def notice_figures(readings: Sequence[NoticeReading]) -> dict[str, dict[str, float]]:
    """Exact match per field over all notices, and over those that state the field where any does.

    A notice that does not state a field is right when the model says so.
    """
    figures: dict[str, dict[str, float]] = {}
    for name in FIELDS:
        mine = [one for one in readings if one.field == name]
        stated = [one for one in mine if one.gold is not None]
        figures[name] = {
            "exact": sum(one.correct for one in mine) / len(mine),
            "stated": len(stated),
        }
        if stated:
            figures[name]["exact_where_stated"] = sum(one.correct for one in stated) / len(stated)
    return figures


def _answers(
    decoder: Decoder, prompts: Prompts, workflow: Workflow, part: Sequence[Notice]
) -> list[dict[str, str]]:
    first = workflow.first
    assert isinstance(first, Read)
    questions = [
        Question(
            case=Archived(
                id=n.id,
                received=n.published,
                documents=(Document(id=n.id, text=n.text, received=n.published),),
            ),
            step=first.id,
            facts=first.facts,
            turn=0,
        )
        for n in part
    ]
    replies = Policy(decoder, prompts)(list(enumerate(questions)))
    found = []
    for question, reply in zip(questions, replies, strict=True):
        facts = parse(first.facts, reply.text, documents=question.case.texts, received=question.case.received)
        found.append(
            {name: str(facts[path].value) for name, path in FIELDS.items() if facts[path].value is not None}
        )
    return found


def _plain(name: str, gold: str | None) -> str | None:
    """Bring gold to the form of the fact: a postcode without its blank, all else as it stands."""
    return "".join(gold.split()).upper() if gold and name == "postcode" else gold
