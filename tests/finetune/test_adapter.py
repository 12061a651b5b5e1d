"""An adapter goes on the base and the facts it was made for, and on no other."""

import json
from pathlib import Path

import pytest
import torch

from finetune.adapter import attach, save_adapter
from finetune.recipe import Lora
from scaffolds.errors import CasewrightError
from tests.finetune.small import save_base, stir
from workflows.serve.adapter import AdapterIdentity, adapter_identity, load_adapter
from workflows.serve.base import Base, load_base

SCHEMA = "a" * 64


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return load_base(str(save_base(tmp_path_factory.mktemp("base") / "one")))


@pytest.fixture
def adapter(base: Base, tmp_path: Path) -> Path:
    model = attach(base, Lora(rank=2), seed=0)
    identity = AdapterIdentity(base=base.identity, schema=SCHEMA, describe=True)
    save_adapter(model, tmp_path / "adapter", identity=identity)
    model.unload()
    return tmp_path / "adapter"


def test_an_adapter_says_what_it_was_made_for(base: Base, adapter: Path) -> None:
    assert adapter_identity(adapter) == AdapterIdentity(base=base.identity, schema=SCHEMA, describe=True)


@pytest.mark.parametrize("trainable", [False, True])
def test_an_adapter_loads_frozen_or_to_be_trained_further(tmp_path: Path, adapter: Path, trainable: bool) -> None:
    model = load_adapter(load_base(str(save_base(tmp_path / "one"))), adapter, schema=SCHEMA, trainable=trainable)
    assert any(p.requires_grad for p in model.parameters()) is trainable


def test_an_adapter_that_is_added_into_the_weights_says_the_same(tmp_path: Path) -> None:
    folder, ids = save_base(tmp_path / "base"), torch.arange(40)[None]
    base = load_base(str(folder))
    model = attach(base, Lora(rank=4), seed=0)
    stir(model, seed=0)
    identity = AdapterIdentity(base=base.identity, schema=SCHEMA, describe=True)
    save_adapter(model, tmp_path / "adapter", identity=identity)
    with torch.no_grad():
        apart = model.eval()(ids).logits
        plain = load_base(str(folder)).model.eval()(ids).logits
        merged = load_adapter(load_base(str(folder)), tmp_path / "adapter", schema=SCHEMA)
        assert not any("lora" in name for name, _ in merged.named_parameters())
        together = merged.eval()(ids).logits
    assert (together - apart).abs().max() < 1e-4 < (plain - apart).abs().max()


def test_an_adapter_of_another_base_is_refused_with_both_names(
    adapter: Path, base: Base, tmp_path: Path
) -> None:
    other = load_base(str(save_base(tmp_path / "two", seed=1)))
    with pytest.raises(CasewrightError, match=r"made for base .*/one .*this is base .*/two"):
        load_adapter(other, adapter, schema=SCHEMA)


def test_an_adapter_of_another_schema_is_refused_with_both_hashes(base: Base, adapter: Path) -> None:
    with pytest.raises(CasewrightError, match=r"schema aaaaaaaaaaaa, .* schema bbbbbbbbbbbb"):
        load_adapter(base, adapter, schema="b" * 64)


@pytest.mark.parametrize("name", ["casewright.json", "adapter_config.json", "adapter_model.safetensors"])
def test_a_folder_that_lacks_a_part_is_no_adapter(base: Base, adapter: Path, name: str) -> None:
    (adapter / name).unlink()
    with pytest.raises(CasewrightError, match=f"has no {name}"):
        load_adapter(base, adapter, schema=SCHEMA)


def test_a_damaged_adapter_is_refused_by_the_name_of_its_folder(base: Base, adapter: Path) -> None:
    weights = adapter / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(CasewrightError, match=f"{adapter} cannot be loaded"):
        load_adapter(base, adapter, schema=SCHEMA)
    (adapter / "casewright.json").write_text(json.dumps({"base": {}}))
    with pytest.raises(CasewrightError, match="is damaged"):
        adapter_identity(adapter)
