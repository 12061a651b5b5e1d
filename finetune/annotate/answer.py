"""Answer: what one annotator said of one task, as the payload of an event, and as Label Studio's results.

`answer_of` reads results back, strictly; `results_of` writes a suggestion. The payload of facts is that of
`facts_confirmed`, and of a decision that of `decided`, as at the desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from data_templates.labelling import Form
from data_templates.labelling import decision as decision_names
from data_templates.labelling import drafts as drafts_names
from data_templates.labelling import facts as facts_names
from data_templates.labelling import override as override_names
from data_templates.labelling import trace as trace_names
from data_templates.labelling.form import OneOf, WholeNumber, Words
from finetune.annotate.check import Checked, Mark, Refused, check
from finetune.annotate.offsets import utf16_length
from finetune.annotate.task import Part, Task
from scaffolds.case import fact_from_json, fact_to_json
from scaffolds.facts import Evidence, Fact, render, validate
from scaffolds.workflow import Read, Workflow

Payload = dict[str, Any]


def answer_of(workflow: Workflow, form: Form, task: Task, results: Any) -> Payload:
    """Read the results of one annotation as a payload.

    Raises Refused, with every reason, for results that the form, the text or the workflow does not allow.
    """
    checked = check(form, task.shown, results)
    match form.kind:
        case "facts":
            return _facts(workflow, task, checked)
        case "decision":
            return _decision(task, checked)
        case "drafts":
            return _drafts(task, checked)
        case "override":
            return _override(task, checked)
        case "trace":
            return _trace(checked)


def _facts(workflow: Workflow, task: Task, checked: Checked) -> Payload:
    step = workflow.by_id[task.step]
    assert isinstance(step, Read)
    known, reasons = {}, []
    for path, kind in step.facts.kinds.items():
        marks = [mark for mark in checked.marks if mark.label == path]
        word = checked.values[facts_names.STATE + path]
        state = next(key for key, spoken in facts_names.STATES.items() if spoken == word)
        if (state == "stated") != bool(marks):
            reasons.append(f"{path} is said to be {facts_names.STATES[state]}, with {len(marks)} spans")
            continue
        evidence = [place for mark in marks if (place := _evidence(task, mark))]
        if len(evidence) < len(marks):
            reasons.append(f"a span of {path} does not lie within one document")
            continue
        values: list[Any] = [mark.values.get(facts_names.VALUE + path) for mark in marks]
        if kind.copied:
            values = [place.quotation for place in evidence]
        if len(values) > kind.many or len(set(values)) < len(values):
            reasons.append(f"{path} has the values {values!r}, and may have {kind.many} that differ")
        known[path] = Fact(path=path, state=state, values=tuple(values), evidence=tuple(evidence))
    if not reasons:
        reasons = validate(step.facts, json.loads(render(step.facts, known)))
    if reasons:
        raise Refused(reasons)
    return {"step": step.id, "facts": [fact_to_json(fact) for fact in known.values()]}


def _evidence(task: Task, mark: Mark) -> Evidence | None:
    for part in task.parts:
        if part.start <= mark.start and mark.end <= part.end:
            quotation = task.shown["stuk"][mark.start : mark.end]
            count = sum(task.shown["stuk"][p.start : p.end].count(quotation) for p in task.parts)
            start, end = mark.start - part.start, mark.end - part.start
            return Evidence(document=part.document, start=start, end=end, quotation=quotation, occurrences=count)
    return None


def _decision(task: Task, checked: Checked) -> Payload:
    norm = decision_names.NORM
    norms = {name.removeprefix(norm): words for name, words in checked.values.items() if name.startswith(norm)}
    found = []
    for mark in checked.marks:
        if (place := _evidence(task, mark)) is None:
            raise Refused([f"a span of {mark.label} does not lie within one document"])
        found.append({"speaks": mark.label, **vars(place)})
    return {
        "step": task.step,
        "decision": checked.values[decision_names.DECISION],
        "reason": checked.values[decision_names.REASON],
        "norms": norms,
        "evidence": found,
    }


def _drafts(task: Task, checked: Checked) -> Payload:
    difference, side = checked.values[drafts_names.DIFFERENCE], checked.values.get(drafts_names.BETTER)
    tie = difference == drafts_names.TIE
    if tie == (side is not None):
        raise Refused(["a draft is preferred with no difference" if tie else "no draft is preferred"])
    return {
        "step": task.step,
        "preferred": drafts_names.SIDES[side] if side else None,
        "difference": difference,
        "reason": checked.values[drafts_names.REASON],
    }


def _override(task: Task, checked: Checked) -> Payload:
    names = {"right": override_names.RIGHT, "cause": override_names.CAUSE, "reason": override_names.EXPLANATION}
    return {"step": task.step, **{key: checked.values[name] for key, name in names.items()}}


def _trace(checked: Checked) -> Payload:
    steps = [
        {
            "turn": mark.turn,
            "verdict": mark.label,
            "error": mark.values.get(trace_names.ERROR),
            "correction": mark.values.get(trace_names.CORRECTION),
        }
        for mark in checked.marks
    ]
    if len({step["turn"] for step in steps}) < len(steps):
        raise Refused(["one step of the trace has two verdicts"])
    return {"verdict": checked.values[trace_names.VERDICT], "steps": steps}


def fields(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an answer says, field by field, as values that can be compared.

    A fact is its state and values, wherever they were marked; words of the annotator's own are no field.
    """
    if "facts" in answer:
        return {item["path"]: [item["state"], *sorted(item["values"], key=str)] for item in answer["facts"]}
    if "decision" in answer:
        return {decision_names.DECISION: answer["decision"]}
    if "preferred" in answer:
        side = answer["preferred"]
        return {drafts_names.BETTER: f"{side} {answer['difference']}" if side else drafts_names.TIE}
    if "right" in answer:
        return {override_names.RIGHT: answer["right"], override_names.CAUSE: answer["cause"]}
    turns = {f"{trace_names.STEP} {step['turn']}": step["error"] or step["verdict"] for step in answer["steps"]}
    return {trace_names.VERDICT: answer["verdict"], **turns}


