"""Runs that differ in their seed are taken together, and no others."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from finetune.cli import run as casewright
from finetune.evaluate.compare import compare
from finetune.evaluate.readings import Read, Reading
from finetune.evaluate.seeds import pool
from finetune.recipe import load_recipe, write_recipe
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json, write_json_atomic

RIGHT = {"base": 0.2, "sft": 0.6, "rl": 0.9}


def reading(case: str, path: str, *, correct: bool) -> Reading:
    return Reading(
        case=case, family="brief", path=path, gold_state="stated", gold=("<b>1</b>",), state="stated", said=("1",),
        quotation="€ 1", correct=correct, evidence_found=correct, handed_over=False, confidence=0.9,
    )  # fmt: skip


def run(folder: Path, *overrides: str, seed: int, cases: int, notices: float = 0.5) -> Path:
    """A run whose stages read as well as RIGHT says, as training leaves it."""
    recipe = load_recipe("demo", overrides=[f"seed={seed}", "evaluation.bootstrap=200", *overrides])
    rng, reads = random.Random(seed), {}
    for stage, share in RIGHT.items():
        found = tuple(
            reading(f"eval-{seed}-{case}", path, correct=rng.random() < share)
            for case in range(cases)
            for path in ("kosten", "straat")
        )
        reads[stage] = Read(readings=found, outcome_agrees={one.case: seed == 1 for one in found})
        (folder / "evaluation").mkdir(parents=True, exist_ok=True)
        lines = [json.dumps(one.to_dict()) for one in found]
        (folder / "evaluation" / f"{stage}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "recipe.yaml").write_text(write_recipe(recipe), encoding="utf-8")
    real = {stage: {"street": {"exact": notices, "exact_where_stated": notices, "stated": 4}} for stage in reads}
    write_json_atomic(folder / "evaluation.json", compare(reads, notices=real, draws=200, seed=seed))
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> list[Path]:
    return [run(tmp_path / "a", seed=1, cases=30), run(tmp_path / "b", seed=2, cases=10, notices=1.0)]


def test_readings_are_pooled_and_gains_paired_over_all_cases(runs: list[Path]) -> None:
    figures = pool(runs)
    each = [read_json(path / "evaluation.json") for path in runs]
    assert (figures["dossiers"], figures["facts"]) == (40, 80)
    for stage in RIGHT:
        summary = figures["stages"][stage]["summary"]
        shares = [one["stages"][stage]["summary"]["field_accuracy"] for one in each]
        assert summary["field_accuracy"] == pytest.approx(0.75 * shares[0] + 0.25 * shares[1])
        assert summary["decision_agreement"] == pytest.approx(0.75)
        assert figures["stages"][stage]["notices"]["street"]["exact"] == pytest.approx(0.75)
    gain = figures["gains"]["rl-sft"]
    assert gain["value"] == pytest.approx(
        0.75 * each[0]["gains"]["rl-sft"]["value"] + 0.25 * each[1]["gains"]["rl-sft"]["value"]
    )
    assert gain["low"] < gain["value"] < gain["high"]
    assert [one["seed"] for one in figures["runs"]] == [1, 2]


def width(gain: dict[str, Any]) -> float:
    return float(gain["high"] - gain["low"])


def test_more_seeds_make_the_interval_narrower(tmp_path: Path) -> None:
    four = [run(tmp_path / str(seed), seed=seed, cases=30) for seed in range(4)]
    assert width(pool(four)["gains"]["rl-sft"]) < 0.7 * width(pool(four[:1])["gains"]["rl-sft"])


def test_runs_that_differ_in_more_than_their_seed_are_refused(tmp_path: Path, runs: list[Path]) -> None:
    other = run(tmp_path / "c", "rl.group=4", seed=3, cases=4)
    with pytest.raises(CasewrightError, match=r"c has another rl.group than .*a; only seeds may differ"):
        pool([*runs, other])
    with pytest.raises(CasewrightError, match="the seeds 1, 2, 1; give each seed once"):
        pool([*runs, runs[0]])


def test_a_run_without_figures_is_refused_by_name(runs: list[Path]) -> None:
    (runs[1] / "evaluation.json").unlink()
    with pytest.raises(CasewrightError, match="b was not evaluated yet"):
        pool(runs)


def test_readings_that_are_gone_are_named(runs: list[Path]) -> None:
    (runs[1] / "evaluation" / "rl.jsonl").unlink()
    with pytest.raises(CasewrightError, match=r"rl.jsonl is gone; `casewright evaluate .*b` writes it anew"):
        pool(runs)


def test_a_page_does_not_take_the_place_of_its_figures(runs: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    out = runs[0].parent / "seeds.json"
    assert casewright(["report", *map(str, runs), "--out", str(out)]) == 2
    assert "seeds.html; its figures go beside it" in capsys.readouterr().err
    assert not out.exists()


def test_the_page_shows_every_seed_and_all_of_them(
    runs: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "seeds.html"
    assert casewright(["report", *map(str, runs), "--out", str(out)]) == 0
    assert "RL minus SFT" in capsys.readouterr().out
    page = out.read_text("utf-8")
    assert all(words in page for words in ("seed 1", "seed 2", "RL MINUS SFT", "leaves zero out", "80 facts of 40"))
    assert "<b>1</b>" not in page
    assert "<script" not in page
    assert read_json(tmp_path / "seeds.json")["dossiers"] == 40


@pytest.mark.parametrize("given", [["a", "b"], ["a", "--out", "page.html"]])
def test_several_runs_need_a_place_for_their_page_and_one_has_it(
    given: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert casewright(["report", *given]) == 2
    assert "A page about several runs needs --out" in capsys.readouterr().err
