"""A new workflow works from the start: installed, it is sound, its own tests pass, and its recipe is one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from finetune.cli import run
from finetune.recipe import load_recipe

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new workflow, installed beside the environment as `pip install` does it."""
    into = tmp_path_factory.mktemp("nieuw")
    assert run(["workflow", "new", "evenementen", "--into", str(into)]) == 0
    install = ["-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([sys.executable, *install, "-t", into / "site", into / "evenementen"], check=True)
    return into


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join((str(folder / "site"), str(ROOT)))
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_new_workflow_is_found_and_sound_once_installed(folder: Path) -> None:
    done = ran(folder, "-m", "finetune.cli", "workflow", "check", "evenementen")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("evenementen is sound: 5 steps, 5 facts")


def test_the_tests_that_come_with_it_pass(folder: Path) -> None:
    done = ran(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "evenementen/tests")
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_its_recipe_is_a_recipe_for_it(folder: Path) -> None:
    assert load_recipe(str(folder / "evenementen" / "evenementen.yaml")).workflow == "evenementen"


def test_a_fault_put_into_it_is_found_with_exit_code_1(folder: Path) -> None:
    letter = folder / "site" / "workflow_evenementen" / "letters" / "besluit.txt"
    whole = letter.read_text(encoding="utf-8")
    letter.write_text(whole + "{{ gegeven.adres }}", encoding="utf-8")
    try:
        done = ran(folder, "-m", "finetune.cli", "workflow", "check", "evenementen")
    finally:
        letter.write_text(whole, encoding="utf-8")
    assert done.returncode == 1
    assert "letter besluit.txt: it names gegeven.adres, which is no fact that is read." in done.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("bezwaar", "already"),
        ("../weg", "no name"),
        ("Groot", "no name"),
        ("class", "no name"),
        ("a; rm -rf", "no name"),
        ("evenementen", "is there already"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(
    folder: Path, name: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.iterdir())
    assert run(["workflow", "new", name, "--into", str(folder)]) == 2
    assert message in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


def test_every_installed_workflow_is_listed_shown_and_sound(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["workflow", "list"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert "bezwaar" in names
    for name in names:
        assert run(["workflow", "check", name]) == 0
        assert run(["workflow", "show", name]) == 0
