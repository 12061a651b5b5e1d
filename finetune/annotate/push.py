"""Push: make the projects that a plan needs and send its tasks, each exactly once.

The server does not know a task again. So what is there is listed first and only what lacks is sent; and should a
request of a killed push be carried out after that listing, the copy without annotations is taken away again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from data_templates.labelling import form_of, lint, project_xml
from finetune.annotate.answer import results_of
from finetune.annotate.client import Client
from finetune.annotate.ledger import Ledger
from finetune.annotate.task import OURS, Circle, Task
from scaffolds.errors import CasewrightError
from scaffolds.workflow import Workflow

BATCH = 100


def push(ledger: Ledger, client: Client, workflow: Workflow) -> dict[str, int]:
    """Send what the server lacks; give how many tasks were sent, and how many copies were removed."""
    sent = removed = 0
    for circle, step in targets(ledger):
        project = _project(ledger, client, workflow, circle, step)
        removed += _single(client, project)
        there = {key for _, key in _keys(client, project)}
        lacking = [task for task in ledger.tasks(circle) if task.step == step and task.key not in there]
        for start in range(0, len(lacking), BATCH):
            batch = lacking[start : start + BATCH]
            client.send(project, [_wire(workflow, task) for task in batch])
            sent += len(batch)
        removed += _single(client, project)
    return {"sent": sent, "removed": removed}


def targets(ledger: Ledger) -> list[tuple[Circle, str]]:
    """The projects of a plan: one per circle and step that has tasks."""
    return sorted({(task.circle, task.step) for task in ledger.tasks()})


def project_name(circle: Circle, step: str) -> str:
    """The name under which the ledger keeps a project's number."""
    return f"project {circle} {step}"


def _project(ledger: Ledger, client: Client, workflow: Workflow, circle: Circle, step: str) -> int:
    name = project_name(circle, step)
    if (known := ledger.get(name)) is not None:
        return int(known)
    form = form_of(workflow, ledger.get("kind"), step)
    xml = project_xml(form)
    if problems := lint(xml):
        raise CasewrightError(f"The form of {step or workflow.name} cannot be shown: {'; '.join(problems)}.")
    # The salt makes the title this plan's own, so that a push that was killed after making it finds it again.
    title = f"{form.title[:30]} ({circle}) {ledger.get('salt')[:8]}"
    made = client.find_project(title)
    if made is None:
        text = ledger.get("instruction")["text"]
        made = client.create_project(title, xml=xml, instruction=text, annotators=ledger.get("annotators"))
    with ledger.writing():
        ledger.set(name, made)
    return made


def _keys(client: Client, project: int) -> Iterator[tuple[int, str]]:
    for task, data in client.tasks(project):
        yield task, str((data.get(OURS) or {}).get("key"))


def _single(client: Client, project: int) -> int:
    """Take away later copies of a task; give how many there were."""
    found = sorted(_keys(client, project), key=lambda pair: (pair[1], pair[0]))
    copies = [task for _, same in groupby(found, key=lambda pair: pair[1]) for task, _ in list(same)[1:]]
    for task in copies:
        client.delete(task)
    return len(copies)


def _wire(workflow: Workflow, task: Task) -> dict[str, Any]:
    """A task as Label Studio imports it."""
    form = form_of(workflow, task.kind, task.step)
    offered = {task.model or "unknown": task.proposed} if task.suggests and task.proposed else task.rivals
    made = [{"model_version": who, "result": results_of(form, task, answer)} for who, answer in offered.items()]
    return {"data": task.data, "predictions": made} if made else {"data": task.data}
