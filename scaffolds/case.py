"""Document, Event, Case: frozen values. A case is its append-only list of events; its state is a fold.

Offsets are Python code points. Text is kept exactly as it came in; nothing is normalised after offsets exist.
Payloads are plain JSON values, so that an event can be stored, hashed and replayed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from scaffolds.errors import CasewrightError
from scaffolds.facts import Evidence, Fact

EventKind = Literal[
    "case_opened",
    "document_added",
    "facts_proposed",
    "facts_confirmed",
    "table_evaluated",
    "override_asked",
    "override_refused",
    "table_overridden",
    "term_computed",
    "completion_asked",
    "completion_received",
    "completion_lapsed",
    "decided",
    "signed",
    "draft_proposed",
    "letter_sent",
    "handed_over",
    "case_closed",
    "bsn_shown",
]
ASIDE: frozenset[EventKind] = frozenset({"bsn_shown"})
"""What is noted beside the handling of a case: it leaves the case where it stands, and may follow its closing."""

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local_day(at: datetime) -> date:
    """The calendar day in the Netherlands; moments are kept in UTC, and terms are counted in days here."""
    return at.astimezone(AMSTERDAM).date()


@dataclass(frozen=True, kw_only=True)
class Document:
    """A text with an identity and a hash. `received` is the day it came in (Europe/Amsterdam).

    `original` is the SHA-256 of the file that the text was taken from, empty where there is none; `notes` is what its
    reader has to know of it, as plain JSON.
    """

    id: str
    text: str
    received: date
    kind: str = "stuk"
    original: str = ""
    notes: tuple[Mapping[str, Any], ...] = ()

    @property
    def scan(self) -> bool:
        """Whether it holds no text, so that only a person can read it."""
        return not self.text.strip()

    @cached_property
    def sha256(self) -> str:
        """Hash of the UTF-8 text."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened: what, when, and by whom ("model:…", "table", "person:…", "applicant", "desk")."""

    kind: EventKind
    actor: str
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One application being handled. `events` only ever grows; use `with_events`."""

    id: str
    workflow: str
    events: tuple[Event, ...] = ()

    def with_events(self, events: Iterable[Event]) -> Case:
        """Return the case with `events` appended; refuses to go on after the case was closed."""
        added = tuple(events)
        goes_on = any(event.kind not in ASIDE for event in added)
        if goes_on and any(event.kind == "case_closed" for event in self.events):
            raise CasewrightError(f"Case {self.id} is closed; open a new case instead of adding to it.")
        return replace(self, events=self.events + added)

    def of(self, kind: EventKind) -> tuple[Event, ...]:
        """All events of one kind, oldest first."""
        return tuple(event for event in self.events if event.kind == kind)

    @cached_property
    def received(self) -> date:
        """The day on which the application came in: day 0 of its terms."""
        if not self.events or self.events[0].kind != "case_opened":
            raise CasewrightError(f"Case {self.id} does not begin with case_opened.")
        return date.fromisoformat(self.events[0].payload["received"])

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Every document, in the order in which it came in."""
        return tuple(
            Document(
                id=p["id"],
                text=p["text"],
                received=date.fromisoformat(p["received"]),
                kind=p["kind"],
                original=p.get("original", ""),
                notes=tuple(p.get("notes", ())),
            )
            for p in (event.payload for event in self.of("document_added"))
        )

    def facts(self, *, confirmed: bool = True) -> dict[str, Fact]:
        """Fold the facts of all Read steps by dotted path, the latest answer last."""
        kind: EventKind = "facts_confirmed" if confirmed else "facts_proposed"
        known: dict[str, Fact] = {}
        for event in self.of(kind):
            known |= {item["path"]: fact_from_json(item) for item in event.payload["facts"]}
        return known


def document_payload(document: Document) -> dict[str, Any]:
    """Write a document as the payload of `document_added`."""
    file = {"original": document.original, "notes": [dict(note) for note in document.notes]}
    return (file if document.original else {}) | {
        "id": document.id,
        "kind": document.kind,
        "received": document.received.isoformat(),
        "sha256": document.sha256,
        "text": document.text,
    }


def beside_scans(facts: Mapping[str, Fact], documents: Iterable[Document]) -> dict[str, Fact]:
    """What was read, where a document may hold more that only a person can read: what was not found is unsure."""
    if not any(document.scan for document in documents):
        return dict(facts)
    return {path: replace(f, state="unsure") if f.state == "not_stated" else f for path, f in facts.items()}


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """Write a fact as plain JSON."""
    return {
        "path": fact.path,
        "state": fact.state,
        "values": list(fact.values),
        "evidence": [dict(vars(place)) for place in fact.evidence],
        "problems": list(fact.problems),
    }


def fact_from_json(item: Mapping[str, Any]) -> Fact:
    """Read a fact back from plain JSON."""
    return Fact(
        path=item["path"],
        state=item["state"],
        values=tuple(item["values"]),
        evidence=tuple(Evidence(**place) for place in item["evidence"]),
        problems=tuple(item["problems"]),
    )


def open_case(name: str, *, workflow: str, documents: Iterable[Document], received: date, at: datetime) -> Case:
    """Open a case with the documents that came in; `received` is day 0 of its terms."""
    opening = Event(kind="case_opened", actor="applicant", at=at, payload={"received": received.isoformat()})
    added = (
        Event(kind="document_added", actor="applicant", at=at, payload=document_payload(document))
        for document in documents
    )
    return Case(id=name, workflow=workflow).with_events([opening, *added])
