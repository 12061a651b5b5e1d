"""Adapter: LoRA weights in a folder, with what they were made for beside them.

PEFT loads an adapter onto any base of the same shapes without a word, so `casewright.json` names the base,
the schema of the facts and the form of the prompt, and loading compares them. No path of this machine is kept
in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.base import Base, BaseIdentity
from finetune.checkpoints import on_disk
from finetune.files import folder_atomic, read_json, write_json_atomic
from scaffolds.errors import CasewrightError

if TYPE_CHECKING:
    from finetune.recipe import Lora

IDENTITY = "casewright.json"
CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"


@dataclass(frozen=True, kw_only=True)
class AdapterIdentity:
    """What an adapter belongs to: a base, the `schema_hash` of the workflow's facts, and the form of the
    prompt.
    """

    base: BaseIdentity
    schema: str
    describe: bool


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


def adapter_identity(folder: Path) -> AdapterIdentity:
    """Read what an adapter was made for; refuses a folder that is no adapter of Casewright."""
    for name in (IDENTITY, CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise CasewrightError(
                f"The adapter {folder} has no {name}; name a folder that Casewright trained."
            )
    known = read_json(folder / IDENTITY)
    try:
        return AdapterIdentity(**known | {"base": BaseIdentity(**known["base"])})
    except (TypeError, KeyError) as error:
        raise CasewrightError(
            f"{folder / IDENTITY} is damaged ({error}); train the adapter again."
        ) from error


def load_adapter(base: Base, folder: Path, *, schema: str, trainable: bool = False) -> Any:
    """Put a saved adapter on its base; returns the PEFT model, the base is changed in place until `unload`.

    Raises CasewrightError when it was made for another base or for facts with another schema, or is damaged.
    """
    from peft import PeftModel

    identity = adapter_identity(folder)
    if identity.base.sha256 != base.identity.sha256:
        raise CasewrightError(
            f"The adapter {folder} was made for base {identity.base}, and this is base {base.identity}; "
            "name that base, or train an adapter for this one."
        )
    if identity.schema != schema:
        raise CasewrightError(
            f"The adapter {folder} was made for facts with schema {identity.schema[:12]}, and this workflow "
            f"has schema {schema[:12]}; use the workflow it was trained with, or train again."
        )
    try:
        return PeftModel.from_pretrained(base.model, folder, is_trainable=trainable)
    except Exception as error:
        # Safetensors, JSON and PEFT each have their own error for a damaged file; the folder is at fault in
        # all.
        raise CasewrightError(f"The adapter {folder} cannot be loaded: {error}") from error
