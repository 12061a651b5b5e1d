"""SFT: supervised fine-tuning of a LoRA adapter on rows, with the trainer of TRL and the loss of the served policy.

The same rows, settings and seed give the same adapter. The run folder remembers what was measured at its
start (precision, packing, threads), so that a run that was killed goes on with the same arithmetic: on a CPU
its adapter is bit for bit that of an uninterrupted run. Calling again after the end returns at once.

    out/settings.json   what the run was started with; a call with anything else is refused
    out/checkpoint-N    the newest finished checkpoint, while the run lasts
    out/metrics.jsonl   losses, one line per log
    out/adapter         the result
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.adapter import attach, optimiser, save_adapter
from finetune.checkpoints import AtomicCheckpoints, finished, forget, on_disk
from finetune.pace import Pace, choose_pace, total_steps
from finetune.rows import Row, check_trained
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json, write_json_atomic, write_text_atomic
from workflows.serve.adapter import AdapterIdentity
from workflows.serve.base import Base

if TYPE_CHECKING:
    from finetune.recipe import Sft

Progress = Callable[[int, int], None]
"""Called after every optimiser step with the number of steps done and of all steps."""

_LARGE = 500_000_000
"""From this many parameters on, activations are computed again in the backward pass instead of kept."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a run was started with. `digest` covers rows, recipe, seed, base and schema."""

    digest: str
    threads: int
    pace: Pace


def train_sft(
    base: Base,
    rows: Sequence[Row],
    sft: Sft,
    *,
    out: Path,
    seed: int,
    schema: str,
    describe: bool,
    progress: Progress | None = None,
) -> Path:
    """Train an adapter for `base` on `rows` and return its folder, `out/adapter`; the base itself is left as
    it was.

    Takes up an interrupted run where its newest checkpoint stands. Raises CasewrightError when no token would
    be trained, when `out` holds a run with other rows or settings, or when the disk is full.
    """
    check_trained(rows)
    identity = AdapterIdentity(base=base.identity, schema=schema, describe=describe)
    adapter = out / "adapter"
    digest = _digest(rows, sft, seed=seed, identity=identity)
    settings = _settings(out, digest=digest)
    if adapter.exists():
        forget(out)
        return adapter
    model = attach(base, sft.lora, seed=seed)
    try:
        settings = settings or _start(model, base.tokenizer, rows, sft, out=out, digest=digest)
        trainer = _trainer(model, base.tokenizer, rows, sft, settings=settings, out=out, seed=seed)
        trainer.add_callback(_reporting(out, progress))
        checkpoints = finished(out)
        trainer.train(resume_from_checkpoint=str(checkpoints[-1]) if checkpoints else None)
        save_adapter(model, adapter, identity=identity)
    finally:
        model.unload()
        base.model.eval()
    forget(out)
    return adapter


def _digest(rows: Sequence[Row], sft: Sft, *, seed: int, identity: AdapterIdentity) -> str:
    known = [sft.model_dump(mode="json"), seed, identity.base.sha256, identity.schema, identity.describe]
    digest = hashlib.sha256(json.dumps(known, sort_keys=True).encode())
    for row in rows:
        digest.update(json.dumps([row.input_ids, row.labels]).encode())
    return digest.hexdigest()


def _settings(out: Path, *, digest: str) -> Settings | None:
    path = out / "settings.json"
    if not path.exists():
        return None
    known = read_json(path)
    settings = Settings(**known | {"pace": Pace(**known["pace"])})
    if settings.digest != digest:
        raise CasewrightError(
            f"{out} holds a run with other dossiers, settings or base; give this one another folder."
        )
    return settings


def _start(
    model: Any, tokenizer: Any, rows: Sequence[Row], sft: Sft, *, out: Path, digest: str
) -> Settings:
    import torch

    pace = choose_pace(model, tokenizer, rows, sft)
    settings = Settings(digest=digest, threads=torch.get_num_threads(), pace=pace)
    with on_disk(out / "settings.json"):
        write_json_atomic(out / "settings.json", asdict(settings))
    return settings


def _trainer(
    model: Any, tokenizer: Any, rows: Sequence[Row], sft: Sft, *, settings: Settings, out: Path, seed: int
) -> Any:
    import torch
    from datasets import Dataset, disable_progress_bars
    from transformers import PrinterCallback
    from transformers.trainer_pt_utils import DistributedLengthGroupedSampler
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    from finetune.batches import collator, examples
    from finetune.constrained import loss

    torch.set_num_threads(settings.threads)
    disable_progress_bars()
    lengths = [len(row.input_ids) for row in rows]

    class Trainer(AtomicCheckpoints, SFTTrainer):
        """TRL's trainer, with the constrained loss, atomic checkpoints and batches of rows of like length."""

        def compute_loss(
            self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
        ) -> Any:
            value, right = loss(model, inputs, items=num_items_in_batch)
            self._metrics["train"]["accuracy"].append(float(right) / max(1, int((inputs["choice_at"] >= 0).sum())))
            # The items are those of all processes, and what they train is averaged afterwards.
            return value if num_items_in_batch is None else value * self.accelerator.num_processes

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            # The plain length sampler draws from the global generator and so resumes into another order.
            data: Any = self.train_dataset
            sizes = [sum(pack) for pack in data["seq_lengths"]] if packing else lengths
            batch = self.args.train_batch_size * self.args.gradient_accumulation_steps
            return DistributedLengthGroupedSampler(batch, lengths=sizes, num_replicas=1, rank=0, seed=seed)

    packing = settings.pace.packing
    cuda = torch.cuda.is_available()
    steps = total_steps(rows, sft)
    args = SFTConfig(
        output_dir=str(out),
        seed=seed,
        num_train_epochs=sft.epochs,
        max_steps=sft.max_steps or -1,
        learning_rate=sft.learning_rate,
        warmup_steps=sft.warmup,
        per_device_train_batch_size=1 if packing else sft.batch_size,
        gradient_accumulation_steps=sft.accumulate,
        packing=packing,
        # A pack is a batch: as long as so many rows of mean length, and never shorter than the longest row,
        # which best-fit packing would cut.
        max_length=max(*lengths, sum(lengths) * sft.batch_size // len(lengths)) if packing else None,
        bf16=settings.pace.bf16,
        use_cpu=not cuda,
        gradient_checkpointing=model.num_parameters() > _LARGE,
        dataloader_pin_memory=cuda,
        save_steps=sft.save_steps,
        logging_steps=max(1, steps // 50),
        report_to="none",
        disable_tqdm=True,
    )
    data = Dataset.from_list(examples(rows))
    trainer = Trainer(
        model=model,
        args=args,
        train_dataset=data,
        processing_class=tokenizer,
        optimizer_cls_and_kwargs=optimiser(sft.learning_rate),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.data_collator = collator(rows, tokenizer, packing=packing)
    return trainer


def _reporting(out: Path, progress: Progress | None) -> Any:
    from transformers import TrainerCallback

    class Reporting(TrainerCallback):
        """Write what was logged, and tell how far the run is."""

        def on_log(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            # The state's history is resumed with the checkpoint, so no step is ever told twice.
            lines = [json.dumps(entry) for entry in state.log_history if "loss" in entry]
            with on_disk(out / "metrics.jsonl"):
                write_text_atomic(out / "metrics.jsonl", "".join(f"{line}\n" for line in lines))

        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if progress:
                progress(state.global_step, state.max_steps)

    return Reporting()
