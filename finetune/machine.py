"""What this machine has, how fast it computes, and how large a base it can train: figures to decide by."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GIB = 2**30
RUNTIME_BYTES = 0.7 * GIB
"""Python with torch, transformers and TRL imported, before any weight (measured)."""
ADAPTER_SHARE = 0.01
"""Parameters of a LoRA adapter of rank 16 against those of its base, about."""


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


def largest_model(machine: Machine) -> dict[str, float]:
    """Largest base, in parameters, that LoRA and NF4 can train here; the batch gets a fifth of the memory."""
    usable = 0.8 * (machine.gpu_memory or max(machine.memory - RUNTIME_BYTES, 0))
    # Per adapter weight 16 bytes: itself, its gradient and two moments of AdamW, in fp32.
    adapter = 16 * ADAPTER_SHARE
    return {"lora": usable / ((2 if machine.gpu else 4) + adapter), "nf4": usable / (0.6 + adapter)}
