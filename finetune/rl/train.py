"""Run the RL stage: GRPO over the archive, from the SFT adapter on, resumable to the bit.

One step plays `prompts_per_step` cases `group` times each, and `told` cases once with what the archive knows of them,
goes over `rehearsed` confirmed dossiers again, and takes one optimiser step on them all (`iterations` of them where
set). Every draw follows from the seed, the step and the place in the batch, so that the same command after a kill
continues exactly. No completion is written to disk, and nothing leaves the machine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.adapter import optimiser
from finetune.checkpoints import AtomicCheckpoints, finished, forget, on_disk
from finetune.recipe import Rl
from scaffolds.environment import Archived, Episode
from scaffolds.errors import CasewrightError
from scaffolds.facts import longest_output
from scaffolds.files import write_json_atomic, write_text_atomic
from scaffolds.prompt import Prompts
from scaffolds.verify import NAMES, vector
from scaffolds.workflow import Read, Workflow
from workflows.serve.base import Base

MICRO_BATCH_TOKENS = 6_144
Progress = Callable[[int, int], None]


@dataclass(frozen=True, kw_only=True)
class Arena:
    """What episodes are played with: cases and confirmed episodes by id, their workflow, and how tasks are worded."""

    cases: Mapping[str, Archived]
    confirmed: Mapping[str, Episode]
    workflow: Workflow
    prompts: Prompts


def openings(cases: Sequence[Archived], *, workflow: Workflow, prompts: Prompts, context: int) -> dict[str, int]:
    """Tokens of the first prompt, by id, of every case that is read in one piece: an episode is one conversation."""
    first = workflow.first
    assert isinstance(first, Read)
    found = {}
    for case in cases:
        texts = list(case.texts.values())
        tokens = len(prompts.opening(first.facts, texts=texts, received=case.received))
        if tokens + longest_output(first.facts, document="\n\n".join(texts)) + 1 <= context:
            found[case.id] = tokens
    return found


def train_rl(
    base: Base,
    cases: Sequence[Archived],
    rl: Rl,
    *,
    confirmed: Sequence[Episode] = (),
    workflow: Workflow,
    describe: bool,
    seed: int,
    out: Path,
    bf16: bool = False,
    progress: Progress | None = None,
) -> Any:
    """Train the adapter on `base.model` (a PEFT model, changed in place) and return it.

    cases: archived cases with outcomes. confirmed: episodes of confirmed answers, to rehearse. out: folder for
    checkpoints, rewards.jsonl (means per step, no text), and left_out.json: the ids of cases that the base would have
    to read in parts, from which nothing is learnt. progress: called with step and steps. Raises CasewrightError when
    no case is left, there is nothing to rehearse and the recipe wants it, or the disk is full.
    """
    prompts = Prompts(tokenizer=base.tokenizer, describe=describe)
    found = openings(cases, workflow=workflow, prompts=prompts, context=base.context)
    if not found:
        raise CasewrightError(
            f"No case of the archive fits in the base's context of {base.context} tokens at once, so RL has nothing "
            "to learn from; take a base with a longer context."
        )
    again = {episode.archived.id: episode for episode in confirmed} if rl.rehearsed else {}
    read = openings([one.archived for one in again.values()], workflow=workflow, prompts=prompts, context=base.context)
    if rl.rehearsed and not read:
        raise CasewrightError("There is no confirmed dossier to rehearse; set rl.rehearsed to 0.")
    arena = Arena(
        cases={case.id: case for case in cases if case.id in found},
        confirmed={name: again[name] for name in read},
        workflow=workflow,
        prompts=prompts,
    )
    micro = _micro_batch(max([*found.values(), *read.values()]) * 2, rows=rl.episodes)
    out.mkdir(parents=True, exist_ok=True)
    with on_disk(out / "left_out.json"):
        write_json_atomic(out / "left_out.json", [case.id for case in cases if case.id not in found])
    trainer = _trainer(base, arena, rl, seed=seed, out=out, bf16=bf16, micro=micro)
    trainer.add_callback(_reporting(out, progress))
    checkpoints = finished(out)
    trainer.train(resume_from_checkpoint=str(checkpoints[-1]) if checkpoints else None)
    forget(out)
    return trainer.model


def _trainer(base: Base, arena: Arena, rl: Rl, *, seed: int, out: Path, bf16: bool, micro: int) -> Any:
    os.environ["TRL_EXPERIMENTAL_SILENCE"] = "1"
    import torch
    from datasets import Dataset, disable_progress_bars
    from transformers import PrinterCallback
    from trl.trainer.grpo_config import GRPOConfig

    from finetune.rl.draws import Draws
    from finetune.rl.rollout import hindsight, rehearsal, rollout
    from finetune.rl.trainer import ConstrainedGRPOTrainer
    from scaffolds.decode import Decoder
    from workflows.serve.adapter import merges

    class Trainer(AtomicCheckpoints, ConstrainedGRPOTrainer):
        """The constrained trainer, with atomic checkpoints and the cases of each step as `Draws` has them."""

        def _get_train_sampler(self, dataset: Any = None) -> Any:
            batches = self.args.steps_per_generation * rl.iterations
            return Draws(len(arena.cases), confirmed=len(arena.confirmed), rl=rl, seed=seed, repeat=batches)

    disable_progress_bars()
    weights = {name: rl.weights.get(name, 1.0) for name in NAMES}
    free = rl.prompts_per_step * rl.group

    def roll(ids: list[str], trainer: Any) -> dict[str, Any]:
        model = _merged(base.model) if merges(base.model) else base.model
        first = (seed * 1_000_003 + trainer.state.global_step) * 100_003
        seeds = [first + place for place in range(free + rl.told)]
        played = [arena.cases[name] for name in ids[: free + rl.told]]
        decoder = Decoder(model, base.tokenizer)
        compared = rollout(
            played[:free],
            workflow=arena.workflow,
            decoder=decoder,
            prompts=arena.prompts,
            group=rl.group,
            temperature=rl.temperature,
            seeds=seeds[:free],
            weights=weights,
        )
        told = hindsight(
            played[free:], workflow=arena.workflow, decoder=decoder, prompts=arena.prompts, seeds=seeds[free:]
        )
        again = [arena.confirmed[name] for name in ids[free + rl.told :]]
        trainer.rows = compared + told + rehearsal(again, decoder=decoder, prompts=arena.prompts)
        scores = [vector(row.scores) for row in compared]
        return {
            "prompt_ids": [row.prompt for row in trainer.rows],
            "completion_ids": [row.completion for row in trainer.rows],
            "logprobs": [row.logprobs for row in trainer.rows],
            "env_mask": [row.ours for row in trainer.rows],
            # The others bear the mean of the compared ones, so that the step's mean is theirs.
            "scores": [*scores, *[_mean(scores)] * (rl.told + rl.rehearsed)],
        }

    config = GRPOConfig(
        output_dir=str(out),
        max_steps=rl.steps,
        per_device_train_batch_size=micro,
        gradient_accumulation_steps=rl.episodes // micro,
        num_generations=rl.episodes,  # its groups are the sampler's and ours; TRL's advantages are not used
        num_iterations=rl.iterations,
        learning_rate=rl.learning_rate,
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
        save_steps=rl.save_steps,
        logging_steps=1,
        report_to="none",
        log_completions=False,
        disable_tqdm=True,
    )
    trained = [parameter for parameter in base.model.parameters() if parameter.requires_grad]
    made, settings = optimiser(rl.learning_rate)
    trainer = Trainer(
        model=base.model,
        reward_funcs=[_reward(name) for name in NAMES],
        args=config,
        train_dataset=Dataset.from_list([{"prompt": name} for name in (*arena.cases, *arena.confirmed)]),
        processing_class=base.tokenizer,
        rollout_func=roll,
        optimizers=(made(trained, **settings), None),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _merged(model: Any) -> Any:
    """A copy in which a linear layer is one product in the place of three."""
    merged = deepcopy(model).merge_and_unload()
    # TRL binds a forward of its own to the instance; its copy would still compute with the model it was made from.
    vars(merged).pop("forward", None)
    return merged


def _reporting(out: Path, progress: Progress | None) -> Any:
    from transformers import TrainerCallback

    class Reporting(TrainerCallback):
        """Write the mean of every reward per step, and tell how far the run is."""

        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            # The state's history is resumed with the checkpoint, so no step is ever told twice.
            lines = [json.dumps(_means(entry)) for entry in state.log_history if "reward" in entry]
            with on_disk(out / "rewards.jsonl"):
                write_text_atomic(out / "rewards.jsonl", "".join(f"{line}\n" for line in lines))

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if progress:
                progress(state.global_step, state.max_steps)

    return Reporting()


def _means(entry: Mapping[str, float]) -> dict[str, float]:
    """Keep of a log entry the step, the rewards, and what tells whether the policy is still itself."""
    rewards = {name: entry[f"rewards/{name}/mean"] for name in NAMES if f"rewards/{name}/mean" in entry}
    kept = {name: entry[name] for name in ("step", "reward", "entropy", "kl", "grad_norm") if name in entry}
    return kept | rewards


def _mean(scores: Sequence[Mapping[str, float]]) -> dict[str, float]:
    named = {name: [row[name] for row in scores if name in row] for name in NAMES}
    return {name: sum(found) / len(found) for name, found in named.items() if found}


def _reward(name: str) -> Callable[..., list[float | None]]:
    def reward(
        prompts: Any, completions: Any, scores: list[Mapping[str, float]], **_: Any
    ) -> list[float | None]:
        return [row.get(name) for row in scores]

    reward.__name__ = name
    return reward


def _micro_batch(tokens: int, *, rows: int) -> int:
    """Most rows of `tokens` that fit in MICRO_BATCH_TOKENS and divide a step's rows evenly."""
    fitting = [size for size in range(1, rows + 1) if rows % size == 0 and size * tokens <= MICRO_BATCH_TOKENS]
    return max(fitting, default=1)
