"""What a run on a log will take: a training step is timed, and the cases that the whole recipe reads are counted."""

from __future__ import annotations

from dataclasses import dataclass

from finetune.logs.fit import step_seconds
from finetune.logs.protocol import Split
from finetune.logs.recipe import LogRecipe
from finetune.logs.study import Study


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Seconds of a pass over the training cases, and per part of the run the passes it takes at most."""

    pass_seconds: float
    bf16: bool
    passes: dict[str, float]

    @property
    def hours(self) -> float:
        """The most that training takes; where validation stops earlier, it is less."""
        return self.pass_seconds * sum(self.passes.values()) / 3600


def estimate(study: Study) -> Estimate:
    """Time a step on cases of median length; nothing is trained or kept but the precision that was measured."""
    policy, bf16 = study.begun(study.split.fitting), study.bf16()
    rows = sorted((policy.encoding.row(trace) for trace in study.split.training), key=lambda row: len(row.input_ids))
    size = study.recipe.sft.batch_size
    middle = max(0, (len(rows) - size) // 2)
    seconds = min(step_seconds(policy, rows[middle : middle + size], bf16=bf16) for _ in range(3))
    return Estimate(
        pass_seconds=seconds * len(rows) / min(size, len(rows)),
        bf16=bf16,
        passes=passes_at_most(study.recipe, study.split),
    )


def passes_at_most(recipe: LogRecipe, split: Split) -> dict[str, float]:
    """Count per part of the run, in passes over all training cases, what is read if validation never stops early.

    The small networks, scoring, and transfer to another log come on top.
    """
    cases, seeds, sft = len(split.training), len(recipe.seeds), recipe.sft.epochs
    rl = recipe.rl.epochs if recipe.rl else 0
    choosing = len(split.fitting) / cases
    passes = {"the choice": choosing * (sft + rl), "the seeds": float(seeds * (sft + rl))}
    if recipe.evaluation.opaque:
        passes["opaque words"] = (choosing + seeds) * sft
    for size in recipe.evaluation.curve:
        if size < cases:
            passes[f"{size} cases"] = (choosing + seeds) * sft * size / cases
    return passes
