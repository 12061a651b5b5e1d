"""`casewright log` from the shell: import, describe, export."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from finetune.commands.log import app
from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import case_xml, event_xml, log_xml


def test_a_log_goes_in_is_described_and_comes_out(tmp_path: Path) -> None:
    source, traces, page, back = (tmp_path / name for name in ("a.xes", "t.jsonl", "p.html", "b.xes"))
    source.write_text(log_xml(case_xml("1", event_xml("A"), event_xml("[red]B\x85"))))
    run = CliRunner().invoke
    assert (
        "1 cases, 2 events, ties by file"
        in run(
            app, ["import", str(source), "-o", str(traces), "--ties", "file"], catch_exceptions=False
        ).stdout
    )
    told = run(app, ["describe", str(traces), "-o", str(page)], catch_exceptions=False)
    assert "Activities" in told.stdout
    assert page.read_text().startswith("<!doctype html>")
    assert run(app, ["export", str(traces), "-o", str(back)], catch_exceptions=False).exit_code == 0
    assert back.read_text().count("<event>") == 2


def test_a_refused_log_is_told_by_name(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("x")
    with pytest.raises(CasewrightError, match=r"a\.txt: the name must end in"):
        CliRunner().invoke(app, ["import", str(source), "-o", str(tmp_path / "t")], catch_exceptions=False)


@pytest.mark.parametrize("command", ["import", "describe", "export"])
def test_every_command_shows_an_example(command: str) -> None:
    assert f"Example: casewright log {command}" in CliRunner().invoke(app, [command, "--help"]).stdout
