"""Preference: train the SFT adapter on from what annotators settled, by SFT, DPO or KTO with the trainers of TRL.

SFT learns the settled answers themselves. DPO (Rafailov et al. 2023) learns from pairs: the settled answer over what
the model said, one draft over another. KTO (Ethayarajh et al. 2024) learns from what was accepted and rejected as a
whole. Their reference policy is the SFT adapter as it was. Left out of TRL's way: its tokenisation; prompts and answers
become tokens as everywhere else. The same rows, settings and seed give the same adapter, also after a kill:

    out/settings.json   what the run was started with; a call with anything else is refused
    out/checkpoint-N    the newest finished checkpoint, while the run lasts
    out/metrics.jsonl   loss, reward margin and accuracy, one line per log
    out/adapter         the result
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finetune.adapter import save_adapter
from finetune.checkpoints import AtomicCheckpoints, finished, forget, on_disk
from finetune.gates import check_licence, check_personal_data
from finetune.recipe import Preference
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json, sha256_file, write_json_atomic, write_text_atomic
from scaffolds.prompt import Prompts
from scaffolds.workflow import Draft, Read, Workflow
from workflows.serve.adapter import adapter_identity, load_adapter
from workflows.serve.base import Base

Progress = Callable[[int, int], None]
_LOGGED = ("step", "loss", "rewards/margins", "rewards/accuracies", "kl")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One row as tokens: an answer that is preferred to another, or, without another, one that is right or not.

    SFT has only right ones.
    """

    prompt: tuple[int, ...]
    answer: tuple[int, ...]
    other: tuple[int, ...] | None
    right: bool


def preference_record(preference: Preference) -> dict[str, Any]:
    """Pass the rows through the gates; give what is kept of them: where from, how many, their hash, and findings.

    Raises CasewrightError when a gate stops the run, or when there are no rows.
    """
    check_licence(preference)
    path, rows = _path(preference), _read(preference)
    texts = ((row["provenance"]["case"], turn["content"]) for row in rows for turn in row["prompt"])
    findings = check_personal_data(preference, texts)
    return {
        **preference.model_dump(mode="json", include={"name", "kind", "licence", "legal_basis", "method"}),
        "rows": len(rows),
        "sha256": sha256_file(path),
        "personal_data": [{"kind": f.kind, "count": f.count, "cases": len(f.cases)} for f in findings],
    }


def _path(preference: Preference) -> Path:
    return Path(preference.rows) / f"{preference.method}.jsonl"


