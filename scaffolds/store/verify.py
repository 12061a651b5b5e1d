"""Checks a chain of records against its own hashes, and names every record that is not as it was written. Pure.

What it finds: any changed byte of a record or payload, a record that is missing, added or moved, a payload that is
gone without a recorded erasure, and a tail that is missing while the head remembers it. Who can rewrite the whole
end of the chain together with its head is found out by an anchor: a head that was written down elsewhere before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scaffolds.store.record import ERASURE, GENESIS, Head, Record, payload_hash


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What is wrong, and with which event; `position` is None where it is not one event."""

    what: str
    position: int | None = None
    case_id: str | None = None
    seq: int | None = None

    def __str__(self) -> str:
        if self.position is None:
            return self.what
        return f"event {self.position} (case {self.case_id}, number {self.seq}): {self.what}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What was counted, the head that was reached, and every problem in the order of the chain."""

    events: int
    cases: int
    erased: int
    head: str
    problems: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


def check_chain(records: Iterable[Record], *, head: Head | None, anchor: str | None = None) -> Report:
    """Check `records`, from the first of the store to the last, as they are read; a payload is held at a time.

    `head` is what the store remembers of its chain, None where it remembers nothing.
    """
    problems: list[Problem] = []
    gone: dict[str, Record] = {}
    count = cases = erased = last = 0
    # Of a changed record both its stored and its true hash may be followed, so that only it is named.
    follows = {GENESIS}
    anchored = anchor is None or anchor == GENESIS
    for one in records:
        count, cases = count + 1, cases + (one.seq == 0)
        # A flipped bit can turn a column into another type, which no hash is defined for.
        true = one.expected_hash() if one.well_typed else "damaged"
        if missing := one.position - last - 1:
            problems.append(_problem(one, f"{missing} events before it are missing"))
        elif one.previous not in follows:
            problems.append(_problem(one, f"{one.kind} does not follow the event before it"))
        if true != one.hash:
            problems.append(_problem(one, f"{one.kind} was changed after it was written"))
        elif one.salt is None or one.body is None:
            gone[one.payload_hash] = one
        elif payload_hash(one.salt, one.body) != one.payload_hash:
            problems.append(_problem(one, f"the payload of {one.kind} was changed after it was written"))
        elif one.kind == ERASURE and one.payload is not None:
            named = [item["payload_hash"] for item in one.payload["erased"]]
            taken = [name for name in named if gone.pop(name, None)]
            erased += len(taken)
            if left := len(named) - len(taken):
                problems.append(_problem(one, f"{left} payloads that it records as erased are still there"))
        last, follows = one.position, {one.hash, true}
        anchored = anchored or one.hash == anchor
    problems += [
        _problem(one, f"the payload of {one.kind} is gone and no erasure is recorded") for one in gone.values()
    ]
    if head is None:
        problems.append(Problem(what="the store has lost the head of its chain"))
    elif head.events != last:
        problems.append(Problem(what=f"the chain ends at event {last}; its head remembers {head.events} events"))
    elif head.hash not in follows:
        problems.append(Problem(what="the head of the chain is not the hash of its last event"))
    if not anchored:
        problems.append(
            Problem(what=f"no event has the hash {anchor}: the chain was cut off or rewritten since it was noted")
        )
    return Report(
        events=count,
        cases=cases,
        erased=erased,
        head=head.hash if head else "",
        problems=tuple(sorted(problems, key=lambda problem: problem.position or last + 1)),
    )


def original_of(one: Record) -> str | None:
    """The SHA-256 of the original that a record tells of; None where it tells of none, is erased or cannot be read."""
    if one.kind != "document_added" or not one.well_typed or one.body is None:
        return None
    try:
        named = json.loads(one.body).get("original")
    except (ValueError, AttributeError):
        return None
    return named if isinstance(named, str) and named else None


def check_originals(files: Iterable[tuple[str, bytes | None]], *, told: Mapping[str, Record]) -> tuple[Problem, ...]:
    """Check the originals, by the hash of their payload, one at a time, against the records that tell of them."""
    problems: list[Problem] = []
    missing = dict(told)
    loose = 0
    for name, raw in files:
        one = missing.pop(name, None)
        if one is None:
            loose += raw is not None
        elif not isinstance(raw, bytes):
            problems.append(_problem(one, f"the original of {one.kind} is gone and no erasure is recorded"))
        elif hashlib.sha256(raw).hexdigest() != original_of(one):
            problems.append(_problem(one, f"the original of {one.kind} was changed after it was written"))
    problems += [_problem(one, f"the original of {one.kind} is missing") for one in missing.values()]
    if loose:
        problems.append(Problem(what=f"{loose} originals belong to no event that tells of them"))
    return tuple(problems)


def _problem(one: Record, what: str) -> Problem:
    return Problem(what=what, position=one.position, case_id=one.case_id, seq=one.seq)
