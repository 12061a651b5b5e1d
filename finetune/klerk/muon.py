"""Muon over stacks: matrices of one shape are orthogonalised together, with the arithmetic of `torch.optim.Muon`.

The layers of a small model have many small matrices, and one by one their thousands of launches cost a GPU more time
than the passes through the model; stacked they are a few dozen (K. Jordan et al., "Muon", 2024).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

STEPS, COEFFICIENTS, TINY = 5, (3.4445, -4.775, 2.0315), 1e-7


class StackedMuon(torch.optim.Optimizer):
    """Muon with Nesterov momentum for matrices; `lr` and `weight_decay` mean what they do in `torch.optim.Muon`."""

    def __init__(self, params: Iterable[Tensor], *, lr: float, weight_decay: float, momentum: float = 0.95) -> None:
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "momentum": momentum})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Update every matrix that has a gradient."""
        for group in self.param_groups:
            alike: dict[tuple[int, ...], list[Tensor]] = defaultdict(list)
            for matrix in group["params"]:
                if matrix.grad is not None:
                    alike[tuple(matrix.shape)].append(matrix)
            for (rows, columns), matrices in alike.items():
                grads: list[Any] = [matrix.grad for matrix in matrices]
                momenta = [self._momentum(matrix) for matrix in matrices]
                torch._foreach_lerp_(momenta, grads, 1 - group["momentum"])
                ahead = torch.stack(torch._foreach_lerp(grads, momenta, group["momentum"]))
                updates = orthogonal(ahead).unbind()
                torch._foreach_mul_(matrices, 1 - group["lr"] * group["weight_decay"])
                scale = group["lr"] * max(1.0, rows / columns) ** 0.5
                torch._foreach_add_(matrices, [update.to(matrices[0].dtype) for update in updates], alpha=-scale)

    def _momentum(self, matrix: Tensor) -> Tensor:
        state = self.state[matrix]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = torch.zeros_like(matrix)
        kept: Tensor = state["momentum_buffer"]
        return kept


def orthogonal(stack: Tensor) -> Tensor:
    """Each matrix of a stack (n, rows, columns) with its singular values brought near one, in bf16."""
    a, b, c = COEFFICIENTS
    turned = stack.size(1) > stack.size(2)
    made = stack.bfloat16()
    if turned:
        made = made.mT
    made = made / made.norm(dim=(1, 2), keepdim=True).clamp(min=TINY)
    for _ in range(STEPS):
        gram = made @ made.mT
        made = torch.baddbmm(made, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), made, beta=a)
    return made.mT if turned else made
