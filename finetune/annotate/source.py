"""Source: where tasks come from: cases of the desk's trace store, generated dossiers, or a file of draft pairs."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data_templates.dossier import Dossier
from data_templates.labelling import FormKind
from finetune.annotate.plan import Candidate
from finetune.annotate.task import Task, join_documents
from scaffolds import engine
from scaffolds.case import ASIDE, Case, Document, Event, fact_from_json, fact_to_json
from scaffolds.decode import Decoder
from scaffolds.decode.confidence import confidences
from scaffolds.decode.policy import Policy
from scaffolds.environment import Archived, play
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from scaffolds.prompt import Prompts
from scaffolds.workflow import Check, Decide, Draft, Read, Workflow


def from_dossiers(
    workflow: Workflow,
    dossiers: Sequence[Dossier],
    *,
    decoder: Decoder | None = None,
    prompts: Prompts | None = None,
    model: str = "",
) -> Iterator[Candidate]:
    """Candidates for reading from dossiers, whose gold answers are known; with a decoder the model suggests."""
    read: dict[tuple[str, str], tuple[Mapping[str, Fact], float]] = {}
    if decoder is not None and prompts is not None:
        policy = Policy(decoder, prompts)
        cases = [Archived(id=d.id, received=d.received, documents=d.documents) for d in dossiers]
        for index, episode in enumerate(play(workflow, cases, policy, model=model)):
            sure = confidences(policy.conversations[index], decoder)
            for turn in episode.turns:
                step = turn.question.step
                least = min((sure.get((step, path), 0.0) for path in turn.facts), default=0.0)
                read[episode.archived.id, step] = turn.facts, least
    for dossier in dossiers:
        for step_id, gold in dossier.gold.items():
            if not isinstance(workflow.by_id.get(step_id), Read):
                continue
            proposed, confidence = read.get((dossier.id, step_id), (None, None))
            task = reading_task(
                workflow, step_id, case=dossier.id, received=dossier.received, documents=dossier.documents,
                proposed=proposed, model=model, gold=gold,
            )  # fmt: skip
            yield Candidate(task=task, confidence=confidence)


def reading_task(
    workflow: Workflow,
    step: str,
    *,
    case: str,
    received: date,
    documents: Sequence[Document],
    proposed: Mapping[str, Fact] | None,
    model: str = "",
    gold: Mapping[str, Fact] | None = None,
) -> Task:
    """Make the task of reading one step of one case."""
    text, parts = join_documents(documents)
    return Task(
        kind="facts",
        workflow=workflow.name,
        version=workflow.version,
        step=step,
        case=case,
        received=received,
        shown={"stuk": text},
        parts=parts,
        proposed=_payload(step, proposed) if proposed else None,
        model=model,
        gold=_payload(step, gold) if gold else None,
    )


def _payload(step: str, facts: Mapping[str, Fact]) -> dict[str, Any]:
    return {"step": step, "facts": [fact_to_json(fact) for fact in facts.values()]}


def from_cases(workflow: Workflow, kind: FormKind, cases: Iterable[Case]) -> Iterator[Candidate]:
    """Candidates of one kind from handled cases. Flagged is what a person changed or what was handed over.

    Raises CasewrightError for a kind that is not made from cases.
    """
    for case in cases:
        match kind:
            case "facts":
                yield from _readings(workflow, case)
            case "decision":
                yield from _decisions(workflow, case)
            case "override":
                yield from _overrides(workflow, case)
            case "trace":
                yield _trace(workflow, case)
            case _:
                raise CasewrightError("Pairs of drafts come from a file; give --drafts.")


def _readings(workflow: Workflow, case: Case) -> Iterator[Candidate]:
    handed_over = bool(case.of("handed_over"))
    closed = bool(case.of("case_closed"))
    for place, event in enumerate(case.events):
        step = workflow.by_id.get(event.payload.get("step", ""))
        if event.kind != "facts_proposed" or not isinstance(step, Read):
            continue
        before = Case(id=case.id, workflow=case.workflow, events=case.events[:place])
        proposed = _facts(event)
        confirmed = next((_facts(later) for later in case.events[place:] if _confirms(later, step.id)), None)
        changed = confirmed is not None and any(
            (fact.state, fact.values) != (proposed[path].state, proposed[path].values)
            for path, fact in confirmed.items()
            if path in proposed
        )
        # Facts that a person typed in have no place in the text; such an answer cannot be shown as one.
        whole = confirmed and all(len(fact.evidence) == len(fact.values) for fact in confirmed.values())
        task = reading_task(
            workflow, step.id, case=case.id, received=case.received, documents=before.documents, proposed=proposed,
            model=event.actor.removeprefix("model:"), gold=confirmed if closed and whole else None,
        )  # fmt: skip
        sure = event.payload.get("confidence") or {}
        flagged = handed_over or changed or any(fact.handed_over for fact in proposed.values())
        yield Candidate(task=task, flagged=flagged, confidence=min(sure.values(), default=None))


def _facts(event: Event) -> dict[str, Fact]:
    return {item["path"]: fact_from_json(item) for item in event.payload["facts"]}


def _confirms(event: Event, step: str) -> bool:
    return event.kind == "facts_confirmed" and event.payload["step"] == step


def _decisions(workflow: Workflow, case: Case) -> Iterator[Candidate]:
    sent_back = any(not event.payload["agreed"] for event in case.of("signed"))
    for place in range(1, len(case.events) + 1):
        before = Case(id=case.id, workflow=case.workflow, events=case.events[:place])
        state = engine.state_of(workflow, before)
        if state.phase != "decide" or not isinstance(state.step, Decide):
            continue
        decided = case.events[place].payload if place < len(case.events) else None
        text, parts = join_documents(before.documents)
        known = {path: _worded(fact) for path, fact in state.known.items()}
        outcomes = {name: _told(value) for name, value in state.outputs.items()}
        task = Task(
            kind="decision", workflow=workflow.name, version=workflow.version, step=state.step.id, case=case.id,
            received=case.received, shown={"stuk": text, "gegevens": known | outcomes}, parts=parts,
            gold=dict(decided) if decided and "decision" in decided and case.of("case_closed") else None,
        )  # fmt: skip
        yield Candidate(task=task, flagged=sent_back or bool(case.of("handed_over")))


def _overrides(workflow: Workflow, case: Case) -> Iterator[Candidate]:
    """What a person changed of a reading, and asked to set aside of a table, with the reason that was given."""
    for place, event in enumerate(case.events):
        before = Case(id=case.id, workflow=case.workflow, events=case.events[:place])
        if event.kind == "override_asked":
            table = event.payload["table"]
            checks = (step for step in workflow.steps if isinstance(step, Check))
            step = next(check.id for check in checks if table in {use.table.id for use in check.tables})
            said = {**_set_aside(workflow, before, event), **_settled(case, place)}
            yield _override(workflow, step, before, said)
        elif reasons := event.payload.get("reasons"):
            proposed, confirmed = engine.state_of(workflow, before).proposed, _facts(event)
            for path, reason in reasons.items():
                said = {"model": _worded(proposed[path]), "medewerker": _worded(confirmed[path]), "reden": reason}
                yield _override(workflow, event.payload["step"], before, {"gegeven": path, **said})


def _override(workflow: Workflow, step: str, before: Case, difference: Mapping[str, str]) -> Candidate:
    text, parts = join_documents(before.documents)
    known = {path: _worded(fact) for path, fact in engine.state_of(workflow, before).known.items()}
    task = Task(
        kind="override", workflow=workflow.name, version=workflow.version, step=step, case=before.id,
        received=before.received, shown={"stuk": text, "gegevens": known, "verschil": dict(difference)}, parts=parts,
    )  # fmt: skip
    return Candidate(task=task, flagged=True)


def _set_aside(workflow: Workflow, before: Case, event: Event) -> dict[str, str]:
    table = event.payload["table"]
    receipt = next(one for one in engine.state_of(workflow, before).receipts if one["table"] == table)
    stood = {f"tabel: {name}": _told(value) for name, value in receipt["outputs"].items()}
    asked = {f"medewerker: {name}": _told(value) for name, value in event.payload["outputs"].items()}
    why = {"toelichting van de tabel": receipt["explanation_nl"], "reden": event.payload["reason"]}
    return {"tabel": f"{table} {receipt['version']}", **stood, **asked, **why}


def _settled(case: Case, place: int) -> dict[str, str]:
    """How it ended, where a person with authority has settled it."""
    endings = {"table_overridden": "akkoord", "override_refused": "de tabel blijft gelden"}
    ended = next((event for event in case.events[place:] if event.kind in endings), None)
    return {"afloop": endings[ended.kind], "reden van de afloop": ended.payload["reason"]} if ended else {}


def _worded(fact: Fact) -> str:
    words = {"not_stated": "niet vermeld", "unsure": "onzeker"}
    return words.get(fact.state) or ", ".join(map(str, fact.values))


def _told(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _trace(workflow: Workflow, case: Case) -> Candidate:
    turns = [
        {"wie": event.actor, "wat": _line(event)}
        for event in case.events
        if event.kind != "document_added" and event.kind not in ASIDE
    ]
    head = {"zaak": case.id, "ontvangen": case.received.isoformat(), "procedure": workflow.title}
    task = Task(
        kind="trace", workflow=workflow.name, version=workflow.version, step="", case=case.id, received=case.received,
        shown={"zaak": head, "verloop": turns},
    )  # fmt: skip
    return Candidate(task=task, flagged=bool(case.of("handed_over")))


def _line(event: Event) -> str:
    """One event in one paragraph."""
    said = {key: value for key, value in event.payload.items() if key not in ("text", "facts")}
    said |= {fact.path: _worded(fact) for fact in _facts(event).values()} if "facts" in event.payload else {}
    told = "; ".join(f"{key}: {_told(value)}" for key, value in said.items() if value not in (None, "", []))
    return f"{event.at.date().isoformat()} {event.kind}" + (f": {told}" if told else "")


def from_drafts(workflow: Workflow, path: Path, *, seed: int) -> Iterator[Candidate]:
    """Candidates from a JSONL file of draft pairs; which draft is A is drawn from the seed.

    A line holds case, received, step, documents ([{id, text}]) and drafts: two of {text, answer, model}, where the
    text is what is read and the answer what the model said. Raises CasewrightError for any other line.
    """
    rng = random.Random(seed)
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            item = json.loads(line)
            received = date.fromisoformat(item["received"])
            documents = [Document(id=d["id"], text=d["text"], received=received) for d in item["documents"]]
            first, second = ({key: str(draft[key]) for key in ("text", "answer", "model")} for draft in item["drafts"])
            step = workflow.by_id[item["step"]]
            if not isinstance(step, Draft):
                raise ValueError(f"{step.id} drafts nothing")
            text, parts = join_documents(documents)
            a, b = (first, second) if rng.random() < 0.5 else (second, first)
            task = Task(
                kind="drafts", workflow=workflow.name, version=workflow.version, step=step.id, case=str(item["case"]),
                received=received, shown={"stuk": text, "a": a["text"], "b": b["text"]}, parts=parts,
                drafts={"a": a, "b": b},
            )  # fmt: skip
        except (ValueError, KeyError, TypeError) as error:
            raise CasewrightError(f"{path}, line {number} is no pair of drafts: {error}.") from error
        yield Candidate(task=task)
