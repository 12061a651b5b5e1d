"""One small preference run as a program of its own, so that a test can kill it.

python -m tests.finetune.preference_small BASE START ROWS OUT METHOD [--die-at STEP]
"""

import argparse
import json
import os
import signal
from pathlib import Path
from typing import Literal

from finetune.preference import judged_rows, train_preference
from finetune.recipe import Preference
from scaffolds.facts import render
from scaffolds.prompt import Prompts
from scaffolds.workflow import Read
from tests.finetune.small import WORKFLOW, dossiers
from tests.finetune.train_small import SCHEMA
from workflows.serve.base import load_base

Method = Literal["sft", "dpo", "kto"]

STATED, ABSENT = '{"reden":{"bron":"ziek","waarde":"ziek"}}', '{"reden":"niet vermeld"}'


def write_rows(folder: Path, *, count: int = 8) -> Path:
    """Write rows as the export does: the second reading, right over wrong, in its conversation."""
    prompts = Prompts(tokenizer=None, describe=False)
    first, second = WORKFLOW.steps
    assert isinstance(first, Read)
    assert isinstance(second, Read)
    lines: dict[str, list[str]] = {"sft": [], "dpo": [], "kto": []}
    for number, dossier in enumerate(dossiers(count)):
        texts = [document.text for document in dossier.documents]
        prompt = [
            {"role": "user", "content": prompts.body(first.facts, texts=texts, received=dossier.received)},
            {"role": "assistant", "content": render(first.facts, dossier.gold["wat"])},
            {"role": "user", "content": prompts.question(second.facts)},
        ]
        right = render(second.facts, dossier.gold["waarom"])
        wrong = ABSENT if right == STATED else STATED
        about = {"case": dossier.id, "task": dossier.id, "split": "train", "schema": SCHEMA, "steps": ["wat", "waarom"]}
        row = {"prompt": prompt, "provenance": about}
        lines["sft"].append(json.dumps(row | {"completion": said(right)}))
        lines["dpo"].append(json.dumps(row | {"chosen": said(right), "rejected": said(wrong)}))
        label = number % 2 == 0
        lines["kto"].append(json.dumps(row | {"completion": said(right if label else wrong), "label": label}))
    folder.mkdir(parents=True, exist_ok=True)
    for name, written in lines.items():
        (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in written))
    return folder


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def preference(rows: Path, method: Method) -> Preference:
    return Preference(
        name="annotators", kind="synthetic", licence="EUPL-1.2", legal_basis="none", rows=str(rows), method=method,
        epochs=2, learning_rate=0.01, batch_size=2, save_steps=2, beta=0.1,
    )  # fmt: skip


def train(base_folder: Path, start: Path, rows: Path, out: Path, *, method: Method, die_at: int | None = None) -> Path:
    """Train on eight rows: eight steps."""
    base = load_base(str(base_folder))
    asked, prompts = preference(rows, method), Prompts(tokenizer=base.tokenizer, describe=False)
    made = judged_rows(asked, workflow=WORKFLOW, schema=SCHEMA, prompts=prompts, context=base.context)

    def progress(step: int, total: int) -> None:
        if step == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return train_preference(
        base, made, asked, start=start, out=out, seed=7, schema=SCHEMA, bf16=False, progress=progress
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("base", "start", "rows", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("method", choices=["sft", "dpo", "kto"])
    parser.add_argument("--die-at", type=int)
    given = parser.parse_args()
    train(given.base, given.start, given.rows, given.out, method=given.method, die_at=given.die_at)


if __name__ == "__main__":
    main()
