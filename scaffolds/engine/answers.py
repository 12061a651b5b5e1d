"""Answers: what a model or a person says at a step, as the event that follows. Pure.

Each takes the state in which it is given, and refuses what cannot be said there: a fact unsettled, a decision without
a reason, a signature of the one who decided. `at` is the moment; the actor says who.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from scaffolds.case import Event, fact_to_json, local_day
from scaffolds.engine.state import State
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from scaffolds.workflow import Ask, Decide, Draft, Read


def propose(
    state: State,
    facts: Mapping[str, Fact],
    *,
    model: str,
    at: datetime,
    parts: int = 1,
    confidence: Mapping[str, float] | None = None,
) -> Event:
    """The model read the documents (in `parts` pieces where they did not fit at once), this sure of each fact."""
    extra: dict[str, Any] = {"parts": parts}
    if confidence:
        extra["confidence"] = dict(confidence)
    return _facts_event("facts_proposed", state, facts, actor=f"model:{model}", at=at, extra=extra)


def unread(state: State, *, why: str, at: datetime) -> Event:
    """No model reads this, `why`: a person does, and nothing is proposed."""
    step = state.step
    if not isinstance(step, Read | Draft) or step.facts is None:
        raise CasewrightError("There is nothing to read at this point.")
    facts = {path: Fact(path=path, state="unsure") for path in step.facts.kinds}
    return _facts_event("facts_proposed", state, facts, actor="desk", at=at, extra={"parts": 0, "why": why})


def confirm(
    state: State,
    facts: Mapping[str, Fact],
    *,
    person: str,
    at: datetime,
    suggestion: str | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Event:
    """A person confirmed or corrected every fact of the step; "unsure" then means: the documents contradict.

    `suggestion` tells whether the person saw the model's, which is what automation bias is measured by; `reasons`
    why they came to something else, by path.

    Raises CasewrightError when a fact is missing or still has a problem.
    """
    if not isinstance(state.step, Read) or set(facts) != set(state.step.facts.kinds):
        raise CasewrightError(
            f"Confirm exactly the facts of {state.step.id if state.step else 'a Read step'}."
        )
    if left := [path for path, fact in facts.items() if fact.problems]:
        raise CasewrightError(f"A person has to settle first: {', '.join(left)}.")
    extra: dict[str, Any] = {"suggestion": suggestion} if suggestion else {}
    if reasons:
        extra["reasons"] = dict(reasons)
    return _facts_event("facts_confirmed", state, facts, actor=f"person:{person}", at=at, extra=extra)


def _facts_event(
    kind: Any, state: State, facts: Mapping[str, Fact], *, actor: str, at: datetime, extra: Mapping[str, Any]
) -> Event:
    payload = {
        "step": state.step.id if state.step else "",
        "facts": [fact_to_json(f) for f in facts.values()],
    }
    return Event(kind=kind, actor=actor, at=at, payload={**payload, **extra})


def decide(
    state: State, decision: str, *, reason: str, norms: Mapping[str, str], person: str, at: datetime
) -> Event:
    """A person decides, with a reason and an answer to every open norm. Raises CasewrightError when one lacks."""
    step = state.step
    if state.override is not None:
        raise CasewrightError("A person with authority settles the override that was asked for first.")
    if not isinstance(step, Decide) or decision not in step.options:
        raise CasewrightError(f"{decision!r} is not a decision that can be taken here.")
    if not reason.strip():
        raise CasewrightError("A decision needs a reason in the words of the person who takes it.")
    if missing := [norm.id for norm in step.norms if not norms.get(norm.id, "").strip()]:
        raise CasewrightError(
            f"Only a person can answer these open norms; answer them first: {', '.join(missing)}."
        )
    payload = {"step": step.id, "decision": decision, "reason": reason, "norms": dict(norms)}
    return Event(kind="decided", actor=f"person:{person}", at=at, payload=payload)


def sign(state: State, *, agreed: bool, person: str, at: datetime) -> Event:
    """Another person signs, or sends the decision back. Raises CasewrightError when it is the same person."""
    if state.phase != "sign" or state.decided_by == f"person:{person}":
        raise CasewrightError("The second signature is another person's than the one who decided.")
    return Event(kind="signed", actor=f"person:{person}", at=at, payload={"agreed": agreed})


def ask_override(
    state: State, table: str, outputs: Mapping[str, Any], *, reason: str, person: str, at: datetime
) -> Event:
    """A person asks to put other outputs in the place of a table's. Raises CasewrightError without a reason."""
    if table not in {receipt["table"] for receipt in state.receipts} or state.phase not in ("ask", "decide"):
        raise CasewrightError(f"Table {table} has no outcome here that can be set aside.")
    if not reason.strip():
        raise CasewrightError("Setting a table's outcome aside needs a reason in the words of who asks for it.")
    payload = {"table": table, "outputs": dict(outputs), "reason": reason}
    return Event(kind="override_asked", actor=f"person:{person}", at=at, payload=payload)


def settle_override(state: State, *, agreed: bool, reason: str, person: str, at: datetime) -> Event:
    """A person with authority, not the one who asked, sets the outcome aside or lets it stand, with a reason."""
    asked = state.override
    if asked is None or asked.actor == f"person:{person}":
        raise CasewrightError("A table's outcome is set aside by another person than the one who asked for it.")
    if not reason.strip():
        raise CasewrightError("Give the reason for letting the table's outcome stand or setting it aside.")
    payload = {"table": asked.payload["table"], "outputs": asked.payload["outputs"], "reason": reason}
    if not agreed:
        return Event(kind="override_refused", actor=f"person:{person}", at=at, payload=payload)
    stood = next(receipt for receipt in state.receipts if receipt["table"] == payload["table"])
    told = f"{asked.payload['reason']} {reason}"
    set_aside = {**stood, **payload, "rows": [], "explanation_nl": told, "asked_by": asked.actor}
    return Event(kind="table_overridden", actor=f"person:{person}", at=at, payload=set_aside)


def ask(state: State, items: Sequence[str], *, until: date, person: str, at: datetime) -> Event:
    """A person sends the request for what is missing, to be completed `until` and including that day."""
    if state.override is not None:
        raise CasewrightError("A person with authority settles the override that was asked for first.")
    if not isinstance(state.step, Ask) or not items:
        raise CasewrightError("There is nothing to ask the applicant at this point.")
    payload = {
        "step": state.step.id,
        "items": list(items),
        "until": until.isoformat(),
        "on": local_day(at).isoformat(),
    }
    return Event(kind="completion_asked", actor=f"person:{person}", at=at, payload=payload)
