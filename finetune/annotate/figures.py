"""Figures: what the annotations of a plan say about the annotators, the suggestions and the instruction.

Per field and per pair of annotators: agreement. Blind against shown: does the suggestion anchor? Per annotator: how
often right where the answer is known, and how often a planted wrong suggestion was let through. Annotators go by
their pseudonym.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from statistics import median
from typing import Any

from data_templates.labelling import drafts as drafts_names
from finetune.annotate.agreement import (
    Figure,
    Level,
    Picks,
    cohen_kappa,
    krippendorff_alpha,
    ratio,
    raw_agreement,
    span_f1,
    with_interval,
)
from finetune.annotate.answer import fields, marked
from finetune.annotate.ledger import Annotation, Ledger
from finetune.annotate.task import Task
from scaffolds.facts import Whole
from scaffolds.workflow import Workflow

_ORDER = {"a groot": 2, "a klein": 1, drafts_names.TIE: 0, "b klein": -1, "b groot": -2}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A task with the answers that count, by pseudonym."""

    task: Task
    answers: Mapping[str, Annotation]


def answered(ledger: Ledger) -> Iterator[Answered]:
    """Every task that was answered, adjudications left out."""
    for task in ledger.tasks():
        found = {ledger.alias(one.annotator): one for one in ledger.annotations(task.key)}
        if found and not task.about:
            yield Answered(task=task, answers=found)


def agreement_figures(ledger: Ledger, workflow: Workflow, *, draws: int, seed: int) -> dict[str, Any]:
    """Every figure as plain JSON. Raises nothing; a figure that is undefined is nan and shown as a dash."""
    every = list(answered(ledger))

    def estimate(figure: Figure, units: int) -> dict[str, float]:
        return asdict(with_interval(figure, units, draws=draws, seed=seed))

    return {
        "workflow": workflow.name,
        "kind": ledger.get("kind"),
        "counts": {"tasks": sum(1 for _ in ledger.tasks()), "with answers": len(every), **ledger.counts()},
        "fields": _fields(every, workflow, estimate),
        "spans": _spans(every, estimate),
        "anchoring": _anchoring(every, estimate),
        "annotators": _annotators(every, estimate),
    }


Estimating = Callable[[Figure, int], dict[str, float]]


def _fields(every: Sequence[Answered], workflow: Workflow, estimate: Estimating) -> dict[str, Any]:
    units: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in every:
        said = {who: fields(annotation.answer or {}) for who, annotation in one.answers.items()}
        for field in dict.fromkeys(name for values in said.values() for name in values):
            units[field].append({who: values[field] for who, values in said.items() if field in values})
    found: dict[str, Any] = {}
    for field, asked in units.items():
        named = [{who: _named(value) for who, value in unit.items()} for unit in asked]
        double = [unit for unit in named if len(unit) > 1]
        common = Counter(value for unit in named for value in unit.values()).most_common(1)
        found[field] = {
            "units": len(double),
            "prevalence": common[0][1] / sum(map(len, named)),
            "raw": estimate(raw_agreement(double), len(double)),
            "alpha": estimate(krippendorff_alpha(double), len(double)),
            "kappa": {},
        }
        for a, b in combinations(sorted({who for unit in double for who in unit}), 2):
            pairs = [(unit[a], unit[b]) for unit in double if a in unit and b in unit]
            found[field]["kappa"][f"{a} | {b}"] = estimate(cohen_kappa(pairs), len(pairs))
        if scale := _scale(field, workflow):
            level, number = scale
            numbers = [{who: n for who, value in unit.items() if (n := number(value)) is not None} for unit in asked]
            several = [unit for unit in numbers if len(unit) > 1]
            found[field][level] = estimate(krippendorff_alpha(several, level=level), len(several))
    return found


def _named(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _scale(field: str, workflow: Workflow) -> tuple[Level, Callable[[Any], float | None]] | None:
    """The scale of a field that has more than names: numbers, and how much better a draft is."""
    if isinstance(workflow.kinds.get(field), Whole):
        return "interval", lambda value: float(value[1]) if value[0] == "stated" and len(value) == 2 else None
    if field == drafts_names.BETTER:
        return "ordinal", lambda value: _ORDER.get(value)
    return None


def _spans(every: Sequence[Answered], estimate: Estimating) -> dict[str, Any]:
    pairs: dict[str, list[tuple[list[Any], list[Any]]]] = defaultdict(list)
    for one in every:
        places = [marked(annotation.answer or {}) for annotation in one.answers.values()]
        for ours, theirs in combinations(places, 2):
            for field in {**ours, **theirs}:
                pairs[field].append((ours.get(field, []), theirs.get(field, [])))
    return {
        field: {
            "units": len(asked),
            "exact": estimate(span_f1(asked, overlap=False), len(asked)),
            "overlap": estimate(span_f1(asked, overlap=True), len(asked)),
        }
        for field, asked in pairs.items()
    }


def _anchoring(every: Sequence[Answered], estimate: Estimating) -> dict[str, Any]:
    """How often answers equal what the model read, by whether it was shown; and the time they took."""
    rows: dict[str, list[tuple[int, int]]] = {"shown": [], "blind": []}
    seconds: dict[str, list[float]] = {"shown": [], "blind": []}
    for one in every:
        if one.task.proposed is None or one.task.planted:
            continue
        offered = fields(one.task.proposed)
        for annotation in one.answers.values():
            said = fields(annotation.answer or {})
            rows[one.task.circle].append((sum(said[f] == offered[f] for f in offered if f in said), len(offered)))
            seconds[one.task.circle].append(annotation.seconds)
    found: dict[str, Any] = {
        circle: {
            "answers": len(counts),
            "as suggested": estimate(ratio(counts), len(counts)),
            "median seconds": median(seconds[circle]) if counts else None,
        }
        for circle, counts in rows.items()
    }
    both = len(rows["shown"]) + len(rows["blind"])
    found["shown minus blind"] = estimate(_difference(rows), both) if rows["shown"] and rows["blind"] else None
    return found


def _difference(rows: Mapping[str, Sequence[tuple[int, int]]]) -> Figure:
    """The share among shown answers minus that among blind ones, over both together."""
    shown, blind = ratio(rows["shown"]), ratio(rows["blind"])
    first_blind = len(rows["shown"])

    def figure(picks: Picks) -> float:
        return shown(picks[picks < first_blind]) - blind(picks[picks >= first_blind] - first_blind)

    return figure


def _annotators(every: Sequence[Answered], estimate: Estimating) -> dict[str, Any]:
    gold: dict[str, list[tuple[int, int]]] = defaultdict(list)
    planted: dict[str, list[tuple[int, int]]] = defaultdict(list)
    work: dict[str, list[float]] = defaultdict(list)
    for one in every:
        known = fields(one.task.gold) if one.task.gold else {}
        offered = fields(one.task.proposed) if one.task.planted and one.task.proposed else {}
        wrong = [field for field in offered if known.get(field) != offered[field]]
        for who, annotation in one.answers.items():
            said = fields(annotation.answer or {})
            work[who].append(annotation.seconds)
            if known:
                gold[who].append((sum(said.get(field) == value for field, value in known.items()), len(known)))
            if wrong:
                planted[who].append((sum(said.get(field) == offered[field] for field in wrong), len(wrong)))
    return {
        who: {
            "answers": len(seconds),
            "median seconds": median(seconds),
            "gold": {"tasks": len(gold[who]), **estimate(ratio(gold[who]), len(gold[who]))},
            "planted let through": {"tasks": len(planted[who]), **estimate(ratio(planted[who]), len(planted[who]))},
        }
        for who, seconds in sorted(work.items())
    }
