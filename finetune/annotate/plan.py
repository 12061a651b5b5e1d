"""Plan: what to annotate, in which order, and who sees a suggestion. Pure; the same seed gives the same plan.

First what the desk already stumbled over (conflicts and hand-overs), then what the model doubts most, then a random
share, which is drawn before anything is picked and so keeps an unbiased estimate. Tasks whose answer is known (gold)
are spread over the whole; a blind share gets no suggestion, so that anchoring can be measured; and of the gold tasks
with a suggestion some get a wrong one on purpose.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from finetune.annotate.task import Task, Why
from scaffolds.errors import CasewrightError
from scaffolds.facts import Choice, Kind, Whole


@dataclass(frozen=True, kw_only=True)
class Mix:
    """Shares of a plan: gold, random and blind of all its tasks; planted of the gold tasks with a suggestion."""

    gold: float = 0.05
    random: float = 0.20
    blind: float = 0.15
    planted: float = 0.5

    def __post_init__(self) -> None:
        shares = (self.gold, self.random, self.blind, self.planted)
        if not all(0 <= share <= 1 for share in shares) or self.gold + self.random > 1:
            raise CasewrightError("Shares lie between 0 and 1, and gold and random together are at most 1.")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A task that could be annotated. flagged: the desk stumbled over it. confidence: of the model, 0 to 1."""

    task: Task
    flagged: bool = False
    confidence: float | None = None


def make_plan(
    candidates: Sequence[Candidate], *, count: int, mix: Mix, seed: int, kinds: Mapping[str, Kind]
) -> list[Task]:
    """Choose and order `count` tasks; fewer when there are fewer candidates. kinds: of the facts, for planting."""
    rng = random.Random(seed)
    pool = sorted({one.task.key: one for one in candidates}.values(), key=lambda one: one.task.key)
    rng.shuffle(pool)
    count = min(count, len(pool))
    gold = _take(pool, round(count * mix.gold), lambda one: one.task.gold is not None)
    by_chance = _take(pool, round(count * mix.random), lambda one: True)
    flagged = _take(pool, count - len(gold) - len(by_chance), lambda one: one.flagged)
    pool.sort(key=lambda one: 1.0 if one.confidence is None else one.confidence)
    doubt = _take(pool, count - len(gold) - len(by_chance) - len(flagged), lambda one: True)
    groups: list[tuple[Why, list[Candidate]]] = [("conflict", flagged), ("doubt", doubt), ("random", by_chance)]
    # A gold answer is only kept where the task is there for it; else it is a case like any other.
    ordered = [replace(one.task, why=why, gold=None) for why, group in groups for one in group]
    known = [replace(one.task, why="gold") for one in gold]
    for task in known:
        ordered.insert(rng.randint(0, len(ordered)), task)
    blind = set(rng.sample(range(len(ordered)), round(len(ordered) * mix.blind)))
    tasks = [replace(task, circle="blind") if place in blind else task for place, task in enumerate(ordered)]
    return _planted(tasks, share=mix.planted, kinds=kinds, rng=rng)


def _take(pool: list[Candidate], count: int, wanted: Any) -> list[Candidate]:
    """Take the first `count` that are wanted out of the pool."""
    taken = [one for one in pool if wanted(one)][: max(count, 0)]
    for one in taken:
        pool.remove(one)
    return taken


def _planted(tasks: list[Task], *, share: float, kinds: Mapping[str, Kind], rng: random.Random) -> list[Task]:
    places = [i for i, task in enumerate(tasks) if task.why == "gold" and task.suggests]
    for place in rng.sample(places, round(len(places) * share)):
        gold = tasks[place].gold
        assert gold is not None
        wrong = plant(gold, kinds=kinds, rng=rng)
        if wrong is not None:
            tasks[place] = replace(tasks[place], proposed=wrong, planted=True)
    return tasks


def _other(number: int, low: int, high: int) -> int:
    """Another number that an eye may pass over: ten times as much where that fits."""
    return next(n for n in (number * 10, number + 1, number - 1) if low <= n <= high and n != number)


def plant(gold: Mapping[str, Any], *, kinds: Mapping[str, Kind], rng: random.Random) -> dict[str, Any] | None:
    """Make a right answer about facts wrong in one field; None where nothing is stated that could be."""
    stated = [i for i, item in enumerate(gold.get("facts", ())) if item["state"] == "stated"]
    if not stated:
        return None
    place = rng.choice(stated)
    facts = [dict(item) for item in gold["facts"]]
    item = facts[place]
    match kinds[item["path"]]:
        case Choice(options=options, many=1):
            other = rng.choice([option for option in options if option not in item["values"]])
            facts[place] = item | {"values": [other]}
        case Whole(minimum=int(low), maximum=int(high)) if low < high:
            number = item["values"][0]
            facts[place] = item | {"values": [_other(number, low, high)]}
        case _:
            facts[place] = item | {"state": "not_stated", "values": [], "evidence": []}
    return {**gold, "facts": facts}
