"""Pace: how fast and how large a training step is, measured on real rows before the run.

Whether bf16 or packing is faster depends on the processor and the model, so it is tried: bf16 autocast is 2.5
times faster where the CPU multiplies it natively and slower where it does not; packing saves padding on a GPU
and costs more attention than it saves on a CPU. Packing is used only where it is also right: rows that lie
behind one another have to give the logits that they give alone.
"""

from __future__ import annotations

import math
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finetune.adapter import attach
from finetune.rows import Row, check_trained
from workflows.serve.base import Base

if TYPE_CHECKING:
    from finetune.recipe import Sft

_CLEARLY = 0.8
"""A choice is left only for one that takes at most this share of its time, so that noise does not decide."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How a run is computed: in bf16 autocast or fp32, with rows packed or padded to the longest of their
    batch.
    """

    bf16: bool
    packing: bool


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run will take: optimiser steps, tokens in all and in answers, seconds, peak memory in bytes.
    """

    steps: int
    tokens: int
    answers: int
    seconds: float
    peak_bytes: int
    pace: Pace


def estimate(base: Base, rows: Sequence[Row], sft: Sft) -> Estimate:
    """Take one step on the longest rows, change nothing, and say what the whole run would take."""
    answers = check_trained(rows)
    model = attach(base, sft.lora, seed=0)
    try:
        pace = choose_pace(model, base.tokenizer, rows, sft)
        longest = sorted(rows, key=lambda row: len(row.input_ids))[-sft.batch_size :]
        start = time.perf_counter()
        batch = _batch(model, base.tokenizer, longest, packing=pace.packing)
        made = time.perf_counter() - start
        seconds = step_seconds(model, batch, bf16=pace.bf16)
    finally:
        model.unload()
    steps = total_steps(rows, sft)
    share = steps * sft.batch_size * sft.accumulate / len(rows)
    tokens = sum(len(row.input_ids) for row in rows)
    return Estimate(
        steps=steps,
        tokens=round(tokens * share),
        answers=round(answers * share),
        # Grammars are followed once for each row, whatever the epochs.
        seconds=(seconds * share + made * min(share, 1.0)) * tokens / sum(len(row.input_ids) for row in longest),
        peak_bytes=_peak_bytes(),
        pace=pace,
    )


def total_steps(rows: Sequence[Row], sft: Sft) -> int:
    """Count the optimiser steps of a run whose batches hold `batch_size` rows."""
    per_epoch = math.ceil(math.ceil(len(rows) / sft.batch_size) / sft.accumulate)
    return sft.max_steps or math.ceil(sft.epochs * per_epoch)


def choose_pace(model: Any, tokenizer: Any, rows: Sequence[Row], sft: Sft) -> Pace:
    """Try what the recipe leaves open on a few rows of ordinary length, and take what is clearly faster."""
    packings = [False, True] if sft.packing and len(rows) > 1 and packs_correctly(model, rows) else [False]
    precisions = [False, True] if sft.bf16 == "auto" else [sft.bf16]
    choices = [Pace(bf16=bf16, packing=packing) for packing in packings for bf16 in precisions]
    if len(choices) == 1:
        return choices[0]
    few = min(len(rows), sft.batch_size, 4)
    middle = (len(rows) - few) // 2
    middling = sorted(rows, key=lambda row: len(row.input_ids))[middle : middle + few]
    # Time of the processor, not of the wall: what else runs on this machine must not decide.
    clock = time.process_time if model.device.type == "cpu" else time.perf_counter
    batches = {packing: _batch(model, tokenizer, middling, packing=packing) for packing in packings}
    times = {
        choice: step_seconds(model, batches[choice.packing], bf16=choice.bf16, clock=clock) for choice in choices
    }
    best = min(choices, key=times.__getitem__)
    return best if times[best] < _CLEARLY * times[choices[0]] else choices[0]


def packs_correctly(model: Any, rows: Sequence[Row]) -> bool:
    """Say whether two rows behind one another give the logits that each gives alone."""
    import torch

    pair = [_head(row, 64) for row in rows[:2]]
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            alone = [model(**_plain(model, [row], packing=False), use_cache=False).logits[0] for row in pair]
            together = model(**_plain(model, pair, packing=True), use_cache=False).logits[0]
    finally:
        model.train(training)
    expected = torch.cat(alone)
    return bool((together - expected).abs().max() <= 1e-3 * expected.abs().max())


def step_seconds(
    model: Any, batch: dict[str, Any], *, bf16: bool, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Time one forward and backward pass in seconds, after one that warms up; the gradients are dropped."""
    import torch

    from finetune.constrained import loss

    model.train()
    for _ in range(2):
        start = clock()
        with torch.autocast(model.device.type, torch.bfloat16, enabled=bf16):
            value, _ = loss(model, batch)
        value.backward()  # type: ignore[no-untyped-call]
        if model.device.type == "cuda":
            torch.cuda.synchronize()
        seconds = clock() - start
        model.zero_grad(set_to_none=True)
    return seconds


def _batch(model: Any, tokenizer: Any, rows: Sequence[Row], *, packing: bool) -> dict[str, Any]:
    """Collate rows as the trainer will."""
    from finetune.batches import collator, examples

    return _on(model, collator(rows, tokenizer, packing=packing)(examples(rows)))


def _plain(model: Any, rows: Sequence[Row], *, packing: bool) -> dict[str, Any]:
    from finetune.batches import examples, plain

    return _on(model, plain(packing=packing)(examples(rows)))


def _on(model: Any, batch: dict[str, Any]) -> dict[str, Any]:
    return {name: value.to(model.device) if hasattr(value, "to") else value for name, value in batch.items()}


def _head(row: Row, length: int) -> Row:
    return Row(dossier=row.dossier, steps=(), input_ids=row.input_ids[:length], labels=row.labels[:length])


def _peak_bytes() -> int:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    # Linux counts in KiB, macOS in bytes.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
