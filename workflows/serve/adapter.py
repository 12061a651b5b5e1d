"""Adapter: LoRA weights in a folder, with what they were made for beside them.

PEFT loads an adapter onto any base of the same shapes without a word, so `casewright.json` names the base,
the schema of the facts and the form of the prompt, and loading compares them. No path of this machine is kept
in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffolds.errors import CasewrightError
from scaffolds.files import read_json
from workflows.serve.base import Base, BaseIdentity

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
    """Put a saved adapter on its base, which is changed in place; returns the model.

    To be trained further it stays apart from the base. To be read with it is added into full-precision weights, which
    spares two thirds of the matrix products; into rounded weights it would be rounded with them, and stays apart.
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
        model = PeftModel.from_pretrained(base.model, folder, is_trainable=trainable)
    except Exception as error:
        # Safetensors, JSON and PEFT each have their own error for a damaged file; the folder is at fault in
        # all.
        raise CasewrightError(f"The adapter {folder} cannot be loaded: {error}") from error
    return model.merge_and_unload() if not trainable and merges(base.model) else model


def merges(model: Any) -> bool:
    """Whether an adapter of `model` can be added to its weights without rounding that shows: in fp32 alone."""
    import torch

    return not getattr(model, "is_quantized", False) and model.dtype == torch.float32
