"""Record: one event as the trace store keeps it, and the hashes that chain it to all that happened before.

There is one chain over the events of all cases, in the order in which they were written. A record's hash is the
SHA-256 of the canonical JSON of the format version, case, workflow, number within the case, kind, actor, time,
payload hash and the hash of the record before it; so no byte of it, no record and no case can be changed or taken
away without breaking the chain at a record that can be named.

The payload is kept beside the record, which holds only its HMAC-SHA-256 under a random salt of its own. Erasing
payload and salt leaves the chain whole, and leaves nothing from which a short text could be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from scaffolds.case import Event, EventKind
from scaffolds.errors import CasewrightError

FORMAT = 1
GENESIS = "0" * 64
ERASURE = "payload_erased"
"""The store's own kind: its payload lists which payloads of the case were erased, and why."""
SALT_BYTES = 32
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Head:
    """The length of the chain and its last hash."""

    events: int
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """An event with its place in the chain: `position` counts from 1 over the store, `seq` from 0 in its case.

    `at` is UTC in ISO 8601 with microseconds; hashes are hexadecimal; `salt` and `body` are None once erased.
    """

    position: int
    case_id: str
    workflow: str
    seq: int
    kind: str
    actor: str
    at: str
    payload_hash: str
    previous: str
    hash: str
    salt: bytes | None
    body: bytes | None

    @property
    def erased(self) -> bool:
        """Whether the payload is gone."""
        return self.body is None

    @property
    def payload(self) -> Mapping[str, Any] | None:
        """The payload, or None once erased."""
        return None if self.body is None else cast(Mapping[str, Any], json.loads(self.body))

    @property
    def event(self) -> Event:
        """The event as it was appended. Raises ValueError once its payload is erased."""
        if self.body is None:
            raise ValueError(f"the payload of event {self.seq} of case {self.case_id} is erased")
        return told(kind=self.kind, actor=self.actor, at=self.at, body=self.body)

    @property
    def well_typed(self) -> bool:
        """Whether every column holds the type it was written with; a damaged file may give back another."""
        texts = (self.case_id, self.workflow, self.kind, self.actor, self.at, self.payload_hash, self.previous)
        return (
            all(isinstance(text, str) for text in (*texts, self.hash))
            and all(isinstance(number, int) for number in (self.position, self.seq))
            and all(isinstance(part, bytes | None) for part in (self.salt, self.body))
        )

    def expected_hash(self) -> str:
        """Compute the hash that this record must have."""
        return hashlib.sha256(
            canonical(
                {
                    "format": FORMAT,
                    "case": self.case_id,
                    "workflow": self.workflow,
                    "seq": self.seq,
                    "kind": self.kind,
                    "actor": self.actor,
                    "at": self.at,
                    "payload_hash": self.payload_hash,
                    "previous": self.previous,
                }
            )
        ).hexdigest()


def told(*, kind: str, actor: str, at: str, body: bytes) -> Event:
    """Give the event that these columns tell of."""
    return Event(
        kind=cast(EventKind, kind), actor=actor, at=datetime.fromisoformat(at), payload=json.loads(body)
    )


def canonical(value: Any) -> bytes:
    """Write JSON in its one canonical form: sorted keys, no spaces, UTF-8.

    A lone surrogate, which UTF-8 cannot hold, is written as its JSON escape. Raises ValueError or TypeError for
    what JSON cannot hold, NaN included.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "backslashreplace")


def payload_hash(salt: bytes, body: bytes) -> str:
    """Give the salted hash of a payload in canonical form."""
    return hmac.new(salt, body, hashlib.sha256).hexdigest()


def chained(
    events: Iterable[Event], *, case_id: str, workflow: str, seq: int, head: Head
) -> tuple[Record, ...]:
    """Make the records that follow `head`, the first of them number `seq` of its case, each with a fresh salt.

    Raises CasewrightError for a name that is empty, long or not printable, a time without zone, and a payload that
    JSON would not give back as it was.
    """
    made: list[Record] = []
    for event in events:
        for name in (case_id, workflow, event.actor):
            if not name or len(name) > MAX_NAME or not name.isprintable():
                raise CasewrightError(
                    f"{name[:40]!r} cannot be stored: a case, workflow or actor is named in 1 to {MAX_NAME} "
                    "printable characters."
                )
        if event.at.tzinfo is None:
            raise CasewrightError(
                f"Case {case_id}: the time of {event.kind} has no zone; give one, such as UTC."
            )
        salt, body = secrets.token_bytes(SALT_BYTES), _body(event, case_id)
        unsealed = Record(
            position=head.events + 1,
            case_id=case_id,
            workflow=workflow,
            seq=seq + len(made),
            kind=event.kind,
            actor=event.actor,
            at=event.at.astimezone(UTC).isoformat(timespec="microseconds"),
            payload_hash=payload_hash(salt, body),
            previous=head.hash,
            hash="",
            salt=salt,
            body=body,
        )
        made.append(replace(unsealed, hash=unsealed.expected_hash()))
        head = Head(made[-1].position, made[-1].hash)
    return tuple(made)


def _body(event: Event, case_id: str) -> bytes:
    try:
        body = canonical(event.payload)
        if json.loads(body) == event.payload:
            return body
    except (TypeError, ValueError):
        pass
    raise CasewrightError(
        f"Case {case_id}: the payload of {event.kind} is not plain JSON (text keys, lists, finite numbers)."
    )
