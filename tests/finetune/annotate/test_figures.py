"""The figures of a plan say what was planted in it: who errs, who lets wrong suggestions through, what anchors."""

import random
from dataclasses import replace
from typing import Any

import pytest

from finetune.annotate.answer import fields
from finetune.annotate.figures import agreement_figures
from finetune.annotate.ledger import Annotation, Ledger
from finetune.annotate.plan import plant
from finetune.annotate.task import Circle, Task
from finetune.report.agreement_page import agreement_page, estimate
from tests.finetune.annotate.plans import SETTINGS, as_proposed, slip
from tests.finetune.annotate.reading import WORKFLOW, hostile_task

ANNA, BRAM = "anna@example.nl", "bram@example.nl"


def record(ledger: Ledger, number: int, task: Task, who: str, answer: dict[str, Any], seconds: float) -> None:
    ledger.record(
        Annotation(
            project=1, id=number, key=task.key, annotator=who, at="2026-03-03T09:00:00+00:00", seconds=seconds,
            status="answered", answer=answer, suggestion={}, reasons=(), results=[], instruction="",
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Ledger]:
    """Forty tasks: ten blind, ten gold of which five are planted. Anna is right, Bram slips and lets through."""
    ledger = Ledger(tmp_path_factory.mktemp("figures") / "plan", create=True)
    tasks, rng = [], random.Random(1)
    for number in range(40):
        task, _ = hostile_task(number, documents=1)
        circle: Circle = "blind" if number % 4 == 0 else "shown"
        task = replace(task, circle=circle, gold=task.proposed if number % 4 == 1 else None)
        if number % 8 == 1:
            wrong = plant(as_proposed(task), kinds=WORKFLOW.kinds, rng=rng)
            task = replace(task, proposed=wrong, planted=True)
        tasks.append(task)
    ledger.create(tasks, settings=SETTINGS)
    with ledger.writing():
        for number, task in enumerate(tasks):
            right = dict(task.gold or task.proposed or {})
            record(ledger, 2 * number, task, ANNA, right, 20)
            lets_through = as_proposed(task) if task.planted else right
            said = slip(replace(task, proposed=right)) if task.circle == "blind" else lets_through
            record(ledger, 2 * number + 1, task, BRAM, said, 40)
    return agreement_figures(ledger, WORKFLOW, draws=200, seed=1), ledger


def test_gold_and_planted_suggestions_tell_annotators_apart(figures: tuple[dict[str, Any], Ledger]) -> None:
    found, ledger = figures
    anna, bram = (found["annotators"][ledger.alias(who)] for who in (ANNA, BRAM))
    assert (anna["gold"]["tasks"], anna["gold"]["value"]) == (10, 1.0)
    assert (anna["planted let through"]["tasks"], anna["planted let through"]["value"]) == (5, 0.0)
    assert bram["planted let through"]["value"] == 1.0
    assert bram["gold"]["value"] == 1 - 5 / (10 * len(WORKFLOW.kinds))
    assert (anna["median seconds"], bram["median seconds"]) == (20, 40)


def test_what_is_said_less_often_without_a_suggestion_shows_that_suggestions_anchor(
    figures: tuple[dict[str, Any], Ledger],
) -> None:
    found = figures[0]["anchoring"]
    assert found["shown"]["as suggested"]["value"] == 1.0
    assert found["blind"]["as suggested"]["value"] < 1.0
    assert found["shown minus blind"]["low"] > 0


def test_agreement_falls_in_the_fields_in_which_the_two_differ(figures: tuple[dict[str, Any], Ledger]) -> None:
    found, ledger = figures
    for field, one in found["fields"].items():
        answers = [
            [fields(annotation.answer or {})[field] for annotation in ledger.annotations(task.key)]
            for task in ledger.tasks()
        ]
        assert one["units"] == 40
        assert one["raw"]["value"] == pytest.approx(sum(a == b for a, b in answers) / 40)
        assert len(one["kappa"]) == 1
    assert "interval" in found["fields"]["kosten"]
    assert "interval" not in found["fields"]["straat"]
    assert found["spans"]["straat"]["exact"]["value"] <= found["spans"]["straat"]["overlap"]["value"]


def test_the_page_stands_alone_and_names_nobody(figures: tuple[dict[str, Any], Ledger]) -> None:
    page = agreement_page(figures[0])
    assert not any(word in page for word in ("<script", "<link", "<img", " src=", ANNA, BRAM))
    assert figures[1].alias(ANNA) in page
    assert estimate({"value": float("nan"), "low": 0, "high": 0}) == "–"
