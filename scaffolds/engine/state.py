"""Where a case stands: a fold of its events through the steps of its workflow, and the tables that are due there.

An event that cannot follow is refused with what was expected. Going back to an earlier step forgets what later steps
found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from scaffolds.case import ASIDE, Case, Event, fact_from_json
from scaffolds.clock import within
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from scaffolds.facts import State as FactState
from scaffolds.table import Receipt
from scaffolds.workflow import END, Ask, Check, Decide, Draft, Holds, Read, Source, Stated, Step, Use, Within, Workflow

Phase = Literal["read", "confirm", "evaluate", "ask", "await", "decide", "sign", "send", "close", "closed"]
WHO: Mapping[Phase, str] = {
    "read": "model",
    "confirm": "person",
    "evaluate": "table",
    "ask": "person",
    "await": "applicant",
    "decide": "person",
    "sign": "person",
    "send": "person",
    "close": "table",
}
STATED: Mapping[FactState, str] = {"stated": "ja", "not_stated": "nee", "unsure": "tegenstrijdig"}
"""What a table input about a fact itself holds, by the fact's state."""
_PASSING = frozenset({"document_added", "term_computed", "handed_over", "override_refused"}) | ASIDE


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a case stands, and what is known there. `outputs` holds table outputs as "table.output"."""

    step: Step | None
    phase: Phase
    facts: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    proposed: Mapping[str, Fact] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    receipts: tuple[Mapping[str, Any], ...] = ()
    asked: tuple[str, ...] = ()
    decision: str | None = None
    decided_by: str | None = None
    override: Event | None = None
    """What was asked of a person with authority: to put another outcome in the place of a table's."""

    @property
    def known(self) -> dict[str, Fact]:
        """Every confirmed fact by dotted path."""
        return {path: fact for found in self.facts.values() for path, fact in found.items()}


def _entry(step: Step) -> Phase:
    match step:
        case Read():
            return "read"
        case Check():
            return "evaluate"
        case Ask():
            return "ask"
        case Decide():
            return "decide"
        case Draft():
            return "read" if step.facts else "send"


def _enter(workflow: Workflow, state: State, name: str) -> State:
    if name == END:
        return replace(state, step=None, phase="close")
    step = workflow.by_id[name]
    kept = dict(state.facts)
    if name in kept:
        for later in list(kept)[list(kept).index(name) :]:
            del kept[later]
        return replace(state, step=step, phase=_entry(step), facts=kept, proposed={}, outputs={}, receipts=())
    return replace(state, step=step, phase=_entry(step), proposed={})


def _leave(workflow: Workflow, state: State) -> State:
    then = state.step.then  # type: ignore[union-attr]
    if isinstance(then, str):
        return _enter(workflow, state, then)
    if then.on == state.step.id:  # type: ignore[union-attr]
        value: Any = state.decision
    elif then.on in state.outputs:
        value = state.outputs[then.on]
    else:
        fact = state.known.get(then.on)
        value = fact.value if fact and fact.state == "stated" else None
    if isinstance(value, list | tuple):
        value = "iets" if value else "niets"
    return _enter(workflow, state, then.to.get(str(value), then.otherwise))


def _advance(workflow: Workflow, state: State, event: Event) -> State:
    expected: Mapping[str, tuple[Phase, ...]] = {
        "facts_proposed": ("read",),
        "facts_confirmed": ("confirm",),
        "table_evaluated": ("evaluate",),
        "completion_asked": ("ask",),
        "completion_received": ("await",),
        "completion_lapsed": ("await",),
        "decided": ("decide",),
        "signed": ("sign",),
        "letter_sent": ("send",),
        "override_asked": ("ask", "decide"),
        "table_overridden": ("ask", "decide"),
        "case_closed": ("close",),
    }
    if state.phase not in expected.get(event.kind, ()):
        where = f"step {state.step.id}" if state.step else "the end"
        raise CasewrightError(f"{event.kind} cannot follow here: at {where} the case waits to {state.phase}.")
    payload, step = event.payload, state.step
    match event.kind:
        case "facts_proposed":
            facts = {item["path"]: fact_from_json(item) for item in payload["facts"]}
            return replace(state, proposed=facts, phase="send" if isinstance(step, Draft) else "confirm")
        case "facts_confirmed":
            facts = {item["path"]: fact_from_json(item) for item in payload["facts"]}
            confirmed = {**state.facts, payload["step"]: facts}
            return _leave(workflow, replace(state, facts=confirmed, proposed={}))
        case "table_evaluated":
            outputs = {f"{payload['table']}.{name}": value for name, value in payload["outputs"].items()}
            state = replace(state, outputs={**state.outputs, **outputs}, receipts=(*state.receipts, payload))
            return state if pending(state) else _leave(workflow, state)
        case "override_asked":
            return replace(state, override=event)
        case "table_overridden":
            return _overridden(workflow, state, payload)
        case "completion_asked":
            return replace(state, asked=tuple(payload["items"]), phase="await")
        case "completion_received":
            return _enter(workflow, state, step.completed)  # type: ignore[union-attr]
        case "completion_lapsed":
            return _enter(workflow, state, step.lapsed)  # type: ignore[union-attr]
        case "decided":
            state = replace(state, decision=payload["decision"], decided_by=event.actor)
            return replace(state, phase="sign") if step.second else _leave(workflow, state)  # type: ignore[union-attr]
        case "signed":
            return (
                _leave(workflow, state)
                if payload["agreed"]
                else replace(state, phase="decide", decision=None)
            )
        case "letter_sent":
            return _leave(workflow, state)
        case _:
            return replace(state, phase="closed")


