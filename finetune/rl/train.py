"""Run the RL stage: GRPO over the archive, from the SFT adapter on, resumable to the bit.

One step plays `prompts_per_step` cases `group` times each and takes one optimiser step on them (`iterations` of
them where set). Every draw follows from the seed, the step and the place in the batch, so that the same command
after a kill continues exactly. Nothing leaves the machine and no completion is written to disk by the trainer.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from finetune.base import Base
from finetune.recipe import Rl
from scaffolds.environment import Archived
from scaffolds.prompt import Prompts
from scaffolds.verify import NAMES, vector
from scaffolds.workflow import Workflow

MICRO_BATCH_TOKENS = 8192


def train_rl(base: Base, cases: Sequence[Archived], rl: Rl, *, workflow: Workflow, describe: bool, seed: int,
             out: Path, bf16: bool = False, progress: Callable[[int, int, Mapping[str, float]], None] | None = None,
             ) -> Any:
    """Train the adapter on `base.model` (a PEFT model, changed in place) and return it.

    cases: archived cases with outcomes. out: folder for checkpoints and rewards.jsonl (means per step, no text).
    progress: called with step, steps and the mean score by verifier.
    """
    os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
    import torch
    from datasets import Dataset
    from transformers import TrainerCallback
    from transformers.trainer_utils import get_last_checkpoint
    from trl import GRPOConfig

    from finetune.rl.rollout import rollout
    from finetune.rl.trainer import ConstrainedGRPOTrainer
    from scaffolds.decode import Decoder

    prompts = Prompts(tokenizer=base.tokenizer, describe=describe)
    decoder = Decoder(base.model, base.tokenizer)
    by_id = {case.id: case for case in cases}
    weights = {name: rl.weights.get(name, 1.0) for name in NAMES}
    group = rl.group
    width = max(len(prompts.opening(workflow.first.facts, texts=list(c.texts.values()), received=c.received))  # type: ignore[union-attr]
                for c in cases)
    micro = _micro_batch(width * 2, prompts=rl.prompts_per_step, group=group)

    def roll(ids: list[str], trainer: Any) -> dict[str, Any]:
        first = (seed * 1_000_003 + trainer.state.global_step) * 100_003
        trainer.rows = rollout(
            [by_id[name] for name in ids], workflow=workflow, decoder=decoder, prompts=prompts, group=group,
            temperature=rl.temperature, seeds=[first + place for place in range(len(ids))], weights=weights,
        )
        return {
            "prompt_ids": [row.prompt for row in trainer.rows],
            "completion_ids": [row.completion for row in trainer.rows],
            "logprobs": [row.logprobs for row in trainer.rows],
            "env_mask": [row.ours for row in trainer.rows],
            "scores": [vector(row.scores) for row in trainer.rows],
        }

    class Watch(TrainerCallback):  # type: ignore[misc]
        """Writes the mean of every reward, and tells how far the run is."""

        def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float] | None = None, **_: Any) -> None:
            means = {name: logs[f"rewards/{name}/mean"] for name in NAMES if f"rewards/{name}/mean" in (logs or {})}
            if logs and means:
                record = {"step": state.global_step, "reward": logs["reward"], "entropy": logs.get("entropy"),
                          "kl": logs.get("kl"), **means}
                with (out / "rewards.jsonl").open("a") as file:
                    file.write(json.dumps(record) + "\n")
                if progress:
                    progress(state.global_step, rl.steps, means)

    out.mkdir(parents=True, exist_ok=True)
    config = GRPOConfig(
        output_dir=str(out / "checkpoints"),
        max_steps=rl.steps,
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=rl.prompts_per_step * group // micro,
        num_generations=group,
        num_iterations=rl.iterations,
        learning_rate=rl.learning_rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=min(5, rl.steps // 10),
        beta=rl.beta,
        epsilon=rl.clip,
        temperature=rl.temperature,
        loss_type="dapo",
        scale_rewards="none",
        reward_weights=[weights[name] for name in NAMES],
        max_completion_length=base.context,
        gradient_checkpointing=False,
        use_cpu=not torch.cuda.is_available(),
        bf16=bf16,
        seed=seed,
        data_seed=seed,
        save_strategy="steps",
        save_steps=rl.save_steps,
        save_total_limit=2,
        logging_steps=1,
        report_to="none",
        log_completions=False,
        push_to_hub=False,
        disable_tqdm=True,
        dataloader_num_workers=0,
    )
    trainer = ConstrainedGRPOTrainer(
        model=base.model,
        reward_funcs=[_reward(name) for name in NAMES],
        args=config,
        train_dataset=Dataset.from_list([{"prompt": case.id} for case in cases]),
        processing_class=base.tokenizer,
        rollout_func=roll,
        callbacks=[Watch()],
    )
    last = get_last_checkpoint(config.output_dir) if Path(config.output_dir).is_dir() else None
    trainer.train(resume_from_checkpoint=last)
    return trainer.model


def _reward(name: str) -> Callable[..., list[float | None]]:
    def reward(prompts: Any, completions: Any, scores: list[Mapping[str, float]], **_: Any) -> list[float | None]:
        return [row.get(name) for row in scores]

    reward.__name__ = name
    return reward


def _micro_batch(tokens: int, *, prompts: int, group: int) -> int:
    """Most rows that fit in MICRO_BATCH_TOKENS and divide the batch evenly."""
    whole = prompts * group
    fitting = [size for size in range(1, whole + 1) if whole % size == 0 and size * tokens <= MICRO_BATCH_TOKENS]
    return max(fitting, default=1)
