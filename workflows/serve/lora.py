"""LoRA layers of an adapter that is trained: the same function as PEFT's, with fewer and larger products.

PEFT adds the low-rank product to the output of a layer. Here it is added to the weight, so that a pass costs one
product where it cost three, and its gradients need neither the output of the low-rank half nor a scaled copy of it.
The weights stay where PEFT keeps them, apart from the base.
"""

from __future__ import annotations

from typing import Any

import torch
from peft.tuners.lora.layer import Linear
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn.functional import linear


def join_products(model: Any) -> None:
    """Let the plain LoRA layers of a PEFT model compute with joined weights where that is exact: in fp32 on a CPU."""
    for layer in model.modules():
        if type(layer) is Linear and _plain(layer):
            layer.__class__ = JoinedLinear


class JoinedLinear(Linear):
    """PEFT's layer, computed with the sum of the base's weight and the adapter's; else as PEFT would."""

    def forward(self, x: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if args or kwargs or self.disable_adapters or self.merged or torch.is_autocast_enabled(x.device.type):
            return super().forward(x, *args, **kwargs)
        base, (name,) = self.base_layer, self.active_adapters
        a, b = self.lora_A[name].weight, self.lora_B[name].weight
        joined: Tensor = _Joined.apply(  # type: ignore[no-untyped-call]
            x, base.weight, base.bias, a, b, self.scaling[name]
        )
        return joined


class _Joined(torch.autograd.Function):
    """x (W + s B A)ᵀ + bias, with gradients for x, A and B; W and the bias are frozen.

    Shapes: x (…, in), W (out, in), A (rank, in), B (out, rank). The sum is made again on the way back: it costs less
    than a hundredth of a pass and would take the memory of a second base.
    """

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, a: Tensor, b: Tensor, scale: float
    ) -> Tensor:
        ctx.save_for_backward(x, weight, a, b)
        ctx.scale = scale
        return linear(x, torch.addmm(weight, b, a, alpha=scale), bias)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, out: Tensor) -> tuple[Tensor | None, ...]:
        x, weight, a, b = ctx.saved_tensors
        flat, rows = out.reshape(-1, out.size(-1)), x.reshape(-1, x.size(-1))
        on_x = out @ torch.addmm(weight, b, a, alpha=ctx.scale) if ctx.needs_input_grad[0] else None
        on_a = ((flat @ b).mul_(ctx.scale).t() @ rows) if ctx.needs_input_grad[3] else None
        on_b = (flat.t() @ (rows @ a.t()).mul_(ctx.scale)) if ctx.needs_input_grad[4] else None
        return on_x, None, None, on_a, on_b, None


def _plain(layer: Linear) -> bool:
    """Whether a layer is a frozen fp32 matrix on a CPU with one adapter of two matrices, without dropout."""
    base, names = layer.base_layer, layer.active_adapters
    if type(base) is not nn.Linear or len(names) != 1 or names[0] in layer.lora_variant:
        return False
    name = names[0]
    weights = (base.weight, layer.lora_A[name].weight, layer.lora_B[name].weight)
    fixed = not base.weight.requires_grad and (base.bias is None or not base.bias.requires_grad)
    return (
        fixed
        and isinstance(layer.lora_dropout[name], nn.Identity)
        and not layer.fan_in_fan_out
        and layer.lora_B[name].bias is None
        and all(weight.device.type == "cpu" and weight.dtype == torch.float32 for weight in weights)
    )