def _overridden(workflow: Workflow, state: State, payload: Mapping[str, Any]) -> State:
    """Put another outcome in the place of a table's, and go on from its step; later tables run again."""
    checks = (step for step in workflow.steps if isinstance(step, Check))
    step = next(check for check in checks if payload["table"] in {use.table.id for use in check.tables})
    mine = {use.table.id for use in step.tables}
    last = max(at for at, receipt in enumerate(state.receipts) if receipt["table"] in mine)
    receipts = tuple(payload if r["table"] == payload["table"] else r for r in state.receipts[: last + 1])
    outputs = {f"{r['table']}.{name}": value for r in receipts for name, value in r["outputs"].items()}
    return _leave(workflow, replace(state, step=step, receipts=receipts, outputs=outputs, override=None))


def state_of(workflow: Workflow, case: Case) -> State:
    """Fold the events of a case. Raises CasewrightError for an event that cannot follow the ones before it."""
    if case.workflow != workflow.name:
        raise CasewrightError(f"Case {case.id} belongs to workflow {case.workflow}, not {workflow.name}.")
    state = State(step=workflow.first, phase=_entry(workflow.first))
    for number, event in enumerate(case.events):
        if (event.kind == "case_opened") != (number == 0):
            raise CasewrightError(
                f"Case {case.id}: event {number} is {event.kind}; a case opens once, first."
            )
        if event.kind == "override_refused":
            state = replace(state, override=None)
        elif event.kind not in _PASSING and number:
            state = _advance(workflow, state, event)
    return state


def applies(use: Use, known: Mapping[str, Fact]) -> bool:
    """Whether a table is used for these facts."""
    if use.when is None:
        return True
    fact = known.get(use.when[0])
    return fact is not None and fact.value == use.when[1]


def pending(state: State) -> tuple[Use, ...]:
    """The tables of the present Check step that have not been evaluated yet, in order."""
    done = {receipt["table"] for receipt in state.receipts}
    if not isinstance(state.step, Check):
        return ()
    return tuple(use for use in state.step.tables if applies(use, state.known) and use.table.id not in done)


def evaluate(use: Use, known: Mapping[str, Fact], *, on: date) -> Receipt:
    """Evaluate a table on facts, for a case that came in `on` that day.

    The value of a fact that is not stated, or not read, is "unknown".
    """
    return use.table.evaluate(inputs_of(use, known, on=on), on=on)


def inputs_of(use: Use, known: Mapping[str, Fact], *, on: date) -> dict[str, object]:
    """The inputs of a table on these facts, for a case that came in `on` that day."""
    return {name: _input(source, known, on) for name, source in use.inputs.items()}


def _input(source: Source, known: Mapping[str, Fact], on: date) -> object:
    if isinstance(source, Within):
        start, day = _day(known.get(source.path)), _day(known.get(source.until)) if source.until else on
        return within(source.rule, start=start, day=day) if start and day else "unknown"
    fact = known.get(source.path)
    state = fact.state if fact else "not_stated"
    if isinstance(source, Stated):
        return STATED[state]
    if isinstance(source, Holds):
        held = fact is not None and source.item in fact.values
        return "tegenstrijdig" if state == "unsure" else "ja" if held else "nee"
    return fact.value if fact and state == "stated" else "unknown"


def _day(fact: Fact | None) -> date | None:
    return date.fromisoformat(str(fact.value)) if fact and fact.state == "stated" else None


def run_tables(workflow: Workflow, case: Case, *, at: datetime) -> Case:
    """Evaluate every table that is due, step after step, until a model or a person has to act."""
    while uses := pending(state := state_of(workflow, case)):
        receipt = evaluate(uses[0], state.known, on=case.received)
        case = case.with_events(
            [Event(kind="table_evaluated", actor="table", at=at, payload=receipt.to_dict())]
        )
    return case
