"""The command line answers at once, and every message for the user comes with exit code 2 and without a traceback."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from finetune.cli import COMMANDS, run
from finetune.shipped import shipped_recipes

HEAVY = ("torch", "transformers", "trl", "peft", "pydantic", "rich", "yaml", "numpy", "jinja2", "scaffolds.facts")


def failed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert run([str(argument) for argument in arguments]) == 2
    told = capsys.readouterr().err
    assert "Traceback" not in told
    return told


def test_help_imports_nothing_heavy_and_takes_less_than_300_ms_of_processor() -> None:
    program = (
        "import sys; from finetune.cli import run; code = run(['--help']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules]); sys.exit(code)"
    )
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert done.stdout.splitlines()[-1] == "[]"
    # Processor time, not the clock: other work on the machine must not decide.
    assert min(times) < 0.3


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {name} " in told for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_of_its_own(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([name, "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out


def test_a_misspelt_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'train'" in failed(capsys, "tran")


def test_a_misspelt_recipe_and_a_misspelt_key_are_answered_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "Did you mean 'demo'?" in failed(capsys, "train", "dmo")
    assert "Did you mean 'sft.epochs'?" in failed(capsys, "train", "demo", "--set", "sft.epoch=2")


def test_recipes_are_listed_shown_checked_and_copied(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (["list"], ["show", "demo"], ["show", "demo", "--resolved"], ["check", "demo"]):
        assert run(["recipes", *arguments]) == 0
    target = tmp_path / "mine.yaml"
    assert run(["recipes", "copy", "demo", str(target)]) == 0
    assert target.read_bytes() == shipped_recipes()["demo"].read_bytes()
    assert "exists already" in failed(capsys, "recipes", "copy", "demo", target)
    assert run(["recipes", "check", str(target)]) == 0


def test_the_schema_is_printed_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recipes", "schema"]) == 0
    kinds = json.loads(capsys.readouterr().out)["$defs"]
    assert "sources" in kinds["Recipe"]["properties"]
    assert "source" in kinds["LogRecipe"]["properties"]


def test_recipes_are_checked_with_the_changes_that_training_takes(capsys: pytest.CaptureFixture[str]) -> None:
    told = failed(capsys, "recipes", "check", "demo", "--set", "sources.0.licence=unknown")
    assert "source 'generated' leaves licence unknown" in told


def test_workflows_are_listed_shown_and_proven(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["list"], ["show", "omgevingsvergunning"], ["check", "omgevingsvergunning"]):
        assert run(["workflow", *arguments]) == 0
    assert "is sound" in capsys.readouterr().out
    assert "did you mean 'omgevingsvergunning'?" in failed(capsys, "workflow", "show", "omgevingsvergunnin")


@pytest.mark.parametrize(
    ("raw", "told"),
    [(b"", "is empty"), (b"\x00\x01", "binary"), (b"caf\xe9 in Zaandam", "not UTF-8"), (b"a" * 1_000_000, "500,000")],
)
def test_a_document_that_cannot_be_read_is_refused_before_a_model_is_loaded(
    raw: bytes, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aanvraag.txt"
    path.write_bytes(raw)
    message = failed(capsys, "case", "run", "--bundle", tmp_path / "bundle", path)
    assert told in message
    assert "aanvraag.txt" in message


def test_a_missing_document_a_missing_bundle_and_a_day_to_come_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "aanvraag.txt"
    assert "does not exist" in failed(capsys, "case", "run", "--bundle", tmp_path, path)
    path.write_text("Ik wil een boom kappen.", encoding="utf-8")
    assert "is no bundle" in failed(capsys, "case", "run", "--bundle", tmp_path, path)
    day = failed(capsys, "case", "run", "--bundle", tmp_path, "--received", "2999-01-01", path)
    assert "lies in the future" in day


@pytest.mark.parametrize("command", ["evaluate", "report"])
def test_a_folder_that_holds_no_run_is_refused(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "holds no run" in failed(capsys, command, tmp_path)


def test_a_full_disk_is_told_in_one_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")

    def write_to_a_full_disk(*_: object, **__: object) -> None:
        with open("/dev/full", "w") as full:
            full.write("x" * 100_000)

    monkeypatch.setattr("finetune.cli.app", write_to_a_full_disk)
    assert "No space left on device" in failed(capsys)


def test_an_interruption_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("finetune.cli.app", interrupted)
    assert run([]) == 130
    assert "goes on where it stopped" in capsys.readouterr().err


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("finetune.cli.app", broken)
    with pytest.raises(ZeroDivisionError):
        run([])
