"""Layers with joined weights compute what PEFT's compute, and leave to PEFT what they cannot."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from finetune.adapter import attach
from finetune.recipe import Lora
from tests.finetune.small import save_base, stir
from workflows.serve.base import load_base
from workflows.serve.lora import JoinedLinear, Linear

IDS = torch.arange(120).reshape(3, 40)


@pytest.fixture
def model(tmp_path: Path) -> Any:
    made = attach(load_base(str(save_base(tmp_path / "base"))), Lora(rank=4, alpha=12), seed=0)
    stir(made, seed=1)
    return made.train()


def apart(model: Any) -> Any:
    """The same model with PEFT's own layers."""
    copy = deepcopy(model)
    for layer in copy.modules():
        if isinstance(layer, JoinedLinear):
            layer.__class__ = Linear
    return copy


def passed(model: Any) -> tuple[Tensor, dict[str, Tensor]]:
    """Logits, and what each weight would change for a loss that looks at all of them."""
    model.zero_grad()
    logits = model(IDS).logits
    logits.float().log_softmax(-1)[..., 1].square().sum().backward()
    return logits.detach(), {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


def test_every_layer_of_an_adapter_is_joined(model: Any) -> None:
    assert sum(isinstance(layer, JoinedLinear) for layer in model.modules()) == sum(
        "lora_A" in name for name, _ in model.named_parameters()
    )


def test_logits_and_gradients_are_those_of_peft(model: Any) -> None:
    logits, gradients = passed(model)
    expected, wanted = passed(apart(model))
    assert (logits - expected).norm() <= 1e-5 * expected.norm()
    assert gradients.keys() == wanted.keys()
    assert all("lora" in name for name in gradients)
    for name, gradient in gradients.items():
        assert (gradient - wanted[name]).norm() <= 1e-4 * wanted[name].norm(), name


def test_an_adapter_that_is_switched_off_leaves_the_base(model: Any) -> None:
    with torch.no_grad(), model.disable_adapter():
        alone = model(IDS).logits
        torch.testing.assert_close(alone, apart(model)(IDS).logits, rtol=0, atol=0)
    assert (model(IDS).logits - alone).abs().max() > 1e-3


def test_in_bf16_it_is_peft_that_computes(model: Any) -> None:
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(model(IDS).logits, apart(model)(IDS).logits, rtol=0, atol=0)


def test_joined_layers_can_be_added_into_the_weights(model: Any) -> None:
    with torch.no_grad():
        joined = model(IDS).logits
        merged = deepcopy(model).merge_and_unload()(IDS).logits
    assert (merged - joined).norm() <= 1e-5 * joined.norm()


@pytest.mark.parametrize("kept", ["dropout", "bf16"])
def test_what_is_not_exact_when_joined_stays_with_peft(tmp_path: Path, kept: str) -> None:
    base = load_base(str(save_base(tmp_path / "base")))
    if kept == "bf16":
        base.model.to(torch.bfloat16)
    model = attach(base, Lora(rank=4, dropout=0.1 if kept == "dropout" else 0.0), seed=0)
    assert not any(isinstance(layer, JoinedLinear) for layer in model.modules())