def marked(answer: Mapping[str, Any]) -> dict[str, list[tuple[str, int, int]]]:
    """Give the spans of an answer by field: document, start and end."""
    if "facts" in answer:
        places = [(item["path"], place) for item in answer["facts"] for place in item["evidence"]]
    else:
        places = [(place["speaks"], place) for place in answer.get("evidence", ())]
    found: dict[str, list[tuple[str, int, int]]] = {}
    for field, place in places:
        found.setdefault(field, []).append((place["document"], place["start"], place["end"]))
    return found


def results_of(form: Form, task: Task, answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write an answer as Label Studio's results. What a person has to settle first is left open."""
    match form.kind:
        case "facts":
            return list(_facts_results(form, task, answer["facts"]))
        case "decision":
            return list(_decision_results(form, task, answer))
        case "drafts":
            return list(_drafts_results(form, answer))
        case "override":
            names = {override_names.RIGHT: "right", override_names.CAUSE: "cause", override_names.EXPLANATION: "reason"}
            return [_once(form, name, answer[key]) for name, key in names.items()]
        case "trace":
            return list(_trace_results(form, task, answer))


def _facts_results(form: Form, task: Task, facts: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for fact in map(fact_from_json, facts):
        if fact.problems or facts_names.STATE + fact.path not in form.by_name:
            continue
        yield _once(form, facts_names.STATE + fact.path, facts_names.STATES[fact.state])
        for number, (value, place) in enumerate(zip(fact.values, fact.evidence, strict=True)):
            span = _span_value(task, place.document, place.start, place.end)
            id_ = f"{fact.path}-{number}"
            yield {
                "id": id_, "from_name": facts_names.PLACE, "to_name": "stuk", "type": "labels",
                "value": {**span, "labels": [fact.path]},
            }  # fmt: skip
            if (name := facts_names.VALUE + fact.path) in form.by_name:
                said = _once(form, name, value)
                yield said | {"id": id_, "value": {**span, **said["value"]}}


def _span_value(task: Task, document: str, start: int, end: int) -> dict[str, Any]:
    part: Part = next(part for part in task.parts if part.document == document)
    start, end = part.start + start, part.start + end
    return {"start": start, "end": end, "text": task.shown["stuk"][start:end]}


def _decision_results(form: Form, task: Task, answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield _once(form, decision_names.DECISION, answer["decision"])
    for number, place in enumerate(answer.get("evidence", ())):
        span = _span_value(task, place["document"], place["start"], place["end"])
        yield {
            "id": f"bewijs-{number}", "from_name": decision_names.EVIDENCE, "to_name": "stuk", "type": "labels",
            "value": {**span, "labels": [place["speaks"]]},
        }  # fmt: skip
    words = {decision_names.REASON: answer.get("reason")}
    words |= {decision_names.NORM + name: said for name, said in answer.get("norms", {}).items()}
    yield from (_once(form, name, said) for name, said in words.items() if said)


def _drafts_results(form: Form, answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if answer["preferred"]:
        side = next(side for side, name in drafts_names.SIDES.items() if name == answer["preferred"])
        yield _once(form, drafts_names.BETTER, side)
    yield _once(form, drafts_names.DIFFERENCE, answer["difference"])
    yield _once(form, drafts_names.REASON, answer["reason"])


def _trace_results(form: Form, task: Task, answer: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield _once(form, trace_names.VERDICT, answer["verdict"])
    for step in answer["steps"]:
        text, id_ = task.shown["verloop"][step["turn"]]["wat"], f"stap-{step['turn']}"
        turn = str(step["turn"])
        span = {"start": turn, "end": turn, "startOffset": 0, "endOffset": utf16_length(text)}
        yield {
            "id": id_, "from_name": trace_names.STEP, "to_name": "verloop", "type": "paragraphlabels",
            "value": {**span, "paragraphlabels": [step["verdict"]], "text": text},
        }  # fmt: skip
        for name, said in ((trace_names.ERROR, step["error"]), (trace_names.CORRECTION, step["correction"])):
            if said:
                one = _once(form, name, said)
                yield one | {"id": id_, "value": {**span, **one["value"]}}


def _once(form: Form, name: str, value: Any) -> dict[str, Any]:
    """One result of a control that is asked once; deterministic ids keep a repeated push the same."""
    control = form.by_name[name]
    type_, said = {
        OneOf: ("choices", {"choices": [value]}),
        WholeNumber: ("number", {"number": value}),
        Words: ("textarea", {"text": [value]}),
    }.get(type(control), ("datetime", {"datetime": value}))
    if name == drafts_names.BETTER:
        type_, said = "pairwise", {"selected": value}
    return {"id": name, "from_name": name, "to_name": control.to, "type": type_, "value": said}