def _read(preference: Preference) -> list[dict[str, Any]]:
    path = _path(preference)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        kept = [row for row in rows if row["provenance"]["split"] == "train"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CasewrightError(f"{path} holds no rows ({error}); `casewright annotate export` writes them.") from error
    if not kept:
        raise CasewrightError(f"{path} has no rows to train on; annotate more, or leave out `preference`.")
    return kept


def judged_rows(
    preference: Preference, *, workflow: Workflow, schema: str, prompts: Prompts, context: int
) -> list[Judged]:
    """Turn exported rows into tokens.

    Raises CasewrightError for rows of other facts or with prompts that are worded otherwise, and for one that does
    not fit in `context` tokens: none is ever cut.
    """
    path, made = _path(preference), []
    for row in _read(preference):
        about = row["provenance"]
        if about["schema"] != schema:
            raise CasewrightError(f"{path} was exported for other facts than {workflow.name} has; export again.")
        [answer] = row["chosen" if preference.method == "dpo" else "completion"]
        one = Judged(
            prompt=tuple(_prompt(row, workflow, prompts, path)),
            answer=tuple(prompts.answer(answer["content"])),
            other=tuple(prompts.answer(row["rejected"][0]["content"])) if preference.method == "dpo" else None,
            right=row.get("label", True),
        )
        if (length := len(one.prompt) + max(len(one.answer), len(one.other or ()))) > context:
            raise CasewrightError(f"The row of task {about['task']} needs {length} tokens, and the base has {context}.")
        made.append(one)
    return made


def _prompt(row: dict[str, Any], workflow: Workflow, prompts: Prompts, path: Path) -> list[int]:
    """The turns of a prompt as tokens, word for word as they are in service."""
    tokens: list[int] = []
    for number, name in enumerate(row["provenance"]["steps"]):
        step = workflow.by_id[name]
        assert isinstance(step, Read | Draft)
        assert step.facts is not None
        asked = row["prompt"][2 * number]["content"]
        if not asked.endswith(prompts.question(step.facts)):
            raise CasewrightError(f"{path} words its prompts otherwise; export it with the recipe's `describe`.")
        if number:
            tokens += [*prompts.answer(row["prompt"][2 * number - 1]["content"]), *prompts.following(step.facts)]
        else:
            tokens += prompts.task(asked)
    return tokens


def train_preference(
    base: Base,
    rows: Sequence[Judged],
    preference: Preference,
    *,
    start: Path,
    out: Path,
    seed: int,
    schema: str,
    bf16: bool,
    progress: Progress | None = None,
) -> Path:
    """Train on from the adapter in `start` and return the folder of the new one, `out/adapter`.

    Takes up an interrupted run where its newest checkpoint stands. Raises CasewrightError when `out` holds a run with
    other rows, settings or start, or when the disk is full.
    """
    import torch

    adapter, identity = out / "adapter", adapter_identity(start)
    digest = _digest(rows, preference, seed=seed, weights=sha256_file(start / "adapter_model.safetensors"))
    settings_at = out / "settings.json"
    started: dict[str, Any] = {"digest": digest, "threads": torch.get_num_threads()}
    settings = read_json(settings_at) if settings_at.exists() else started
    if settings["digest"] != digest:
        raise CasewrightError(f"{out} holds a run with other rows, settings or start; give this one another folder.")
    if adapter.exists():
        forget(out)
        return adapter
    with on_disk(settings_at):
        write_json_atomic(settings_at, settings)
    torch.set_num_threads(settings["threads"])
    torch.manual_seed(seed)
    model = load_adapter(base, start, schema=schema, trainable=True)
    try:
        trainer = _trainer(model, base.tokenizer, rows, preference, out=out, seed=seed, bf16=bf16)
        trainer.add_callback(_reporting(out, progress))
        checkpoints = finished(out)
        trainer.train(resume_from_checkpoint=str(checkpoints[-1]) if checkpoints else None)
        if preference.method != "sft":
            model.delete_adapter("ref")
        save_adapter(model, adapter, identity=identity)
    finally:
        model.unload()
        base.model.eval()
    forget(out)
    return adapter


def _digest(rows: Iterable[Judged], preference: Preference, *, seed: int, weights: str) -> str:
    known = [preference.model_dump(mode="json", exclude={"rows"}), seed, weights]
    digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
    for row in rows:
        digest.update(json.dumps(asdict(row)).encode())
    return digest.hexdigest()


def _trainer(
    model: Any, tokenizer: Any, rows: Sequence[Judged], preference: Preference, *, out: Path, seed: int, bf16: bool
) -> Any:
    import torch
    from datasets import Dataset, disable_progress_bars
    from transformers import PrinterCallback
    from trl.trainer.dpo_config import DPOConfig
    from trl.trainer.dpo_trainer import DPOTrainer
    from trl.trainer.kto_config import KTOConfig
    from trl.trainer.kto_trainer import KTOTrainer
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    from finetune.batches import unmasked

    disable_progress_bars()
    trainer_class: Any
    config: Any
    trainer_class, config = {
        "sft": (SFTTrainer, SFTConfig),
        "dpo": (DPOTrainer, DPOConfig),
        "kto": (KTOTrainer, KTOConfig),
    }[preference.method]

    class Trainer(AtomicCheckpoints, trainer_class):  # type: ignore[misc]
        """TRL's trainer, with atomic checkpoints and our tokens."""

        def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
            return dataset

    losses: dict[str, Any] = {} if preference.method == "sft" else {"beta": preference.beta}
    if preference.sft_weight:
        losses |= {"loss_type": ["sigmoid", "sft"], "loss_weights": [1.0, preference.sft_weight]}
    elif preference.method == "dpo":
        losses |= {"loss_type": ["sigmoid"]}
    cuda = torch.cuda.is_available()
    steps = max(1, round(len(rows) / preference.batch_size * preference.epochs))
    args: Any = config(
        output_dir=str(out),
        seed=seed,
        data_seed=seed,
        num_train_epochs=preference.epochs,
        learning_rate=preference.learning_rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=min(5, steps // 10),
        per_device_train_batch_size=preference.batch_size,
        max_length=None,
        gradient_checkpointing=False,
        bf16=bf16,
        use_cpu=not cuda,
        dataloader_pin_memory=cuda,
        save_steps=preference.save_steps,
        logging_steps=max(1, steps // 50),
        report_to="none",
        disable_tqdm=True,
        **losses,
    )
    data = Dataset.from_list(_columns(rows, preference))
    trainer = Trainer(model=model, args=args, train_dataset=data, processing_class=tokenizer)
    trainer.remove_callback(PrinterCallback)
    if preference.method == "sft":
        trainer.data_collator = unmasked(trainer.data_collator)
    return trainer


def _columns(rows: Sequence[Judged], preference: Preference) -> list[dict[str, Any]]:
    if preference.method == "sft":
        return [
            {"input_ids": (*row.prompt, *row.answer), "labels": (*(-100 for _ in row.prompt), *row.answer)}
            for row in rows
        ]
    if preference.method == "dpo":
        return [{"prompt_ids": row.prompt, "chosen_ids": row.answer, "rejected_ids": row.other} for row in rows]
    # KTO estimates the divergence on answers to other prompts: each row takes that of the row before it.
    others = [row.answer for row in (rows[-1], *rows[:-1])]
    return [
        {"prompt_ids": row.prompt, "completion_ids": row.answer, "KL_completion_ids": other, "label": row.right}
        for row, other in zip(rows, others, strict=True)
    ]


def _reporting(out: Path, progress: Progress | None) -> Any:
    from transformers import TrainerCallback

    class Reporting(TrainerCallback):
        """Write what was logged, and tell how far the run is."""

        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            # The state's history is resumed with the checkpoint, so no step is ever told twice.
            told = [{key: one[key] for key in _LOGGED if key in one} for one in state.log_history if "loss" in one]
            with on_disk(out / "metrics.jsonl"):
                write_text_atomic(out / "metrics.jsonl", "".join(f"{json.dumps(line)}\n" for line in told))

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if progress:
                progress(state.global_step, state.max_steps)

    return Reporting()
