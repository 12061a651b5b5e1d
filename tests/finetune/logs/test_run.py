"""A whole run on a toy log: one table with every model, a page, a bundle, and nothing is done twice."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from finetune.cli import run
from finetune.logs.baselines import Majority
from finetune.logs.contest import load_scored, save_scored
from finetune.logs.estimate import passes_at_most
from finetune.logs.metrics import score
from finetune.logs.protocol import END, Labels, temporal_split
from finetune.logs.recipe import LogRecipe
from finetune.logs.run import LogResult, open_log, prepare_log, run_log_recipe
from finetune.logs.study import latest
from finetune.logs.suggest import open_process_bundle, suggest
from finetune.logs.trace import LogHeader, write_log
from finetune.logs.transfer import split_for_transfer
from finetune.progress import silent
from finetune.recipe import load_recipe
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json
from tests.finetune.logs.toy import toy_file, toy_traces
from tests.finetune.logs.traces import case_xml, event_xml, log_xml
from tests.finetune.small import save_base
from tests.shared import shared_file
from workflows.procesverloop.definition import WHEN
from workflows.serve.bundle import read_bundle

SMALL = (
    "sft.epochs=2",
    "sft.learning_rate=1e-2",
    "sft.lora.rank=2",
    "rl.epochs=1",
    "evaluation.seeds=2",
    "evaluation.bootstrap=100",
    "evaluation.neural=false",
    "evaluation.curve=[12]",
    "transfer.epochs=1",
    "transfer.cases=[0, 4]",
)


def small_recipe(folder: Path, *changes: str) -> LogRecipe:
    log, other = toy_file(folder / "log.jsonl"), toy_file(folder / "other.jsonl", 60)
    base = save_base(folder / "base") if not (folder / "base").exists() else folder / "base"
    named = (f"source.path={log}", f"transfer.path={other}", f"base={base}")
    recipe = load_recipe("procesverloop", overrides=[*SMALL, *named, *changes])
    assert isinstance(recipe, LogRecipe)
    return recipe


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("run")


@pytest.fixture(scope="module")
def result(folder: Path) -> LogResult:
    return run_log_recipe(small_recipe(folder), out=folder / "out", tell=silent)


def test_every_model_stands_in_one_table_with_its_seeds(result: LogResult) -> None:
    models = result.figures["models"]
    assert list(models) == ["majority", "ngram5", "ngram", "base", "opaque", "sft", "rl"]
    assert [len(model["seeds"]) for model in models.values()] == [1, 1, 1, 1, 2, 2, 2]
    pairs = result.figures["differences"]["headline"]
    assert {"sft-ngram5", "sft-ngram", "rl-sft", "sft-opaque"} <= set(pairs)


def test_where_late_cases_carry_days_the_model_reads_by_day_and_stands_beside_both(tmp_path: Path) -> None:
    early, late = toy_traces(12), [trace.by_day("activity") for trace in toy_traces(28, start=12)]
    log, header = tmp_path / "mixed.jsonl", LogHeader("toy.xes", "1" * 64, "xes", "activity")
    write_log(log, header, [*early, *late], attributes={})
    fewer = ("evaluation.seeds=1", "evaluation.curve=[]", "evaluation.opaque=false", "transfer=null")
    result = run_log_recipe(
        small_recipe(tmp_path, f"source.path={log}", *fewer), out=tmp_path / "out", tell=silent
    )
    assert {"ngram", "ngram_day", "sft", "rl"} <= set(result.figures["models"])
    assert {"sft-ngram", "sft-ngram_day"} <= set(result.figures["differences"]["headline"])
    assert "read by day" in result.report.read_text(encoding="utf-8")


def test_the_page_stands_alone_and_names_every_model(result: LogResult) -> None:
    page = result.report.read_text(encoding="utf-8")
    assert all(model["name"] in page for model in result.figures["models"].values())
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")


def test_the_curve_ends_with_all_cases_and_the_other_log_is_met_untouched_and_adapted(result: LogResult) -> None:
    assert list(result.figures["curve"]) == ["12", "32"]
    assert list(result.figures["transfer"]["by_cases"]) == ["0", "4"]
    assert result.figures["transfer"]["by_cases"]["0"]["ngram_few_alone"] is None


def test_the_bundle_is_whole_and_knows_its_closed_list(result: LogResult) -> None:
    assert result.bundle is not None
    bundle = read_bundle(result.bundle)
    assert bundle.workflow == "procesverloop"
    steps = [code for code, _ in read_json(result.bundle / "procesverloop.json")["steps"]]
    assert steps == list(Labels.of(toy_traces(32)).names)


def test_the_bundle_suggests_what_comes_next_in_a_case(result: LogResult) -> None:
    assert result.bundle is not None
    policy = open_process_bundle(result.bundle)
    case = toy_traces(1)[0]
    found = suggest(policy, case, count=len(policy.encoding.steps))
    assert sum(one.probability for one in found) == pytest.approx(1.0, abs=1e-6)
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)
    assert [one.code for one in found if one.when is None] == [END]
    # The time until a step is the one the policy gives where that step is known to follow.
    longer = replace(case, events=(*case.events, replace(case.events[0], time=case.end + timedelta(days=400))))
    _, gaps = next(policy.distributions([longer], policy.encoding.labels))
    assert {one.code: one.when for one in found}["A"] == WHEN[gaps[-1].argmax()]


def test_the_command_shows_it_and_names_a_case_that_is_not_there(
    folder: Path, result: LogResult, capsys: pytest.CaptureFixture[str]
) -> None:
    named = ["log", "next", str(result.bundle), str(folder / "log.jsonl"), "--case"]
    assert run([*named, "zaak-001", "--after", "2", "--count", "3"]) == 0
    assert "Na 2 gebeurtenissen" in capsys.readouterr().out
    assert run([*named, "nergens"]) == 2


def test_the_same_command_again_trains_and_opens_the_test_part_for_nobody(folder: Path, result: LogResult) -> None:
    files = [path for path in (folder / "out").rglob("*") if path.suffix in (".npz", ".safetensors")]
    before = {path: path.stat().st_mtime_ns for path in files if "bundle" not in path.parts}
    (folder / "out" / "evaluation.json").unlink()
    again = run_log_recipe(small_recipe(folder), out=folder / "out", tell=silent)
    assert json.dumps(again.figures) == json.dumps(result.figures)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_the_page_is_written_again_from_what_is_kept(
    folder: Path, result: LogResult, capsys: pytest.CaptureFixture[str]
) -> None:
    before = result.report.read_bytes()
    result.report.unlink()
    assert run(["report", str(folder / "out")]) == 0
    assert str(result.report) in capsys.readouterr().out
    assert result.report.read_bytes() == before


def test_measuring_again_asks_every_model_and_trains_none(
    folder: Path, result: LogResult, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / "out"

    def times(kind: str) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in out.rglob(kind) if "bundle" not in path.parts}

    adapters, answers = times("*.safetensors"), times("*.npz")
    assert run(["evaluate", str(out)]) == 0
    assert "language model, SFT" in capsys.readouterr().out
    assert times("*.safetensors") == adapters
    again = times("*.npz")
    assert again.keys() == answers.keys()
    assert all(again[path] > answers[path] for path in again)
    assert json.dumps(read_json(out / "evaluation.json")) == json.dumps(result.figures)


def test_a_run_that_did_not_end_is_not_measured_again(folder: Path, result: LogResult, tmp_path: Path) -> None:
    shutil.copytree(folder / "out", tmp_path / "out")
    (tmp_path / "out" / "evaluation.json").unlink()
    assert run(["evaluate", str(tmp_path / "out")]) == 2
    assert run(["report", str(tmp_path / "out")]) == 2


def test_what_was_imported_is_enough_unless_the_log_became_another(folder: Path) -> None:
    recipe, kept = small_recipe(folder), folder / "kept.jsonl"
    log = folder / "log.xes"
    log.write_text(log_xml(case_xml("1", event_xml())))
    first = open_log(str(log), kept, recipe=recipe)
    log.write_text(log_xml(case_xml("2", event_xml())))
    with pytest.raises(CasewrightError, match="another log"):
        open_log(str(log), kept, recipe=recipe)
    log.unlink()
    assert open_log(str(log), kept, recipe=recipe) == first


def test_every_adapter_of_a_run_is_made_in_one_precision(folder: Path, result: LogResult) -> None:
    choices = {path.parent.name: read_json(path)["bf16"] for path in (folder / "out").rglob("choice.json")}
    assert choices.keys() == {"main", "opaque", "curve-12", "transfer"}
    assert set(choices.values()) == {read_json(folder / "out" / "pace.json")["bf16"]}


def test_a_dry_run_says_what_the_run_will_take_and_trains_nothing(
    folder: Path, result: LogResult, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", str(folder / "out" / "recipe.yaml"), "--dry-run", "--out", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "at most 0.0 hours for" in told
    assert not list(tmp_path.rglob("*.safetensors"))


def test_the_passes_of_a_run_are_counted_in_cases_read() -> None:
    recipe = load_recipe("procesverloop", overrides=["sft.epochs=10", "rl.epochs=4", "evaluation.curve=[16, 100]"])
    assert isinstance(recipe, LogRecipe)
    split = temporal_split(toy_traces(40), ties="activity")
    assert (len(split.fitting), len(split.training)) == (28, 32)
    passes = passes_at_most(recipe, split)
    assert passes == {
        "the choice": 28 / 32 * 14, "the seeds": 5 * 14, "opaque words": (28 / 32 + 5) * 10,
        "16 cases": (28 / 32 + 5) * 10 / 2,
    }  # fmt: skip


def test_a_folder_holds_one_run(folder: Path, result: LogResult) -> None:
    with pytest.raises(CasewrightError, match=r"another sft\.batch_size"):
        run_log_recipe(small_recipe(folder, "sft.batch_size=3"), out=folder / "out", tell=silent)


def test_a_gate_that_is_not_reached_keeps_the_bundle_back(folder: Path, result: LogResult) -> None:
    from finetune.logs.run import chosen_stage

    recipe = small_recipe(folder, "gate.at_least=1.0", "gate.metric=exact")
    low = {"choice": {"rl_epochs": 0}, "models": {"sft": {"seeds": [{"exact": 0.5}]}}}
    stage, why = chosen_stage(recipe, low)
    assert stage is None
    assert "the gate asks for 1.000" in why


def test_a_log_of_unknown_licence_stops_the_run(folder: Path) -> None:
    with pytest.raises(CasewrightError, match="Licence gate"):
        prepare_log(small_recipe(folder, "source.licence=unknown"), out=folder / "no", tell=silent)


def test_a_log_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(CasewrightError, match=r"does not exist; name one with --set source\.path"):
        prepare_log(small_recipe(folder, "source.path=nergens.xes"), out=folder / "no", tell=silent)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("source.attributes=[endDate]", "give the answer away"),
        ("source.pth=x", "Did you mean 'source.path'?"),
        ("sft.packing=true", "unknown key 'sft.packing'"),
        ("source.ties=random", "input should be 'activity' or 'file'"),
        ("workflow=omgevingsvergunning", "input should be 'procesverloop'"),
    ],
)
def test_what_the_run_would_not_read_is_refused(override: str, told: str) -> None:
    with pytest.raises(CasewrightError) as error:
        load_recipe("procesverloop", overrides=[override])
    assert told in str(error.value)


def test_a_shorter_training_part_is_the_latest_and_keeps_the_test_part() -> None:
    split = temporal_split(toy_traces(40), ties="activity")
    short = latest(split, 16)
    assert short.training == split.training[-16:]
    assert (len(short.fitting), len(short.validation)) == (14, 2)
    assert short.test == split.test


def test_transfer_learns_from_nothing_that_ends_after_the_other_test_part_starts() -> None:
    other = temporal_split(toy_traces(60), ties="activity")
    split = split_for_transfer(toy_traces(60, start=20), other=other)
    assert max(trace.end for trace in split.training) < other.test_start
    assert split.test == other.test
    with pytest.raises(CasewrightError, match="earlier years"):
        split_for_transfer(toy_traces(20, start=300), other=other)


def test_kept_predictions_read_back_as_they_were(tmp_path: Path) -> None:
    traces = toy_traces(20)
    labels = Labels.of(traces)
    scored = score(Majority.fit(traces, labels), traces, labels=labels, training=traces)
    save_scored(tmp_path / "scored.npz", scored)
    again = load_scored(tmp_path / "scored.npz")
    assert all((getattr(again, name) == getattr(scored, name)).all() for name in vars(scored))


@pytest.mark.parametrize("name", ["receipt", "BPIC15_1", "BPIC15_2"])
def test_a_real_log_passes_both_gates_and_splits(name: str, tmp_path: Path) -> None:
    path = shared_file(f"event-logs/{name}.xes.gz")
    recipe = load_recipe("procesverloop", overrides=[f"source.path={path}"])
    assert isinstance(recipe, LogRecipe)
    work = prepare_log(recipe, out=tmp_path, tell=silent)
    assert max(trace.end for trace in work.split.training) < work.split.test_start
    assert work.record["personal_data"] == []
