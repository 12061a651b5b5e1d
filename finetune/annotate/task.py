"""Task: one thing that annotators are asked, with all that is known of it on our side.

Label Studio gets what is shown, the task's key and a hash of both, and nothing else: gold answers and whether a
suggestion was planted stay in the ledger. Offsets in the shown text are code points; `parts` says which stretch of it
is which document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from data_templates.labelling import FormKind
from scaffolds.bsn import mask
from scaffolds.case import Document
from scaffolds.files import sha256_json

Circle = Literal["shown", "blind", "senior"]
Why = Literal["conflict", "doubt", "random", "gold", "adjudication"]
OURS = "casewright"
_BETWEEN = "\n\n"


@dataclass(frozen=True, kw_only=True)
class Part:
    """A document's stretch of the shown text: [start, end) in code points."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task. `shown` is the data by the names of its form; `proposed`, `planted` and `gold` are answers."""

    kind: FormKind
    workflow: str
    version: str
    step: str
    case: str
    received: date
    shown: Mapping[str, Any]
    parts: tuple[Part, ...] = ()
    proposed: Mapping[str, Any] | None = None
    """The answer that is suggested, where one is: of the model, or planted."""
    model: str = ""
    circle: Circle = "shown"
    why: Why = "random"
    gold: Mapping[str, Any] | None = None
    planted: bool = False
    """Whether the suggestion is wrong on purpose."""
    drafts: Mapping[str, Mapping[str, str]] | None = None
    """The two drafts by side: text, the model's answer behind it, and the model."""

    about: str = ""
    """In the circle `senior`: the key of the task on which annotators disagreed."""
    rivals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Their answers, by pseudonym."""

    @property
    def key(self) -> str:
        """Who this task is: the same content at the same step has the same key, however often it is planned."""
        about = [self.kind, self.workflow, self.version, self.step, self.case, self.about]
        return sha256_json([*about, self.shown])[:32]

    @property
    def data(self) -> dict[str, Any]:
        """What Label Studio gets."""
        return {**self.shown, OURS: {"key": self.key, "sha256": sha256_json(dict(self.shown))}}

    @property
    def suggests(self) -> bool:
        """Whether the annotator sees a suggestion."""
        return self.circle == "shown" and self.proposed is not None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self) | {"received": self.received.isoformat()}

    @classmethod
    def from_dict(cls, item: Mapping[str, Any]) -> Task:
        """Read a task back."""
        parts = tuple(Part(**part) for part in item["parts"])
        return cls(**{**item, "received": date.fromisoformat(item["received"]), "parts": parts})


def join_documents(documents: Sequence[Document]) -> tuple[str, tuple[Part, ...]]:
    """Lay documents after one another as they are shown, every BSN masked, and say where each stands."""
    parts, text = [], ""
    for document in documents:
        text += _BETWEEN if text else ""
        parts.append(Part(document=document.id, start=len(text), end=len(text) + len(document.text)))
        text += mask(document.text)
    return text, tuple(parts)


def altered(task: Task, data: Any) -> bool:
    """Whether the server's copy of a task differs from what was pushed, in any character."""
    return bool(data != task.data)
