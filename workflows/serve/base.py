"""Base: the checkpoint that a run starts from, and who it is.

A base is the name of an installed one (`klerk` is in the box), a folder, or a hub id; the hub is asked only when
the recipe says `hub: true`, otherwise its local cache is all there is. Installed bases are found through the
entry-point group `casewright.bases`, each of them the path of a checkpoint's folder. Weights are safetensors or
nothing: a pickle runs code when it is opened. Every weight that the architecture needs has to be in the folder,
because transformers would invent what is missing and go on.
"""

from __future__ import annotations

import hashlib
import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal

from scaffolds.errors import CasewrightError

BASES = "casewright.bases"
Quantise = Literal["none", "nf4"]

_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_WANTED = ["*.safetensors", "*.json", "*.jinja"]

_LARGE = 1_000_000_000
"""Below this many parameters a GPU holds the weights in fp32 too: so small a base loses more by bf16 than it saves."""


@dataclass(frozen=True, kw_only=True)
class BaseIdentity:
    """Which weights an adapter belongs to: `revision` on the hub, and the `sha256` over every weight file.

    Two bases are the same when their weights are; the name is only for people.
    """

    name: str
    revision: str | None
    sha256: str

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:12]})"


@dataclass(frozen=True, kw_only=True)
class Base:
    """A causal language model of transformers in eval mode, its fast tokenizer, and its identity."""

    model: Any
    tokenizer: Any
    identity: BaseIdentity

    @property
    def context(self) -> int:
        """The longest sequence the model was made for, in tokens."""
        return int(self.model.config.get_text_config().max_position_embeddings)


def load_base(name: str, *, quantise: Quantise = "none", hub: bool = False) -> Base:
    """Load a base: fp32 on a CPU, its own precision on a GPU, 4-bit NF4 (Dettmers et al. 2023) when asked.

    Raises CasewrightError when there is no such checkpoint, or when it lacks a configuration, a fast
    tokenizer or any of its weights, or has them as pickles only.
    """
    folder, revision = base_folder(name, hub=hub)
    check_base(folder)
    identity = BaseIdentity(name=name, revision=revision, sha256=_hash_weights(folder))
    with _naming(folder):
        from transformers import AutoTokenizer

        _quiet()
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = _load_model(folder, quantise=quantise)
    return Base(model=model, tokenizer=tokenizer, identity=identity)


def _quiet() -> None:
    """Silence what the libraries say about themselves: bars, kernels they would fetch, names they will drop."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def base_folder(name: str, *, hub: bool = False) -> tuple[Path, str | None]:
    """Find the folder of a base, and its revision when it comes from the hub."""
    if name in (installed := entry_points(group=BASES)).names:
        return Path(installed[name].load()), None
    if (folder := Path(name).expanduser()).is_dir():
        return folder, None
    from huggingface_hub import snapshot_download

    try:
        found = Path(snapshot_download(name, local_files_only=not hub, allow_patterns=_WANTED))
    except (OSError, ValueError) as error:
        raise CasewrightError(
            f"There is no base {name}: it is not installed, not a folder, and "
            + (
                f"the hub gave: {error}"
                if hub
                else "not in the local hub cache. Name an existing folder, or set `hub: true` to fetch it."
            )
        ) from error
    return found, found.name


def check_base(folder: Path) -> None:
    """Refuse a folder that cannot be a base, before anything heavy is imported."""
    if not (folder / "config.json").is_file():
        raise CasewrightError(
            f"The base {folder} has no config.json; name the folder of a transformers checkpoint."
        )
    if not any(folder.glob("*.safetensors")):
        pickled = sorted(path.name for pattern in _PICKLED for path in folder.glob(pattern))
        if pickled:
            raise CasewrightError(
                f"The base {folder} has pickled weights ({pickled[0]}), which can run code when opened. "
                "Convert them to safetensors with save_pretrained."
            )
        raise CasewrightError(f"The base {folder} has no weights; put its *.safetensors files there.")
    for index in folder.glob("*.safetensors.index.json"):
        with _naming(folder):
            shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        if missing := sorted(shard for shard in shards if not (folder / shard).is_file()):
            raise CasewrightError(
                f"The base {folder} lacks {missing[0]}, named in {index.name}; fetch it again."
            )
    if not (folder / "tokenizer.json").is_file():
        raise CasewrightError(
            f"The base {folder} has no tokenizer.json; Casewright needs a fast tokenizer to constrain "
            "answers. Save one there with AutoTokenizer.save_pretrained."
        )


def _load_model(folder: Path, *, quantise: Quantise) -> Any:
    import torch
    from transformers import AutoModelForCausalLM, BitsAndBytesConfig

    cuda = torch.cuda.is_available()
    quantisation: Any = None
    if quantise == "nf4":
        quantisation = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_compute_dtype=torch.bfloat16 if cuda else torch.float32,
        )  # type: ignore[no-untyped-call]
    loaded: Any = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype="auto" if cuda else torch.float32,
        device_map={"": "cuda" if cuda else "cpu"},
        quantization_config=quantisation,
        use_safetensors=True,
        local_files_only=True,
        output_loading_info=True,
    )
    model, report = loaded
    if missing := sorted(report["missing_keys"]):
        raise CasewrightError(
            f"The base {folder} has no weights for {missing[0]} and {len(missing) - 1} more; fetch "
            "it again, or mend its config.json."
        )
    if quantise == "none" and model.num_parameters() < _LARGE:
        model.float()
    return model.eval()


def _hash_weights(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


@contextmanager
def _naming(folder: Path) -> Iterator[None]:
    """Name the folder when a library cannot read what is in it."""
    try:
        yield
    except CasewrightError:
        raise
    except Exception as error:
        # Every library in the chain has its own error for a damaged file; the folder is at fault in all of
        # them.
        raise CasewrightError(f"The base {folder} cannot be loaded: {error}") from error
