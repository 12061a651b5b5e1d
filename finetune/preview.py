"""Dry run: what a recipe would do, without training: resolved recipe, data, one row's tokens, estimates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.recipe import write_recipe
from finetune.stages import Work, open_base, preference_rows, training_rows
from scaffolds.files import folder_atomic, write_json_atomic, write_text_atomic

RL_COST = 2.0
"""What an RL episode costs per token against an SFT row: most are generated first, and then trained on."""
PREFERENCE_COST = 4 / 3
"""What a token of a preference costs against one of an SFT row: the reference policy reads it as well."""


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """Where it was written, the preview as printable text, and the estimates."""

    folder: Path
    preview: Any
    estimates: dict[str, Any]


def dry_run(work: Work) -> DryRun:
    """Write OUT/dry-run with recipe.yaml, data.json, preview.txt and estimates.json; the run is untouched.

    Raises CasewrightError for everything that would stop the run before its first step.
    """
    from finetune.constrained import settled
    from finetune.pace import estimate
    from finetune.rows import preview

    base = open_base(work)
    rows = training_rows(work, base)
    first, choices = settled(rows[0], base.tokenizer)
    shown = preview(first, base.tokenizer, choices=choices.columns)
    sft = estimate(base, rows, work.recipe.sft)
    estimates: dict[str, Any] = {
        "base": str(base.identity),
        "sft": {
            "rows": len(rows),
            "steps": sft.steps,
            "tokens": sft.tokens,
            "answer_tokens": sft.answers,
            "seconds": round(sft.seconds),
            "bf16": sft.pace.bf16,
            "packing": sft.pace.packing,
        },
        "peak_memory_bytes": sft.peak_bytes,
    }
    if preference := work.recipe.preference:
        judged = preference_rows(work, base)
        tokens = sum(2 * len(one.prompt) + len(one.answer) + len(one.other or one.answer) for one in judged)
        seconds = tokens * preference.epochs * sft.seconds / sft.tokens * PREFERENCE_COST
        steps = max(1, round(len(judged) * preference.epochs / preference.batch_size))
        estimates["preference"] = {"rows": len(judged), "steps": steps, "seconds": round(seconds)}
    if rl := work.recipe.rl:
        episodes = rl.steps * rl.episodes
        length = sum(len(row.input_ids) for row in rows) / len(rows)
        seconds = episodes * length * sft.seconds / sft.tokens * RL_COST
        estimates["rl"] = {"steps": rl.steps, "episodes": episodes, "seconds": round(seconds)}
    folder = work.out / "dry-run"
    with folder_atomic(folder) as inside:
        write_text_atomic(inside / "recipe.yaml", write_recipe(work.recipe))
        write_json_atomic(inside / "data.json", work.data.record)
        write_text_atomic(inside / "preview.txt", shown.plain + "\n")
        write_json_atomic(inside / "estimates.json", estimates)
    return DryRun(folder=folder, preview=shown, estimates=estimates)
