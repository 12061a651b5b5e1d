"""What a training leaves on disk after every pass, so that a killed one goes on as if it had not been interrupted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import Tensor

from finetune.checkpoints import on_disk
from scaffolds.errors import CasewrightError


@dataclass(frozen=True)
class Resume:
    """A training's state in one file. `memory` is what the caller keeps between passes: plain values and tensors.

    `made_for` names the base and the closed list that the weights belong to, as an adapter's identity does. A pass
    counts when the next one begins: one that was cut off, or that the caller did not take, is done again.
    """

    path: Path
    made_for: str
    memory: dict[str, Any] = field(default_factory=dict)

    def load(self, weights: Sequence[Tensor], sums: Sequence[Tensor], optimiser: Any) -> tuple[int, int]:
        """Put back what the last pass left, `memory` included; return the numbers of passes and steps done.

        Raises CasewrightError where the file is damaged or was made for something else.
        """
        if not self.path.exists():
            return 0, 0
        try:
            state = torch.load(self.path, weights_only=True, map_location="cpu")
        except (RuntimeError, EOFError, UnpicklingError) as error:
            raise CasewrightError(f"{self.path} is damaged; remove it, and this piece begins anew.") from error
        if state["made_for"] != self.made_for:
            raise CasewrightError(
                f"{self.path} was begun with another base or closed list; give this run its own folder with --out."
            )
        with torch.no_grad():
            for kept, now in zip((*state["weights"], *state["sums"]), (*weights, *sums), strict=True):
                now.copy_(kept)
        optimiser.load_state_dict(state["optimiser"])
        torch.set_rng_state(state["random"])
        if state["random_cuda"]:
            torch.cuda.set_rng_state_all(state["random_cuda"])
        self.memory.clear()
        self.memory.update(state["memory"])
        return state["passes"], state["steps"]

    def save(
        self, weights: Sequence[Tensor], sums: Sequence[Tensor], optimiser: Any, *, passes: int, steps: int
    ) -> None:
        """Write the state whole or not at all."""
        state = {
            "made_for": self.made_for,
            "passes": passes,
            "steps": steps,
            "weights": [weight.detach() for weight in weights],
            "sums": list(sums),
            "optimiser": optimiser.state_dict(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
            "memory": self.memory,
        }
        beside = self.path.with_name(f".{self.path.name}.tmp")
        with on_disk(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)

    def clear(self) -> None:
        """Remove the state of a training whose result is on disk."""
        self.path.unlink(missing_ok=True)
