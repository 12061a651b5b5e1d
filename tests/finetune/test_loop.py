"""The whole loop, on bases of three families: SFT, RL, evaluation, report, gate, bundle."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from finetune.progress import silent
from finetune.recipe import load_recipe
from finetune.run import run_recipe
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json
from tests.finetune.invented_notices import write_notices
from tests.finetune.small import save_base
from tests.scaffolds.tiny import Family
from workflows.omgevingsvergunning import WORKFLOW
from workflows.serve.bundle import read_bundle

SMALL = (
    "sources.0.confirmed=4",
    "sources.0.archive=2",
    "sources.0.evaluation=2",
    "sft.epochs=1",
    "sft.batch_size=2",
    "rl.steps=1",
    "rl.prompts_per_step=1",
    "rl.group=2",
    "evaluation.bootstrap=100",
    "evaluation.notices=null",
    "gate.at_least=0.0",
)


def base(folder: Path, family: Family) -> Path:
    """A tiny base whose context holds an answer of an untrained model, the longest there can be."""
    save_base(folder, family)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"max_position_embeddings": 16_384}))
    return folder


@pytest.mark.parametrize("family", get_args(Family))
def test_every_family_goes_from_base_to_bundle(family: Family, tmp_path: Path) -> None:
    folder = base(tmp_path / family, family)
    notices = write_notices(tmp_path)
    recipe = load_recipe("demo", overrides=[*SMALL, f"base={folder}", f"evaluation.notices={notices}"])
    result = run_recipe(recipe, out=tmp_path / "run", tell=silent)
    figures = read_json(tmp_path / "run" / "evaluation.json")
    assert list(figures["stages"]) == ["base", "sft", "rl"]
    assert set(figures["gains"]) == {"sft-base", "rl-sft"}
    assert all(stage["notices"]["street"]["stated"] == 1 for stage in figures["stages"].values())
    page = result.report.read_text("utf-8")
    assert not re.search(r"<script|<link|<img|<iframe| src=| href=|url\(|@import", page), "the page stands alone"
    assert "<svg" in page
    assert result.bundle is not None
    bundle = read_bundle(result.bundle, workflow=WORKFLOW)
    assert bundle.stage == result.verdict.stage
    assert (result.bundle / "adapter").is_dir()


def test_a_gate_that_is_not_reached_writes_no_bundle_and_says_so(tmp_path: Path) -> None:
    folder = base(tmp_path / "llama", "llama")
    overrides = [*SMALL, f"base={folder}", "gate.at_least=1.0"]
    result = run_recipe(load_recipe("demo", overrides=overrides), out=tmp_path / "run", tell=silent)
    assert result.bundle is None
    assert "the gate asks for 1.000" in result.report.read_text("utf-8")
    with pytest.raises(CasewrightError, match="another seed"):
        run_recipe(load_recipe("demo", overrides=[*overrides, "seed=9"]), out=tmp_path / "run", tell=silent)
