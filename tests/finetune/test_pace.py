"""Packing is used where it is right; estimates count what the run will do and change nothing."""

from pathlib import Path
from typing import Any

import pytest
import torch

from finetune.pace import choose_pace, estimate, packs_correctly, total_steps
from finetune.rows import Row, rows
from scaffolds.prompt import Prompts
from tests.finetune.small import WORKFLOW, dossiers, save_base
from tests.finetune.train_small import SFT
from tests.scaffolds.tiny import Family, tiny_model
from workflows.serve.base import Base, load_base


def _base(folder: Path, family: Family = "llama") -> tuple[Base, list[Row]]:
    base = load_base(str(save_base(folder, family)))
    prompts = Prompts(tokenizer=base.tokenizer, describe=False)
    return base, rows(dossiers(6), workflow=WORKFLOW, prompts=prompts, context=base.context)


@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
def test_packing_is_right_where_attention_keeps_rows_apart(tmp_path: Path, family: Family) -> None:
    base, made = _base(tmp_path, family)
    assert packs_correctly(base.model, made)


def test_packing_is_refused_where_a_row_sees_the_one_before(tmp_path: Path) -> None:
    _, made = _base(tmp_path)

    class Leaking(torch.nn.Module):
        """A model that takes no notice of where a row begins."""

        device = torch.device("cpu")

        def __init__(self) -> None:
            super().__init__()
            self.inner = tiny_model()

        def forward(self, input_ids: Any, use_cache: bool, **_: Any) -> Any:
            return self.inner(input_ids, use_cache=use_cache)

    assert not packs_correctly(Leaking(), made)


def test_what_the_recipe_fixes_is_not_measured(tmp_path: Path) -> None:
    base, made = _base(tmp_path)
    for bf16 in (False, True):
        pace = choose_pace(base.model, base.tokenizer, made, SFT.model_copy(update={"bf16": bf16}))
        assert (pace.bf16, pace.packing) == (bf16, False)


def test_an_estimate_counts_the_run_and_leaves_the_base_alone(tmp_path: Path) -> None:
    base, made = _base(tmp_path)
    names = [name for name, _ in base.model.named_parameters()]
    found = estimate(base, made, SFT.model_copy(update={"epochs": 2.0}))
    assert found.steps == total_steps(made, SFT.model_copy(update={"epochs": 2.0})) == 6
    assert found.tokens == 2 * sum(len(row.input_ids) for row in made)
    assert found.answers == 2 * sum(row.trained for row in made)
    assert found.seconds > 0
    assert found.peak_bytes > 50_000_000
    assert [name for name, _ in base.model.named_parameters()] == names
