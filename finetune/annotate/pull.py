"""Pull: bring back everything there is, check it, and keep it; whatever a webhook did or did not say.

The whole export of every project is read, in constant memory, and held against the plan. What does not hold up goes
to quarantine.jsonl with every reason. All is kept in one transaction: after a kill nothing of it is there, and the
same command again brings it. The exports stay in the folder as a back-up.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from data_templates.labelling import Form, form_of
from finetune.annotate.answer import answer_of, fields
from finetune.annotate.check import Refused
from finetune.annotate.client import Client
from finetune.annotate.ledger import Annotation, Ledger, Seen
from finetune.annotate.push import project_name, targets
from finetune.annotate.task import OURS, Circle, Task, altered
from finetune.logs.output import atomic
from scaffolds.errors import CasewrightError
from scaffolds.workflow import Workflow

QUARANTINE = "quarantine.jsonl"


@dataclass(frozen=True, kw_only=True)
class Pulled:
    """What a pull came to. Counts of the ledger as it is now, and of what it met."""

    new: int
    answered: int
    skipped: int
    refused: int
    strangers: int
    """Tasks on the server that were never planned."""
    lost_tasks: int
    """Planned tasks that the server does not have: push again."""
    lost_annotations: int
    """Annotations that were pulled before and are gone from the server; ours are kept."""


def pull(ledger: Ledger, client: Client, workflow: Workflow) -> Pulled:
    """Reconcile with the server. Raises CasewrightError, with nothing kept, when an export is not complete."""
    users = client.users()
    with ledger.seen() as seen, ledger.writing():
        new = strangers = 0
        for circle, step in targets(ledger):
            project = ledger.get(project_name(circle, step))
            if project is None:
                raise CasewrightError("Nothing was pushed yet; `casewright annotate push` comes first.")
            form = form_of(workflow, ledger.get("kind"), step)
            reader = _Reader(workflow, form, ledger, project, circle, users, seen)
            expected, path = client.count(project), ledger.folder / "exports" / f"{project}.json"
            path.parent.mkdir(exist_ok=True)
            met = 0
            for item in _items(client.export(project, path)):
                met += 1
                new += reader.take(item)
            if met < expected:
                raise CasewrightError(f"The export of project {project} has {met} of {expected} tasks; pull again.")
            strangers += reader.strangers
        counts = ledger.counts()
        pulled = Pulled(
            new=new, strangers=strangers, lost_tasks=seen.lost_tasks(), lost_annotations=seen.lost_annotations(),
            **{status: counts.get(status, 0) for status in ("answered", "skipped", "refused")},
        )  # fmt: skip
    write_quarantine(ledger)
    return pulled


def _items(path: Any) -> Iterator[dict[str, Any]]:
    import ijson

    with path.open("rb") as file:
        try:
            yield from ijson.items(file, "item", use_float=True)
        except ijson.JSONError as error:
            raise CasewrightError(f"{path} is not whole ({error}); pull again.") from error


class _Reader:
    """Reads the tasks of one project's export into the ledger."""

    def __init__(
        self, workflow: Workflow, form: Form, ledger: Ledger, project: int, circle: Circle, users: Mapping[int, str],
        seen: Seen,
    ) -> None:  # fmt: skip
        self.workflow, self.form, self.ledger, self.project = workflow, form, ledger, project
        self.circle, self.users, self.seen = circle, users, seen
        self.instruction = ledger.get("instruction")["sha256"]
        self.strangers = 0

    def take(self, item: Mapping[str, Any]) -> int:
        """Read one task with its annotations; give how many of them are new."""
        data = item.get("data")
        key = (data.get(OURS) or {}).get("key") if isinstance(data, dict) else None
        task = self.ledger.task(key) if isinstance(key, str) else None
        wrong = task is None or task.circle != self.circle or task.step != self.form.step
        if task is None or wrong:
            self.strangers += 1
        else:
            self.seen.task(task.key)
        before: tuple[str, ...] = ()
        if wrong:
            before = ("the task was never planned for this project",)
        elif task is not None and altered(task, data):
            before = ("the task was altered since it was pushed",)
        return sum(self._annotation(task, key, one, before) for one in item.get("annotations", ()))

    def _annotation(self, task: Task | None, key: Any, item: Mapping[str, Any], before: tuple[str, ...]) -> bool:
        author: Any = item.get("completed_by")
        author = author.get("id") if isinstance(author, dict) else author
        results, answer, reasons = item.get("result"), None, list(before)
        skipped = bool(item.get("was_cancelled"))
        name = self.users.get(author, f"account {author}")
        if author not in self.users:
            reasons.append(f"the annotator {author!r} has no account")
        if task is not None and self.ledger.alias(name) in task.rivals:
            reasons.append("adjudicated by one of those who disagreed")
        if task is not None and not skipped and not before:
            try:
                answer = answer_of(self.workflow, self.form, task, results)
            except Refused as refused:
                reasons += refused.reasons
        self.seen.annotation(self.project, item["id"], key)
        return self.ledger.record(
            Annotation(
                project=self.project,
                id=item["id"],
                key=key if isinstance(key, str) else None,
                annotator=name,
                at=str(item.get("updated_at") or item.get("created_at")),
                seconds=float(item.get("lead_time") or 0),
                status="refused" if reasons else "skipped" if skipped else "answered",
                answer=None if reasons else answer,
                suggestion=suggestion(task, answer) if task and answer and not reasons else {},
                reasons=tuple(reasons),
                results=results,
                instruction=self.instruction,
            )
        )


def suggestion(task: Task, answer: Mapping[str, Any]) -> dict[str, str]:
    """Say per field what became of the suggestion: accepted, changed, or absent where there was none.

    What was suggested is taken from the plan, not from the server.
    """
    said = fields(answer)
    offered = fields(task.proposed) if task.suggests and task.proposed else {}
    return {
        field: "absent" if field not in offered else "accepted" if offered[field] == value else "changed"
        for field, value in said.items()
    }


def write_quarantine(ledger: Ledger) -> None:
    """Write every refused annotation with its reasons to quarantine.jsonl, anew."""
    with atomic(ledger.folder / QUARANTINE) as file:
        for one in ledger.current("refused"):
            line = {"project": one.project, "id": one.id, "task": one.key, "annotator": one.annotator, "at": one.at}
            said = line | {"reasons": list(one.reasons), "results": one.results}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
