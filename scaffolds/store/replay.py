"""Replays a case: folds its events through its workflow again, evaluates every table and term again. Pure.

A receipt can be repeated only with the table, rule and calendar it was made with. Where one of these has changed
since, that is the difference that is reported, with what would come out now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scaffolds import engine
from scaffolds.case import Case, Event
from scaffolds.clock import term_of
from scaffolds.errors import CasewrightError
from scaffolds.workflow import Workflow


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The first event that does not come out as it was recorded, and in what."""

    seq: int
    kind: str
    what: str

    def __str__(self) -> str:
        return f"event {self.seq} ({self.kind}): {self.what}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """How many receipts came out again as recorded, and the end state or the first difference."""

    receipts: int
    state: engine.State | None
    difference: Difference | None


def replay(workflow: Workflow, case: Case) -> Replay:
    """Replay `case` up to its last event or the first difference."""
    receipts, state = 0, None
    for seq, event in enumerate(case.events):
        before = replace(case, events=case.events[:seq])
        try:
            what = _RECEIPTS[event.kind](workflow, before, event) if event.kind in _RECEIPTS else None
            state = engine.state_of(workflow, replace(case, events=case.events[: seq + 1]))
        except CasewrightError as error:
            what = str(error)
        if what is not None:
            difference = Difference(seq=seq, kind=event.kind, what=what)
            return Replay(receipts=receipts, state=None, difference=difference)
        receipts += event.kind in _RECEIPTS
    return Replay(receipts=receipts, state=state, difference=None)


def _table(workflow: Workflow, case: Case, event: Event) -> str | None:
    then = event.payload
    state = engine.state_of(workflow, case)
    use = next((use for use in engine.pending(state) if use.table.id == then.get("table")), None)
    if use is None:
        return f"table {then.get('table')} is not due here"
    now = engine.evaluate(use, state.known, on=case.received).to_dict()
    if now["hash"] != then.get("hash"):
        rows = (
            "the same rows"
            if now["rows"] == then.get("rows")
            else f"rows {now['rows']}, then {then.get('rows')}"
        )
        return (
            f"table changed: {use.table.id} was version {then.get('version')}, "
            f"is version {now['version']}; it gives {rows} now"
        )
    return _first(then, now)


def _term(workflow: Workflow, case: Case, event: Event) -> str | None:
    then = event.payload
    if not {"version", "calendar"} <= set(then):
        return "is not the receipt of a term"
    now = term_of(workflow, case, version=then["version"]).to_dict()
    if now["calendar"] != then["calendar"]:
        return (
            f"calendar changed: was {then['calendar']}, is {now['calendar']}; "
            f"the legal end is {now['legal_end']}, was {then.get('legal_end')}"
        )
    return _first(then, now)


def _first(then: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    for name, value in now.items():
        if then.get(name) != value:
            return f"{name} was {then.get(name)!r}, comes out as {value!r}"
    return None


_RECEIPTS: Mapping[str, Callable[[Workflow, Case, Event], str | None]] = {
    "table_evaluated": _table,
    "term_computed": _term,
}
