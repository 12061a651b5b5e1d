"""A base is safetensors, whole, with a fast tokenizer; anything else is refused by name."""

import json
from pathlib import Path

import pytest
import torch

from scaffolds.errors import CasewrightError
from tests.finetune.small import save_base
from tests.scaffolds.tiny import Family, tiny_tokenizer
from workflows.serve.base import load_base


@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
def test_a_folder_of_any_family_loads_in_fp32(tmp_path: Path, family: Family) -> None:
    base = load_base(str(save_base(tmp_path / family, family)))
    assert base.context == 2048
    assert base.model.dtype == torch.float32
    assert base.tokenizer.is_fast
    assert base.tokenizer.chat_template == tiny_tokenizer().chat_template


def test_identity_follows_the_weights_and_not_the_place(tmp_path: Path) -> None:
    first, again, other = (
        load_base(str(save_base(tmp_path / name, seed=seed))).identity
        for name, seed in (("first", 0), ("again", 0), ("other", 1))
    )
    assert first.sha256 == again.sha256 != other.sha256
    assert first.name != again.name


def test_nf4_quantises_the_layers_and_keeps_the_identity(tmp_path: Path) -> None:
    folder = save_base(tmp_path / "base")
    quantised = load_base(str(folder), quantise="nf4")
    assert quantised.model.is_loaded_in_4bit
    assert quantised.identity == load_base(str(folder)).identity


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    folder = save_base(tmp_path / "base")
    (folder / "model.safetensors").unlink()
    with pytest.raises(CasewrightError, match=r"base has no weights; put its \*\.safetensors"):
        load_base(str(folder))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "consolidated.00.pth", "model.pt"])
def test_pickled_weights_are_refused_unopened(tmp_path: Path, name: str) -> None:
    folder = save_base(tmp_path / "base")
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(b"\x80\x04cposix\nsystem\n")
    with pytest.raises(CasewrightError, match=f"pickled weights .{name}"):
        load_base(str(folder))


def test_a_base_without_a_fast_tokenizer_is_refused(tmp_path: Path) -> None:
    folder = save_base(tmp_path / "base")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(CasewrightError, match=r"no tokenizer\.json"):
        load_base(str(folder))


def test_a_base_without_a_configuration_is_refused(tmp_path: Path) -> None:
    folder = save_base(tmp_path / "base")
    (folder / "config.json").unlink()
    with pytest.raises(CasewrightError, match=r"no config\.json"):
        load_base(str(folder))


def test_weights_that_transformers_would_invent_are_refused(tmp_path: Path) -> None:
    folder = save_base(tmp_path / "base")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 3, "layer_types": None}))
    with pytest.raises(CasewrightError, match=r"has no weights for model\.layers\.2"):
        load_base(str(folder))


def test_damaged_weights_are_refused_by_the_name_of_their_folder(tmp_path: Path) -> None:
    folder = save_base(tmp_path / "base")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:500])
    with pytest.raises(CasewrightError, match=f"{folder} cannot be loaded"):
        load_base(str(folder))


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    folder = save_base(tmp_path / "base")
    index = {"weight_map": {"lm_head.weight": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(CasewrightError, match="lacks model-00002-of-00002"):
        load_base(str(folder))


@pytest.mark.parametrize("name", ["nobody/nothing-of-the-kind", "/no/such/folder", "no such base"])
def test_an_unknown_base_is_refused_without_asking_the_hub(name: str) -> None:
    with pytest.raises(CasewrightError, match=r"There is no base .*hub: true"):
        load_base(name)
