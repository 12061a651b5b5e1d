"""`casewright annotate` plans without a server, and says in one message what it lacks."""

from pathlib import Path

import pytest

from finetune.annotate.ledger import Ledger
from finetune.cli import run


@pytest.fixture
def instruction(tmp_path: Path) -> Path:
    path = tmp_path / "instructie-2.md"
    path.write_text("Markeer elk gegeven.", encoding="utf-8")
    return path


def failed(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    assert run(["annotate", *map(str, arguments)]) == 2
    return capsys.readouterr().err


def plan(out: Path, instruction: Path, *more: str) -> list[str]:
    given = ["annotate", "plan", "omgevingsvergunning", "--out", str(out), "--instruction", str(instruction)]
    return [*given, "--terms", "in dienst", *more]


def test_a_plan_keeps_its_seed_its_shares_its_instruction_and_its_terms(
    tmp_path: Path, instruction: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = plan(tmp_path / "ronde", instruction, "--dossiers", "10", "--count", "12", "--gold", "0.25")
    assert run(arguments) == 0
    assert "12 tasks" in capsys.readouterr().out
    with Ledger(tmp_path / "ronde") as ledger:
        assert ledger.get("instruction")["version"] == "instructie-2"
        assert ledger.get("terms") == "in dienst"
        assert sum(task.why == "gold" for task in ledger.tasks()) == 3
        planned = [task.key for task in ledger.tasks()]
    assert "plan into another folder" in failed(capsys, *arguments[1:])
    assert run(plan(tmp_path / "weer", instruction, "--dossiers", "10", "--count", "12", "--gold", "0.25")) == 0
    with Ledger(tmp_path / "weer") as ledger:
        assert [task.key for task in ledger.tasks()] == planned


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ([], "Give one source"),
        (["--dossiers", "2", "--store", "x.db"], "Give one source"),
        (["--dossiers", "2", "--kind", "dingen"], "known are facts, decision, drafts, override, trace"),
        (["--dossiers", "2", "--kind", "trace"], "dossiers give facts only"),
        (["--dossiers", "2", "--gold", "0.7", "--random", "0.7"], "at most 1"),
        (["--store", "weg.db"], "no such file"),
    ],
)
def test_a_plan_that_cannot_be_made_is_told_and_leaves_nothing(
    tmp_path: Path, instruction: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    assert told in failed(capsys, *plan(tmp_path / "ronde", instruction, *more)[1:])
    assert not (tmp_path / "ronde").exists()


def test_what_is_not_there_is_named(tmp_path: Path, instruction: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "`casewright annotate plan` makes one" in failed(capsys, "push", tmp_path / "weg")
    assert run(plan(tmp_path / "ronde", instruction, "--dossiers", "2")) == 0
    told = failed(capsys, "push", tmp_path / "ronde", "--server", tmp_path / "geen")
    assert "`casewright annotate serve` starts one" in told
    assert "belong together" in failed(capsys, "push", tmp_path / "ronde", "--url", "http://127.0.0.1:9")
    token = tmp_path / "token"
    token.write_text("geen.echt.token")
    told = failed(capsys, "push", tmp_path / "ronde", "--url", "http://127.0.0.1:9", "--token", token)
    assert "cannot be reached" in told
    assert "Nothing is settled yet" in failed(capsys, "export", tmp_path / "ronde", "--to", "trl")
    assert "known is trl" in failed(capsys, "export", tmp_path / "ronde", "--to", "csv")
