"""A study of the toy log as a program of its own, so that a test can kill it.

python -m tests.finetune.logs.toy_study BASE OUT [--die-at STEP]
"""

import argparse
import os
import signal
from pathlib import Path

from finetune.logs.protocol import temporal_split
from finetune.logs.recipe import LogRecipe
from finetune.logs.study import Study
from finetune.progress import Progress, silent
from finetune.recipe import load_recipe
from tests.finetune.logs.toy import toy_traces

SETTINGS = (
    "sft.epochs=4",
    "sft.patience=2",
    "sft.learning_rate=1e-2",
    "sft.lora.rank=2",
    "sft.lora.dropout=0.1",
    "sft.bf16=false",
    "rl.epochs=3",
    "evaluation.seeds=1",
)
"""Dropout, so that a resumed study has to find the random state back as well."""


def study(base: Path, out: Path, *, tell: Progress = silent) -> Study:
    """Choose, and train SFT and RL with one seed."""
    recipe = load_recipe("procesverloop", overrides=[*SETTINGS, f"base={base}"])
    assert isinstance(recipe, LogRecipe)
    split = temporal_split(toy_traces(40), ties="activity")
    made = Study(recipe=recipe, split=split, folder=out, tell=tell, reinforced=True)
    made.policy("sft", 1)
    made.policy("rl", 1)
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--die-at", type=int, default=0)
    given = parser.parse_args()
    steps = 0

    def tell(what: str, done: int, total: int) -> None:
        nonlocal steps
        steps += 1
        if steps == given.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    study(given.base, given.out, tell=tell)


if __name__ == "__main__":
    main()
