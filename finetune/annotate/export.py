"""Export: what was settled as rows for TRL 1.16, each with its provenance, beside the card of the data set.

    sft.jsonl   prompt, completion: the settled answer
    dpo.jsonl   prompt, chosen, rejected: the settled answer over the model's, and the preferred draft over the other
    kto.jsonl   prompt, completion, label: what the model said, accepted or rejected as a whole

Prompts are made by `scaffolds.prompt`, so they are word for word what the model is asked in service. A decision makes
no row: the model never decides. A planted suggestion is not the model's, and makes none either.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from finetune.annotate.adjudicate import Outcome, outcomes
from finetune.annotate.answer import fields
from finetune.annotate.card import write_card
from finetune.annotate.ledger import Ledger
from finetune.bundle import workflow_schema
from finetune.files import folder_atomic, sha256_json
from scaffolds.case import fact_from_json
from scaffolds.errors import CasewrightError
from scaffolds.facts import Facts, render
from scaffolds.prompt import Prompts
from scaffolds.workflow import Draft, Read, Workflow

FILES = ("sft", "dpo", "kto")
EVALUATION_IN_TEN = 1
Messages = list[dict[str, str]]


def export_trl(ledger: Ledger, workflow: Workflow, *, out: Path, describe: bool) -> dict[str, int]:
    """Write the rows and the card into `out`, whole or not at all; give how many rows there are of each kind.

    describe: word the prompts for a base that was not made for these tasks, as the recipe does that will use them.
    Raises CasewrightError when the plan is of a kind that trains no model, or when nothing is settled yet.
    """
    kind = ledger.get("kind")
    if kind not in ("facts", "drafts"):
        raise CasewrightError(f"Annotations of the kind {kind} train no model; the model never decides.")
    prompts = Prompts(tokenizer=None, describe=describe)
    counts: Counter[str] = Counter()
    with folder_atomic(out) as inside:
        files = {name: (inside / f"{name}.jsonl").open("w", encoding="utf-8") for name in FILES}
        try:
            for outcome in outcomes(ledger):
                for name, row in _rows(ledger, workflow, prompts, outcome):
                    files[name].write(json.dumps(row, ensure_ascii=False) + "\n")
                    counts[name] += 1
        finally:
            for file in files.values():
                file.close()
        if not counts:
            raise CasewrightError("Nothing is settled yet; pull first, and adjudicate what annotators disagree on.")
        write_card(inside, ledger, workflow, rows=counts)
    return {name: counts[name] for name in FILES}


def _rows(
    ledger: Ledger, workflow: Workflow, prompts: Prompts, outcome: Outcome
) -> Iterator[tuple[str, dict[str, Any]]]:
    task = outcome.task
    step = workflow.by_id[task.step]
    assert isinstance(step, Read | Draft)
    assert step.facts is not None
    texts = [task.shown["stuk"][part.start : part.end] for part in task.parts]
    asked = prompts.body(step.facts, texts=texts, received=task.received)
    row: dict[str, Any] = {"prompt": [{"role": "user", "content": asked}]}
    about = {"provenance": _provenance(ledger, workflow, outcome)}
    if task.kind == "drafts":
        yield from _draft_rows(row, about, outcome)
        return
    right = _written(step.facts, outcome.answer)
    if right is not None:
        yield "sft", row | {"completion": _said(right)} | about
    said = _written(step.facts, task.proposed) if task.proposed and not task.planted else None
    if said is None or right is None or task.proposed is None:
        return
    accepted = fields(task.proposed) == fields(outcome.answer)
    yield "kto", row | {"completion": _said(said), "label": accepted} | about
    if not accepted:
        yield "dpo", row | {"chosen": _said(right), "rejected": _said(said)} | about


def _draft_rows(
    row: Mapping[str, Any], about: Mapping[str, Any], outcome: Outcome
) -> Iterator[tuple[str, dict[str, Any]]]:
    side = outcome.answer["preferred"]
    if side is None or not outcome.task.drafts:
        return
    better, worse = (outcome.task.drafts[name]["answer"] for name in (side, "b" if side == "a" else "a"))
    yield "dpo", {**row, "chosen": _said(better), "rejected": _said(worse), **about}
    yield "kto", {**row, "completion": _said(better), "label": True, **about}
    yield "kto", {**row, "completion": _said(worse), "label": False, **about}


def _written(facts: type[Facts], answer: Mapping[str, Any]) -> str | None:
    """The answer as the model says it; None where a value has no quotation, which no model may say."""
    known = {item["path"]: fact_from_json(item) for item in answer["facts"]}
    if any(len(fact.values) != len(fact.evidence) for fact in known.values()) or known.keys() != facts.kinds.keys():
        return None
    return render(facts, known)


def _said(text: str) -> Messages:
    return [{"role": "assistant", "content": text}]


def _provenance(ledger: Ledger, workflow: Workflow, outcome: Outcome) -> dict[str, Any]:
    task = outcome.task
    case = sha256_json([workflow.name, task.case])
    return {
        "task": task.key,
        "case": case[:16],
        "split": "eval" if int(case, 16) % 10 < EVALUATION_IN_TEN else "train",
        "workflow": f"{workflow.name} {task.version}",
        "step": task.step,
        "schema": workflow_schema(workflow),
        "law": workflow.law,
        "model": task.model,
        "shown": task.suggests,
        "settled": outcome.settled,
        "by": outcome.by,
        "annotators": [line["by"] for line in outcome.history],
        "at": outcome.at,
        "instruction": outcome.instruction,
        "terms": ledger.get("terms"),
        "legal_basis": ledger.get("legal_basis"),
    }
