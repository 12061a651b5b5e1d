"""The preference stage learns what was preferred, from the SFT adapter on, and goes on after a kill."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
import torch

from finetune.preference import Judged, judged_rows, preference_record
from finetune.progress import silent
from finetune.recipe import Preference, Recipe, load_recipe
from finetune.rows import row
from finetune.run import run_recipe
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact, render
from scaffolds.prompt import Prompts
from tests.finetune.preference_small import Method, preference, said, train, write_rows
from tests.finetune.small import WORKFLOW, dossiers, save_base
from tests.finetune.test_loop import SMALL
from tests.finetune.test_loop import base as whole_base
from tests.finetune.train_small import SCHEMA, SFT
from tests.finetune.train_small import train as train_sft
from workflows.registry import load_dossiers, load_workflow
from workflows.serve.adapter import load_adapter
from workflows.serve.base import load_base
from workflows.serve.bundle import workflow_schema


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_base(tmp_path_factory.mktemp("base") / "llama")


@pytest.fixture(scope="module")
def start(llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SFT adapter that the stage goes on from."""
    return train_sft(llama, tmp_path_factory.mktemp("sft"), sft=SFT.model_copy(update={"max_steps": 2}))


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_rows(tmp_path_factory.mktemp("rows") / "trl")


def judged(llama: Path, rows: Path, method: Method) -> list[Judged]:
    base = load_base(str(llama))
    prompts = Prompts(tokenizer=base.tokenizer, describe=False)
    asked = preference(rows, method)
    return judged_rows(asked, workflow=WORKFLOW, schema=SCHEMA, prompts=prompts, context=base.context)


def margin(llama: Path, adapter: Path, pairs: list[Judged]) -> float:
    """How much likelier the preferred answers are than the others, in nats over all pairs."""
    base = load_base(str(llama))
    model = load_adapter(base, adapter, schema=SCHEMA).eval()

    def likelihood(prompt: tuple[int, ...], answer: tuple[int, ...]) -> float:
        ids = torch.tensor([[*prompt, *answer]])
        with torch.no_grad():
            logits = model(ids).logits[0, len(prompt) - 1 : -1].log_softmax(-1)
        return float(logits.gather(1, torch.tensor(answer)[:, None]).sum())

    return sum(likelihood(one.prompt, one.answer) - likelihood(one.prompt, one.other or ()) for one in pairs)


def test_the_tokens_of_a_prompt_are_those_of_service(llama: Path, rows: Path) -> None:
    prompts = Prompts(tokenizer=load_base(str(llama)).tokenizer, describe=False)
    for one, dossier in zip(judged(llama, rows, "dpo"), dossiers(8), strict=True):
        assert (*one.prompt, *one.answer) == row(dossier, workflow=WORKFLOW, prompts=prompts).input_ids


@pytest.mark.parametrize("method", get_args(Method))
def test_what_was_preferred_becomes_likelier(
    llama: Path, start: Path, rows: Path, tmp_path: Path, method: Method
) -> None:
    adapter = train(llama, start, rows, tmp_path, method=method)
    pairs = judged(llama, rows, "dpo")
    assert margin(llama, adapter, pairs) > margin(llama, start, pairs)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter", "metrics.jsonl", "settings.json"]
    assert not (adapter / "ref").exists()
    assert len((tmp_path / "metrics.jsonl").read_text().splitlines()) == 8


@pytest.mark.parametrize("method", get_args(Method))
def test_a_run_that_is_killed_goes_on_to_the_same_bits(
    llama: Path, start: Path, rows: Path, tmp_path: Path, method: Method
) -> None:
    whole = train(llama, start, rows, tmp_path / "whole", method=method)
    program = [sys.executable, "-m", "tests.finetune.preference_small"]
    command = [*program, llama, start, rows, tmp_path / "killed", method, "--die-at", "5"]
    killed = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = train(llama, start, rows, tmp_path / "killed", method=method)
    for path in whole.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_another_start_or_other_rows_are_refused(llama: Path, start: Path, rows: Path, tmp_path: Path) -> None:
    train(llama, start, rows, tmp_path / "out", method="dpo")
    with pytest.raises(CasewrightError, match="other rows, settings or start"):
        train(llama, start, write_rows(tmp_path / "fewer", count=4), tmp_path / "out", method="dpo")


