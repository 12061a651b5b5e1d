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
from finetune.annotate.task import Task
from scaffolds.case import fact_from_json
from scaffolds.errors import CasewrightError
from scaffolds.facts import Facts, render
from scaffolds.files import folder_atomic, sha256_json
from scaffolds.prompt import Prompts
from scaffolds.workflow import Draft, Read, Workflow
from workflows.serve.bundle import workflow_schema

FILES = ("sft", "dpo", "kto")
EVALUATION_IN_TEN = 1
Messages = list[dict[str, str]]
Answers = Mapping[tuple[str, str], str]


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
            settled = list(outcomes(ledger))
            answers = _answers(workflow, settled)
            for outcome in settled:
                for name, row in _rows(ledger, workflow, prompts, outcome, answers):
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
    ledger: Ledger, workflow: Workflow, prompts: Prompts, outcome: Outcome, answers: Answers
) -> Iterator[tuple[str, dict[str, Any]]]:
    task = outcome.task
    steps = [name for name in _asking(workflow) if name == task.step or (task.case, name) in answers]
    steps = steps[: steps.index(task.step) + 1]
    row: dict[str, Any] = {"prompt": _conversation(workflow, prompts, task, steps, answers)}
    about = {"provenance": _provenance(ledger, workflow, outcome, steps)}
    if task.kind == "drafts":
        yield from _draft_rows(row, about, outcome)
        return
    right = answers.get((task.case, task.step))
    if right is not None:
        yield "sft", row | {"completion": _said(right)} | about
    said = _written(_asking(workflow)[task.step], task.proposed) if task.proposed and not task.planted else None
    if said is None or right is None or task.proposed is None:
        return
    accepted = fields(task.proposed) == fields(outcome.answer)
    yield "kto", row | {"completion": _said(said), "label": accepted} | about
    if not accepted:
        yield "dpo", row | {"chosen": _said(right), "rejected": _said(said)} | about


def _asking(workflow: Workflow) -> dict[str, type[Facts]]:
    """The steps at which the model is asked something, in order, with what it is asked."""
    steps = (step for step in workflow.steps if isinstance(step, Read | Draft))
    return {step.id: step.facts for step in steps if step.facts is not None}


def _answers(workflow: Workflow, settled: list[Outcome]) -> Answers:
    """What was settled about readings, as the model says it, by case and step."""
    asked = _asking(workflow)
    written = {
        (one.task.case, one.task.step): _written(asked[one.task.step], one.answer)
        for one in settled
        if one.task.kind == "facts"
    }
    return {place: text for place, text in written.items() if text is not None}


def _conversation(workflow: Workflow, prompts: Prompts, task: Task, steps: list[str], answers: Answers) -> Messages:
    """The turns up to the last of `steps`: as in service, what was asked of the same case before comes before."""
    asked = _asking(workflow)
    texts = [task.shown["stuk"][part.start : part.end] for part in task.parts]
    turns: Messages = []
    for name in steps:
        if turns:
            turns += [*_said(answers[task.case, steps[len(turns) // 2]]), _asked(prompts.question(asked[name]))]
        else:
            turns.append(_asked(prompts.body(asked[name], texts=texts, received=task.received)))
    return turns


def _asked(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


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


def _provenance(ledger: Ledger, workflow: Workflow, outcome: Outcome, steps: list[str]) -> dict[str, Any]:
    task = outcome.task
    case = sha256_json([workflow.name, task.case])
    return {
        "task": task.key,
        "case": case[:16],
        "split": "eval" if int(case, 16) % 10 < EVALUATION_IN_TEN else "train",
        "workflow": f"{workflow.name} {task.version}",
        "steps": steps,
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
