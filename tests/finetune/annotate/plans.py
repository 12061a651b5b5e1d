"""Plans of the small workflow, and annotators who answer them through the API."""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune.annotate.answer import results_of
from finetune.annotate.client import Client
from finetune.annotate.ledger import Ledger
from finetune.annotate.task import Circle, Task
from tests.finetune.annotate.reading import FORM, hostile_task

SETTINGS = {
    "workflow": "alles", "version": "1", "kind": "facts", "annotators": 2, "seed": 1, "terms": "in dienst",
    "legal_basis": "AVG 6:1:e", "mix": {"gold": 0.0, "random": 1.0, "blind": 0.2, "planted": 0.0},
    "instruction": {"version": "1", "text": "Markeer elk gegeven.", "sha256": "0" * 64},
}  # fmt: skip
Answer = dict[str, Any]


def new_plan(folder: Path, count: int, *, first: int = 0, blind: float = 0.2) -> None:
    """Make a ledger with `count` tasks, a share of them blind."""
    tasks = []
    for number in range(first, first + count):
        task, _ = hostile_task(number)
        circle: Circle = "blind" if random.Random(number).random() < blind else "shown"
        tasks.append(replace(task, circle=circle))
    with Ledger(folder, create=True) as ledger:
        ledger.create(tasks, settings=SETTINGS)


def projects(ledger: Ledger) -> list[int]:
    """The numbers of the projects that a plan was pushed to."""
    found = [ledger.get(f"project {circle} lees") for circle in ("blind", "shown", "senior")]
    return [number for number in found if number is not None]


def on_server(ledger: Ledger, client: Client) -> list[tuple[int, Task]]:
    """Every task on the server as (id, ours), in the order of the plan."""
    order = {task.key: place for place, task in enumerate(ledger.tasks())}
    there = [(id_, data["casewright"]["key"]) for project in projects(ledger) for id_, data in client.tasks(project)]
    found = [(id_, ledger.task(key)) for id_, key in sorted(there, key=lambda pair: order[pair[1]])]
    return [(id_, task) for id_, task in found if task is not None]


def annotate(
    client: Client, tasks: Iterable[tuple[int, Task]], answer: Callable[[Task], Answer], *, seconds: float = 20
) -> dict[str, Answer]:
    """Answer tasks through the API, as the account of `client`; give what was entered by key."""
    entered = {}
    for id_, task in tasks:
        entered[task.key] = answer(task)
        results = results_of(FORM, task, entered[task.key])
        client.sdk.annotations.create(id=id_, result=results, lead_time=seconds)
    return entered


def as_proposed(task: Task) -> Answer:
    """What the model read: right, in these plans."""
    return dict(task.proposed or {})


def slip(task: Task) -> Answer:
    """What the model read, with the last stated fact overlooked."""
    answer = as_proposed(task)
    facts = [dict(item) for item in answer["facts"]]
    stated = [item for item in facts if item["state"] == "stated"]
    if stated:
        stated[-1] |= {"state": "not_stated", "values": [], "evidence": []}
    return answer | {"facts": facts}
