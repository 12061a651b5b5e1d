"""A run learns, repeats itself bit for bit, survives `kill -9` and a full disk, and leaves the base as it
was.
"""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from finetune.checkpoints import finished
from finetune.recipe import Lora
from finetune.rows import rows
from finetune.sft import train_sft
from scaffolds.errors import CasewrightError
from scaffolds.prompt import Prompts
from tests.finetune.small import WORKFLOW, dossiers, save_base
from tests.finetune.train_small import SCHEMA, SFT, train
from tests.scaffolds.tiny import Family
from workflows.serve.adapter import load_adapter
from workflows.serve.base import load_base

WEIGHTS = "adapter_model.safetensors"


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base") / "llama")


@pytest.fixture(scope="module")
def whole(llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing interrupted."""
    out = tmp_path_factory.mktemp("run") / "sft"
    train(llama, out)
    return out


def _program(base: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.finetune.train_small", str(base), str(out), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _same(first: Path, second: Path) -> bool:
    return _files(first) == _files(second)


def test_the_loss_falls_and_is_written_down(whole: Path) -> None:
    losses = [json.loads(line)["loss"] for line in (whole / "metrics.jsonl").read_text().splitlines()]
    assert len(losses) == 12
    assert sum(losses[-3:]) < 0.9 * sum(losses[:3])


def test_the_same_seed_gives_the_same_adapter(llama: Path, whole: Path, tmp_path: Path) -> None:
    assert _same(train(llama, tmp_path / "again"), whole / "adapter")


def test_what_is_left_is_the_adapter_and_no_checkpoint(whole: Path) -> None:
    assert sorted(p.name for p in whole.iterdir()) == ["adapter", "metrics.jsonl", "settings.json"]
    assert sorted(p.name for p in (whole / "adapter").iterdir()) == [
        "adapter_config.json",
        WEIGHTS,
        "casewright.json",
    ]
    assert "/" not in (whole / "adapter" / "adapter_config.json").read_text()


def test_a_finished_run_is_not_run_again(llama: Path, whole: Path) -> None:
    before = (whole / "adapter" / WEIGHTS).stat().st_mtime_ns
    assert train(llama, whole) == whole / "adapter"
    assert (whole / "adapter" / WEIGHTS).stat().st_mtime_ns == before


def test_a_run_killed_while_saving_goes_on_to_the_same_bits(llama: Path, whole: Path, tmp_path: Path) -> None:
    killed = _program(llama, tmp_path, "--die-while-saving")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert not (tmp_path / "adapter").exists()
    assert _same(train(llama, tmp_path), whole / "adapter")


def test_kill_9_and_then_a_full_disk_cost_no_more_than_the_last_steps(
    llama: Path, whole: Path, tmp_path: Path
) -> None:
    killed = _program(llama, tmp_path, "--die-at", "7")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (kept,) = finished(tmp_path)
    before = _files(kept)

    full = _program(llama, tmp_path, "--file-bytes", "8000")
    assert full.returncode == 2, full.stderr
    assert re.search("checkpoint-8 could not be written .*Free space", full.stderr)
    assert finished(tmp_path) == [kept]
    assert _files(kept) == before

    assert _same(train(llama, tmp_path), whole / "adapter")


def test_a_folder_with_another_run_is_refused_and_kept(llama: Path, whole: Path) -> None:
    with pytest.raises(CasewrightError, match="other dossiers, settings or base"):
        train(llama, whole, sft=SFT.model_copy(update={"learning_rate": 0.02}))
    assert (whole / "adapter" / WEIGHTS).exists()


@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
def test_every_family_trains_and_its_adapter_comes_back(tmp_path: Path, family: Family) -> None:
    folder = save_base(tmp_path / "base", family)
    adapter = train(
        folder, tmp_path / "sft", sft=SFT.model_copy(update={"max_steps": 3, "packing": True, "bf16": "auto"})
    )
    base = load_base(str(folder))
    ids = torch.tensor([base.tokenizer.encode("Ik wil mijn boom kappen.")])
    with torch.no_grad():
        before = base.model(ids).logits
        adapted = load_adapter(base, adapter, schema=SCHEMA)
        assert (adapted(ids).logits - before).abs().max() > 1e-4
        apart = load_adapter(load_base(str(folder)), adapter, schema=SCHEMA, trainable=True).eval()
        assert (apart(ids).logits - adapted(ids).logits).abs().max() < 1e-4
        assert torch.equal(apart.unload()(ids).logits, before)


def test_training_leaves_the_base_as_it_was(tmp_path: Path, llama: Path) -> None:
    base = load_base(str(llama))
    made = rows(
        dossiers(4),
        workflow=WORKFLOW,
        prompts=Prompts(tokenizer=base.tokenizer, describe=False),
        context=base.context,
    )
    names, weights = zip(*((n, p.clone()) for n, p in base.model.named_parameters()), strict=True)
    train_sft(
        base,
        made,
        SFT.model_copy(update={"max_steps": 2}),
        out=tmp_path,
        seed=1,
        schema=SCHEMA,
        describe=False,
    )
    assert tuple(n for n, _ in base.model.named_parameters()) == names
    assert all(torch.equal(p, w) for p, w in zip(base.model.parameters(), weights, strict=True))
    assert not base.model.training


def test_nf4_trains(llama: Path, tmp_path: Path) -> None:
    sft = SFT.model_copy(update={"quantise": "nf4", "max_steps": 2, "lora": Lora(rank=2)})
    assert (train(llama, tmp_path, sft=sft) / WEIGHTS).stat().st_size > 0