def test_rows_pass_the_gates_or_stop_the_run(rows: Path, tmp_path: Path) -> None:
    record = preference_record(preference(rows, "dpo"))
    assert (record["rows"], record["method"]) == (8, "dpo")
    with pytest.raises(CasewrightError, match="Licence gate"):
        preference_record(preference(rows, "dpo").model_copy(update={"licence": "unknown"}))
    text = (rows / "dpo.jsonl").read_text().replace("Met vriendelijke groet", "Mail mij op jan@example.nl")
    (tmp_path / "dpo.jsonl").write_text(text)
    real = preference(tmp_path, "dpo").model_copy(update={"kind": "case_files"})
    with pytest.raises(CasewrightError, match="Personal-data gate"):
        preference_record(real)


def test_rows_of_other_facts_of_another_wording_or_of_evaluation_are_refused(
    llama: Path, rows: Path, tmp_path: Path
) -> None:
    lines = (rows / "dpo.jsonl").read_text().splitlines()
    for change, told in (
        ({"schema": "0" * 64}, "other facts"),
        ({"split": "eval"}, "no rows to train on"),
    ):
        changed = [json.loads(line) for line in lines]
        changed = [one | {"provenance": one["provenance"] | change} for one in changed]
        (tmp_path / "dpo.jsonl").write_text("".join(json.dumps(one) + "\n" for one in changed))
        with pytest.raises(CasewrightError, match=told):
            judged(llama, tmp_path, "dpo")
    (tmp_path / "dpo.jsonl").write_text("\n".join(lines).replace("Geef per gegeven", "Noem per gegeven"))
    with pytest.raises(CasewrightError, match="words its prompts otherwise"):
        judged(llama, tmp_path, "dpo")


@pytest.mark.parametrize(
    ("method", "setting"), [("kto", {"sft_weight": 1.0}), ("sft", {"sft_weight": 1.0}), ("sft", {"beta": 0.2})]
)
def test_a_setting_that_a_method_does_not_read_is_refused(method: Method, setting: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="belongs to dpo"):
        Preference.model_validate(
            {"name": "a", "kind": "synthetic", "licence": "EUPL-1.2", "legal_basis": "none", "rows": "x",
             "method": method, **setting}
        )  # fmt: skip


def test_a_recipe_with_preferences_goes_from_base_to_bundle(tmp_path: Path) -> None:
    recipe = load_recipe("demo", overrides=[*SMALL, f"base={whole_base(tmp_path / 'llama', 'llama')}"])
    assert isinstance(recipe, Recipe)
    workflow = load_workflow(recipe.workflow)
    prompts = Prompts(tokenizer=None, describe=False)
    lines = []
    for dossier in load_dossiers(recipe.workflow)(2, seed=5, split="train"):
        facts = workflow.by_id["lees_aanvraag"].facts  # type: ignore[union-attr]
        texts = [document.text for document in dossier.documents]
        right = dossier.gold["lees_aanvraag"]
        wrong = {path: Fact(path=path, state="not_stated") for path in right}
        row = {
            "prompt": [{"role": "user", "content": prompts.body(facts, texts=texts, received=dossier.received)}],
            "chosen": said(render(facts, right)),
            "rejected": said(render(facts, wrong)),
            "provenance": {"case": dossier.id, "task": dossier.id, "split": "train", "steps": ["lees_aanvraag"],
                           "schema": workflow_schema(workflow)},
        }  # fmt: skip
        lines.append(json.dumps(row))
    (tmp_path / "dpo.jsonl").write_text("\n".join(lines))
    asked = preference(tmp_path, "dpo").model_copy(update={"epochs": 1})
    recipe = recipe.model_copy(update={"preference": asked})
    result = run_recipe(recipe, out=tmp_path / "run", tell=silent)
    assert list(result.figures["stages"]) == ["base", "sft", "preference", "rl"]
    assert set(result.figures["gains"]) == {"sft-base", "preference-sft", "rl-preference"}
    assert "Preference: reward margin" in result.report.read_text()
    assert result.bundle is not None
    (tmp_path / "dpo.jsonl").write_text(lines[0])
    with pytest.raises(CasewrightError, match="The data differ"):
        run_recipe(recipe, out=tmp_path / "run", tell=silent)
