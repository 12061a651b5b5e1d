"""One small RL run as a program of its own, so that a test can kill it: python -m tests.finetune.rl_small BASE OUT
[--die-at STEP]
"""

import argparse
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune.adapter import attach, save_adapter
from finetune.recipe import Lora, Rl
from finetune.rl.train import train_rl
from scaffolds.environment import Archived, Episode, Outcome, play
from scaffolds.facts import schema_hash
from tests.finetune.small import stir
from tests.scaffolds.gold import answering, archived
from workflows.omgevingsvergunning import WORKFLOW
from workflows.serve.adapter import AdapterIdentity
from workflows.serve.base import Base, load_base

RL = Rl(steps=4, prompts_per_step=2, group=2, learning_rate=0.01, told=1, rehearsed=1, beta=0.1, save_steps=1)
OUTCOME = Outcome(rows={"omgevingsvergunning/volledigheid": ("vraag-kosten", "vraag-eigenaar")})


def cases(count: int = 6) -> list[Archived]:
    """Short applications with an outcome, each under its own id."""
    texts = [f"Ik wil een boom kappen aan de Lindelaan {i + 1}. De stam is {80 + i} cm." for i in range(count)]
    return [replace(archived(text, outcome=OUTCOME), id=f"zaak-{i}") for i, text in enumerate(texts)]


def confirmed() -> list[Episode]:
    """One application whose answers a person confirmed."""
    return play(WORKFLOW, [replace(archived(), id="bevestigd")], answering())


def policy(folder: Path) -> Base:
    """A tiny base with a fresh adapter whose weights are not zero, in a context that holds an answer."""
    base = load_base(str(folder))
    model = attach(base, Lora(rank=4), seed=3)
    stir(model, seed=3)
    return replace(base, model=model)


def train(folder: Path, out: Path, *, rl: Rl = RL, die_at: int | None = None) -> Any:
    """Train four steps and save the adapter under OUT/adapter."""
    base = policy(folder)

    def progress(step: int, total: int) -> None:
        if step == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    model = train_rl(
        base,
        cases(),
        rl,
        confirmed=confirmed(),
        workflow=WORKFLOW,
        describe=False,
        seed=5,
        out=out,
        progress=progress,
    )
    schema = schema_hash([step.facts for step in WORKFLOW.steps if getattr(step, "facts", None)])
    save_adapter(model, out / "adapter", identity=AdapterIdentity(base=base.identity, schema=schema, describe=False))
    return model


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--die-at", type=int)
    given = parser.parse_args()
    train(given.base, given.out, die_at=given.die_at)
