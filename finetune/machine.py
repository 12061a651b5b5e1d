"""What this machine has, how fast it computes, and what a run would take on it.

Figures are estimates to decide by, not promises: memory from the shapes of the weights, time from a measured
matrix product. The constants say what they stand for.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finetune.recipe import Recipe

GIB = 2**30
RUNTIME_BYTES = 0.7 * GIB
"""Python with torch, transformers and TRL imported, before any weight (measured)."""
ADAPTER_BYTES = 16
"""Per trained parameter in fp32: weight, gradient and two moments of AdamW."""
ACTIVATION_VALUES = 40
"""Values kept for the backward pass per token, layer and hidden unit, without recomputation."""
EFFICIENCY = 0.35
"""Share of the speed of one large matrix product that training reaches on small batches."""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Cores, free and total memory in bytes, free disk in bytes, and floating-point operations per second."""

    cores: int
    memory: int
    memory_free: int
    disk_free: int
    gpu: str | None
    gpu_memory: int
    flops: float
    flops_bf16: float

    @property
    def bf16_is_faster(self) -> bool:
        """Whether a matrix product in bf16 is clearly faster here; on many CPUs it is slower."""
        return self.flops_bf16 > 1.1 * self.flops


def measure_machine(folder: Path) -> Machine:
    """Look at this machine; `folder` is where runs are written. Takes about a second."""
    import psutil
    import torch

    memory = psutil.virtual_memory()
    cuda = torch.cuda.is_available()
    device = "cuda" if cuda else "cpu"
    place = folder.absolute()
    while not place.exists():
        place = place.parent
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        memory=_allowed(memory.total),
        memory_free=memory.available,
        disk_free=shutil.disk_usage(place).free,
        gpu=torch.cuda.get_device_name() if cuda else None,
        gpu_memory=torch.cuda.get_device_properties(0).total_memory if cuda else 0,
        flops=_speed(torch.float32, device),
        flops_bf16=_speed(torch.bfloat16, device),
    )


def _allowed(total: int) -> int:
    """Memory that this process may use: a container's limit where there is one (cgroup v2)."""
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.exists() else "max"
    return min(total, int(text)) if text.isdigit() else total


def _speed(dtype: Any, device: str, *, size: int = 768, seconds: float = 0.25) -> float:
    import torch

    left, right = (torch.randn(size, size, device=device).to(dtype) for _ in range(2))
    left @ right
    done, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        result = left @ right
        if device == "cuda":
            torch.cuda.synchronize()
        done += 1
    del result
    return done * 2 * size**3 / (time.perf_counter() - start)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """The size of a base, from its files alone. `linear` are the (out, in) shapes that LoRA adapts."""

    parameters: int
    layers: int
    hidden: int
    vocabulary: int
    linear: tuple[tuple[int, int], ...]

    def adapter(self, rank: int) -> int:
        """Parameters of a LoRA adapter on every linear layer."""
        return sum(rank * (out + into) for out, into in self.linear)


def read_shape(folder: Path) -> Shape:
    """Read the shapes of a checkpoint's weights without loading them."""
    import json

    from safetensors import safe_open

    shapes: dict[str, tuple[int, ...]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="numpy") as file:
            shapes |= {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = config.get("text_config", config)
    outside = ("embed", "lm_head", "norm")
    linear = [s for name, s in shapes.items() if len(s) == 2 and not any(o in name for o in outside)]
    sizes = {name: _product(shape) for name, shape in shapes.items()}
    return Shape(
        parameters=sum(sizes.values()), layers=config["num_hidden_layers"], hidden=config["hidden_size"],
        vocabulary=config["vocab_size"], linear=tuple((shape[0], shape[1]) for shape in linear),
    )


def _product(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run would take: peak memory in bytes, and seconds per stage."""

    memory: int
    sft_seconds: float
    rl_seconds: float

    @property
    def seconds(self) -> float:
        """Both stages together; evaluation comes on top."""
        return self.sft_seconds + self.rl_seconds


def estimate(recipe: Recipe, *, shape: Shape, machine: Machine, lengths: list[int], episode: int) -> Estimate:
    """Estimate a run. lengths: tokens per training row; episode: tokens of a longest RL episode."""
    sft, rl = recipe.sft, recipe.rl
    bf16 = machine.bf16_is_faster if sft.bf16 == "auto" else sft.bf16
    speed = EFFICIENCY * (machine.flops_bf16 if bf16 else machine.flops)
    mean = sum(lengths) / len(lengths)
    rows = len(lengths) * sft.epochs
    if sft.max_steps is not None:
        rows = min(rows, sft.max_steps * sft.batch_size * sft.accumulate)
    # LoRA needs no gradient of the base's weights: two operations per parameter forward and two backward.
    sft_seconds = 4 * shape.parameters * rows * mean / speed
    rl_seconds, held = 0.0, 0.0
    if rl is not None:
        tokens = rl.steps * rl.prompts_per_step * rl.group * episode
        # Token-by-token generation runs at the speed of memory: it costs about as much as eight passes.
        rl_seconds = (8 * 2 + 4 * rl.iterations) * shape.parameters * tokens / speed
        held = min(rl.prompts_per_step * rl.group * episode, 8192)
    held = max(held, sft.batch_size * max(lengths))
    weight = 0.6 if sft.quantise == "nf4" else 4
    per_token = ACTIVATION_VALUES * shape.layers * shape.hidden * 4 + 8 * shape.vocabulary
    adapter = shape.adapter(sft.lora.rank) * ADAPTER_BYTES
    memory = RUNTIME_BYTES + weight * shape.parameters + adapter + held * per_token
    return Estimate(memory=int(memory), sft_seconds=sft_seconds, rl_seconds=rl_seconds)


def largest_model(machine: Machine) -> dict[str, float]:
    """Largest base in parameters that LoRA and NF4 can train here, with a fifth of the memory left for a batch."""
    memory = machine.gpu_memory or max(machine.memory - RUNTIME_BYTES, 0)
    usable = 0.8 * memory
    # The adapter of rank 16 is about one percent of the parameters, at ADAPTER_BYTES each.
    lora, nf4 = (2 if machine.gpu else 4) + 0.16, 0.6 + 0.16
    return {"lora": usable / lora, "nf4": usable / nf4}
