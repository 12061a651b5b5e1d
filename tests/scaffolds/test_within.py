"""A table input may be whether something was done within a term; what cannot be counted is a person's."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.clock import within
from scaffolds.engine import evaluate
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from scaffolds.term import TermError, TermEvent, compute
from scaffolds.workflow import Check, Use, Within, Workflow
from workflows.bezwaar import WORKFLOW

TABLE = WORKFLOW.tables["bezwaar/tijdigheid"]
USE = next(use for step in WORKFLOW.steps if isinstance(step, Check) for use in step.tables if use.table is TABLE)


def a_day(path: str, value: str) -> Fact:
    return Fact(path=path, state="stated", values=(value,))


@given(st.dates(date(2026, 1, 1), date(2028, 6, 1)), st.integers(0, 80))
def test_a_day_is_within_up_to_and_including_the_legal_end(start: date, later: int) -> None:
    last = compute("bezwaar_indienen", [TermEvent("published", start)]).legal_end
    day = start + timedelta(days=later)
    assert within("bezwaar_indienen", start=start, day=day) == ("binnen" if day <= last else "buiten")


def test_a_term_that_rolls_over_public_holidays_still_counts_as_within() -> None:
    # Ascension Day, a decree day and a weekend: the worked example of the fact sheet.
    assert within("bezwaar_indienen", start=date(2026, 4, 2), day=date(2026, 5, 18)) == "binnen"
    assert within("bezwaar_indienen", start=date(2026, 4, 2), day=date(2026, 5, 19)) == "buiten"


@pytest.mark.parametrize("start", [date(2025, 12, 31), date(2031, 3, 1)])
def test_what_the_rule_or_the_calendar_cannot_vouch_for_is_unknown(start: date) -> None:
    assert within("bezwaar_indienen", start=start, day=start + timedelta(days=3)) == "unknown"


def test_a_day_before_the_term_is_unknown_and_an_unknown_rule_is_refused() -> None:
    assert within("bezwaar_indienen", start=date(2026, 4, 2), day=date(2026, 4, 1)) == "unknown"
    with pytest.raises(TermError, match="bezwaar_indien"):
        within("bezwaar_indien", start=date(2026, 4, 2), day=date(2026, 4, 3))


def test_the_table_is_fed_by_the_day_of_receipt_and_by_the_date_of_the_letter() -> None:
    known = {f.path: f for f in (a_day("bekendmaking", "2026-04-02"), a_day("dagtekening", "2026-05-11"))}
    assert evaluate(USE, known, on=date(2026, 5, 18)).row_ids == ("tijdig",)
    known["indiening"] = a_day("indiening", "post")
    assert evaluate(USE, known, on=date(2026, 5, 20)).row_ids == ("post-op-tijd-gedateerd",)
    assert evaluate(USE, {}, on=date(2026, 5, 20)).row_ids == ("bekendmaking-onbekend",)


def test_a_workflow_that_counts_with_what_is_no_day_or_no_rule_is_refused() -> None:
    def with_source(source: Within) -> Workflow:
        use = Use(table=TABLE, inputs={**USE.inputs, "ontvangst": source})
        intake = WORKFLOW.by_id["intake"]
        assert isinstance(intake, Check)
        spoilt = replace(intake, tables=tuple(use if u is USE else u for u in intake.tables))
        return replace(WORKFLOW, steps=tuple(spoilt if step is intake else step for step in WORKFLOW.steps))

    with pytest.raises(CasewrightError, match="kenmerk, which is not a day"):
        with_source(Within(rule="bezwaar_indienen", path="kenmerk"))
    with pytest.raises(CasewrightError, match="no term rule 'bezwaar'"):
        with_source(Within(rule="bezwaar", path="bekendmaking"))
    with pytest.raises(CasewrightError, match="published is the day of kenmerk"):
        replace(WORKFLOW, starts={"published": "kenmerk"})
    with pytest.raises(CasewrightError, match="no output of its tables"):
        replace(WORKFLOW, variant="bezwaar/behandeling.geen")
    with pytest.raises(CasewrightError, match="never names a variant"):
        replace(WORKFLOW, variant="bezwaar/tijdigheid.uitkomst")
