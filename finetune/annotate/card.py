"""Card: who annotated a data set, under which instruction and on what terms, and what its measurements were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from statistics import median

from jinja2 import Environment, StrictUndefined

from finetune.annotate.agreement import measured, raw_agreement
from finetune.annotate.answer import fields
from finetune.annotate.figures import answered
from finetune.annotate.ledger import Ledger
from scaffolds.workflow import Workflow


def write_card(folder: Path, ledger: Ledger, workflow: Workflow, *, rows: Mapping[str, int]) -> Path:
    """Write README.md into `folder` from the ledger."""
    seconds: dict[str, list[float]] = {}
    units, circles = [], Counter[str]()
    for one in answered(ledger):
        circles[one.task.circle] += 1
        for who, annotation in one.answers.items():
            seconds.setdefault(who, []).append(annotation.seconds)
        said = {who: fields(annotation.answer or {}) for who, annotation in one.answers.items()}
        units += [
            {who: str(values[field]) for who, values in said.items() if field in values}
            for field in next(iter(said.values()))
        ]
    source = (resources.files("data_templates.labelling") / "card.md.jinja").read_text("utf-8")
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    text = environment.from_string(source).render(
        workflow=workflow,
        settings={name: ledger.get(name) for name in ("kind", "annotators", "seed", "mix", "terms", "legal_basis")},
        instruction=ledger.get("instruction"),
        annotators={who: (len(times), median(times)) for who, times in sorted(seconds.items())},
        rows=rows,
        counts={"answered": 0, "skipped": 0, "refused": 0} | ledger.counts(),
        circles=circles,
        raw=measured(raw_agreement(units), len(units)),
    )
    path = folder / "README.md"
    path.write_text(text, encoding="utf-8")
    return path
