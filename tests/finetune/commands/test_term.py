"""`casewright term` from the shell: a receipt per term, and the rules."""

import json

import pytest
from typer.testing import CliRunner

from finetune.commands.term import app
from scaffolds.errors import CasewrightError
from scaffolds.term import RULES, SWITCHES

SUSPENDED = ("received=2026-06-01", "invited=2026-06-15..2026-07-01", "completed=2026-06-29")


def run(*arguments: str) -> str:
    result = CliRunner(env={"COLUMNS": "300"}).invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_compute_prints_the_ends_and_each_step_with_its_article() -> None:
    told = run("compute", "omgevingsvergunning_regulier", *SUSPENDED)
    assert "raw end    2026-08-09" in told
    assert "legal end  2026-08-10" in told
    assert "(2026-06-15..2026-06-29)  [Awb 4:15(1)(a)" in told


def test_a_notice_of_default_adds_the_penalty() -> None:
    events = ("received=2026-03-02", "default_notice=2026-05-01", "decided=2026-05-30")
    receipt = json.loads(run("compute", "omgevingsvergunning_regulier", *events, "--json"))
    assert (receipt["penalty"]["days"], receipt["penalty"]["euros"]) == (14, 322)
    events = ("received=2026-03-02", "default_notice=2026-05-01")
    with pytest.raises(CasewrightError, match="--until"):
        run("compute", "omgevingsvergunning_regulier", *events)
    switch = ("--switch", "penalty_first_day=day_14", "--until", "2026-05-15")
    assert "EUR 23 for 1 days" in run("compute", "omgevingsvergunning_regulier", *events, *switch)


def test_table_prints_every_rule_and_every_switch() -> None:
    told = run("table")
    assert all(rule.id in told for rule in RULES)
    assert all(name in told for name in SWITCHES)


@pytest.mark.parametrize("wrong", ["received", "received=morgen", "sneezed=2026-01-01", "received=2026-02-30"])
def test_an_event_that_is_not_one_is_refused(wrong: str) -> None:
    with pytest.raises(CasewrightError, match=r"KIND=DATE|not in the calendar"):
        run("compute", "bijstand", wrong)


def test_a_switch_that_is_not_one_is_refused() -> None:
    with pytest.raises(CasewrightError, match="no switch"):
        run("compute", "bijstand", "received=2026-03-02", "--switch", "koffie=ja")
