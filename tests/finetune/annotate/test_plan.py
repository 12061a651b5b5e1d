"""A plan is the same for the same seed, holds its shares, and begins with what the desk stumbled over."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.annotate.answer import fields
from finetune.annotate.plan import Candidate, Mix, make_plan, plant
from finetune.annotate.task import Task
from scaffolds.errors import CasewrightError
from tests.finetune.annotate.reading import WORKFLOW, hostile_task


def candidates(count: int, *, seed: int = 0) -> list[Candidate]:
    """Tasks with and without gold, some flagged, with or without a confidence."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        task, _ = hostile_task(number, documents=1)
        task = replace(task, gold=task.proposed if rng.random() < 0.5 else None)
        sure = rng.choice([None, rng.random()])
        made.append(Candidate(task=task, flagged=rng.random() < 0.2, confidence=sure))
    return made


MADE = candidates(200)


def planned(count: int = 100, *, mix: Mix | None = None, seed: int = 1) -> list[Task]:
    return make_plan(MADE, count=count, mix=mix or Mix(), seed=seed, kinds=WORKFLOW.kinds)


def test_the_same_seed_gives_the_same_plan_whatever_the_order_of_the_candidates() -> None:
    again = make_plan(MADE[::-1], count=100, mix=Mix(), seed=1, kinds=WORKFLOW.kinds)
    assert planned() == again
    assert planned() != planned(seed=2)


@given(
    st.integers(1, 250), st.integers(0, 9),
    st.builds(Mix, gold=st.floats(0, 0.4), random=st.floats(0, 0.5), blind=st.floats(0, 1), planted=st.floats(0, 1)),
)  # fmt: skip
def test_every_task_is_planned_once_and_the_shares_hold(count: int, seed: int, mix: Mix) -> None:
    tasks = planned(count, mix=mix, seed=seed)
    assert len({task.key for task in tasks}) == len(tasks) == min(count, len(MADE))
    assert sum(task.why == "gold" for task in tasks) == round(len(tasks) * mix.gold)
    assert sum(task.circle == "blind" for task in tasks) == round(len(tasks) * mix.blind)
    assert all(task.gold is None for task in tasks if task.why != "gold")
    assert all(task.why == "gold" and task.circle == "shown" for task in tasks if task.planted)


def test_conflicts_come_first_then_doubt_in_the_order_of_doubt_then_chance() -> None:
    by_key = {one.task.key: one for one in MADE}
    order = [task.why for task in planned() if task.why != "gold"]
    assert order == sorted(order, key=["conflict", "doubt", "random"].index)
    doubts = [by_key[task.key].confidence for task in planned() if task.why == "doubt"]
    known = [sure for sure in doubts if sure is not None]
    assert doubts[: len(known)] == sorted(known)
    assert all(by_key[task.key].flagged for task in planned() if task.why == "conflict")


def test_the_random_share_is_drawn_before_anything_is_picked() -> None:
    by_key = {one.task.key: one for one in MADE}
    drawn = [task for seed in range(40) for task in planned(seed=seed) if task.why == "random"]
    flagged = sum(by_key[task.key].flagged for task in drawn) / len(drawn)
    everywhere = sum(one.flagged for one in MADE) / len(MADE)
    assert abs(flagged - everywhere) < 0.06


@given(st.integers(0, 5000))
def test_a_planted_suggestion_is_wrong_in_one_field_and_within_its_bounds(seed: int) -> None:
    task, _ = hostile_task(seed, documents=1)
    right = task.proposed or {}
    wrong = plant(right, kinds=WORKFLOW.kinds, rng=random.Random(seed))
    if wrong is None:
        assert all(values[0] != "stated" for values in fields(right).values())
        return
    differing = [field for field, value in fields(right).items() if fields(wrong)[field] != value]
    assert len(differing) == 1
    for item in wrong["facts"]:
        schema = WORKFLOW.kinds[item["path"]].schema() or {}
        for value in item["values"]:
            assert value in schema.get("enum", [value])
            assert schema.get("minimum", 0) <= (value if isinstance(value, int) else 0) or "minimum" not in schema


def test_shares_that_cannot_be_are_refused() -> None:
    with pytest.raises(CasewrightError, match="together are at most 1"):
        Mix(gold=0.7, random=0.7)
