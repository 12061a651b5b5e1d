"""Terms end where the law says, each step with its article; a history that cannot be is refused."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffolds.calendar import CalendarError, dutch_calendar
from scaffolds.term import (
    RULES,
    SWITCHES,
    Law,
    Length,
    TermError,
    TermEvent,
    compute,
    find_rule,
    local_rule,
    penalty,
    penalty_total,
)

REGULAR = "omgevingsvergunning_regulier"


def day(text: str) -> date:
    return date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


def event(kind: str, on: str, until: str = "", weeks: int | None = None) -> TermEvent:
    return TermEvent(kind, day(on), day(until) if until else None, weeks)


EXAMPLES = {
    "ow-regulier-koningsdag": (REGULAR, "", [event("received", "03-02")], "04-27", "04-28"),
    "ow-regulier-kb-dag": (REGULAR, "", [event("received", "03-20")], "05-15", "05-18"),
    "ow-instemming": (REGULAR, "instemming", [event("received", "03-02")], "05-25", "05-26"),
    "awb-4:15-aangevuld": (
        REGULAR,
        "",
        [event("received", "06-01"), event("invited", "06-15", "07-13"), event("completed", "06-29")],
        "08-09",
        "08-10",
    ),
    "awb-6:7-bezwaar": ("bezwaar_indienen", "", [event("published", "04-02")], "05-14", "05-18"),
    "woo-4.4(1)": ("woo_verzoek", "", [event("received", "04-08")], "05-06", "05-06"),
    "woo-4.4(3)": (
        "woo_verzoek",
        "",
        [event("received", "04-08"), event("views_asked", "04-15", "04-29"), event("views_given", "04-27")],
        "05-18",
        "05-18",
    ),
    "awb-3:16-zienswijze": ("zienswijzen", "", [event("laid_open", "10-01")], "11-11", "11-11"),
    "awb-3:18-zes-maanden": (
        "omgevingsvergunning_uitgebreid",
        "",
        [event("received", "06-27")],
        "12-27",
        "12-27",
    ),
    "wmo-onderzoek": ("wmo_onderzoek", "", [event("reported", "09-01")], "10-13", "10-13"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_worked_examples(name):
    rule, variant, events, raw, legal = EXAMPLES[name]
    result = compute(rule, events, variant=variant)
    assert (result.raw_end, result.legal_end) == (day(raw), day(legal))
    assert result.overdue_from == day(legal) + timedelta(days=1)


def test_a_suspension_names_its_open_and_closed_ends():
    missing = compute(REGULAR, EXAMPLES["awb-4:15-aangevuld"][2])
    views = compute("woo_verzoek", EXAMPLES["woo-4.4(3)"][2])
    (halfopen,) = [step for step in missing.steps if "opschorting" in step.what]
    (closed,) = [step for step in views.steps if "opschorting" in step.what]
    assert (str(halfopen.interval), len(halfopen.interval.days())) == ("(2026-06-15..2026-06-29)", 13)
    assert (str(closed.interval), len(closed.interval.days())) == ("(2026-04-15..2026-04-27]", 12)
    assert halfopen.article == "Awb 4:15(1)(a) (BWBR0005537, 2026-07-01)"


def test_every_step_has_an_article_and_the_last_is_the_legal_end():
    for rule, variant, events, _, legal in EXAMPLES.values():
        steps = compute(rule, events, variant=variant).steps
        assert all("BWBR" in step.article for step in steps)
        assert steps[-1].end == day(legal)


@pytest.mark.parametrize(
    ("rule", "variant", "events", "raw", "legal"),
    [
        (REGULAR, "", [event("received", "03-02"), event("extended", "04-20", weeks=6)], "06-08", "06-08"),
        (REGULAR, "", [event("received", "03-02"), event("extended", "04-20", weeks=2)], "05-11", "05-11"),
        ("boom_kappen", "", [event("received", "03-02")], "04-27", "04-28"),
        ("bezwaar_beslissen", "", [event("published", "04-02")], "06-29", "06-29"),
        ("bezwaar_beslissen", "commissie", [event("published", "04-02")], "08-10", "08-10"),
        ("bezwaar_indienen", "", [event("laid_open", "04-02")], "05-14", "05-18"),
        ("woo_verzoek", "", [event("received", "04-08"), event("extended", "05-01")], "05-20", "05-20"),
        ("woo_misbruik", "", [event("received", "04-13")], "04-27", "04-28"),
        ("wmo_beslissing", "", [event("reported", "03-02"), event("received", "04-13")], "04-27", "04-28"),
        ("wmo_persoonlijk_plan", "", [event("reported", "04-20")], "04-27", "04-28"),
        ("bijstand", "", [event("reported", "02-10"), event("received", "03-02")], "04-27", "04-28"),
        ("bijstand_zoektermijn", "", [event("reported", "03-28")], "04-25", "04-25"),
        ("redelijke_termijn", "", [event("received", "03-02")], "04-27", "04-28"),
        ("parkeervergunning", "", [event("received", "03-02")], "04-27", "04-28"),
        ("intrekking_of_wijziging", "", [event("laid_open", "03-02")], "05-25", "05-26"),
        ("uitgebreid_zonder_zienswijzen", "", [event("views_closed", "03-30")], "04-27", "04-28"),
        (
            "omgevingsvergunning_uitgebreid",
            "",
            [event("received", "06-27"), event("extended", "08-22")],
            "2027-02-07",
            "2027-02-07",
        ),
        ("omgevingsvergunning_uitgebreid", "", [event("received", "08-31")], "2027-02-28", "2027-02-28"),
        (
            "buiten_behandeling",
            "",
            [event("received", "03-02"), event("invited", "03-09", "03-30"), event("repair_lapsed", "03-30")],
            "04-27",
            "04-28",
        ),
        ("omgevingsvergunning_werking", "", [event("published", "04-24")], "04-24", "04-24"),
        ("omgevingsvergunning_werking", "uitgesteld", [event("published", "04-24")], "05-22", "05-22"),
        ("woo_openbaarmaking", "", [event("decided", "04-13")], "04-27", "04-27"),
        (
            REGULAR,
            "",
            [event("received", "03-02"), event("held", "03-10"), event("held_ended", "06-01")],
            "07-27",
            "07-27",
        ),
    ],
)
def test_every_row_of_the_term_table(rule, variant, events, raw, legal):
    result = compute(rule, events, variant=variant)
    assert (result.raw_end, result.legal_end) == (day(raw), day(legal))


def test_a_short_term_holds_at_least_two_ordinary_days():
    """Atw 2: the three days from 24 December 2026 are two holidays and a Sunday, so two more are added."""
    rule = replace(find_rule("wmo_persoonlijk_plan"), length=Length(3, "days"))
    result = compute(rule, [event("reported", "12-24")])
    assert (result.raw_end, result.legal_end) == (day("12-27"), day("12-29"))


def test_the_repair_term_that_lapses_unused_suspends_to_its_last_day():
    events = [event("received", "06-01"), event("invited", "06-15", "06-29")]
    assert compute(REGULAR, events).raw_end == day("07-27") + timedelta(days=14)
    assert compute(REGULAR, events, switches={"lapse_day": "last_day"}).raw_end == day("07-27") + timedelta(days=13)
    late = compute(REGULAR, [*events, event("completed", "07-10")])
    assert late.raw_end == day("07-27") + timedelta(days=14)


def test_an_invitation_without_a_repair_term_does_not_suspend_but_warns():
    events = [event("received", "06-01"), event("invited", "06-15"), event("completed", "06-29")]
    result = compute(REGULAR, events)
    assert result.raw_end == day("07-27")
    assert any("herstelterm" in warning for warning in result.warnings)
    settled = compute(REGULAR, events, switches={"suspension_without_repair_term": "until_completed"})
    assert settled.raw_end == day("08-09")


def test_an_extension_after_the_term_has_no_effect_and_says_so():
    result = compute(REGULAR, [event("received", "03-02"), event("extended", "04-29")])
    assert result.raw_end == day("04-27")
    assert "no effect" in result.warnings[0]


def test_a_suspension_that_a_person_must_judge_is_left_out_of_the_safe_end():
    events = [
        event("received", "06-01"),
        event("applicant_delay", "06-10"),
        event("applicant_delay_ended", "06-20"),
    ]
    result = compute(REGULAR, events)
    assert (result.raw_end, result.safe_end) == (day("08-05"), day("07-27"))
    assert any("person to judge" in question for question in result.open_questions)


def test_a_suspension_without_an_end_leaves_the_term_open():
    result = compute(REGULAR, [event("received", "06-01"), event("treaty_started", "06-10")])
    assert result.suspended
    assert any("no end yet" in question for question in result.open_questions)


def test_a_consented_delay_counts_to_and_including_the_agreed_day():
    result = compute(REGULAR, [event("received", "06-01"), event("delay_agreed", "06-10", "06-20")])
    assert result.raw_end == day("07-27") + timedelta(days=10)


def test_a_switch_that_is_not_settled_is_an_open_question_and_one_that_is_settled_is_not():
    events = [event("received", "03-02"), event("extended", "04-20")]
    open_result = compute(REGULAR, events)
    settled = compute(REGULAR, events, switches={"extended_roll": "roll", "extension_from": "legal_end"})
    assert sum("must settle" in question for question in open_result.open_questions) == 2
    assert not any("must settle" in question for question in settled.open_questions)
    assert settled.raw_end == day("06-09")


@pytest.mark.parametrize(
    ("events", "named"),
    [
        ([event("received", "03-02"), event("completed", "03-03"), event("invited", "03-05", "03-20")],
         ["completed on 2026-03-03", "invited on 2026-03-05"]),
        ([event("received", "03-02"), event("decided", "03-09"), event("decided", "03-10")],
         ["decided on 2026-03-10", "decided on 2026-03-09"]),
        ([event("received", "03-02"), event("received", "03-04")],
         ["received on 2026-03-04", "received on 2026-03-02"]),
        ([event("received", "03-02"), event("decided", "03-04"), event("extended", "03-05")],
         ["extended on 2026-03-05", "decided on 2026-03-04"]),
        ([event("invited", "03-01", "03-20"), event("received", "03-02")],
         ["invited on 2026-03-01", "received on 2026-03-02"]),
        ([event("received", "03-02"), event("invited", "03-05", "03-20"), event("invited", "03-06", "03-20")],
         ["invited on 2026-03-06", "invited on 2026-03-05"]),
        ([event("received", "03-02"), event("extended", "03-05"), event("extended", "03-06")],
         ["extended on 2026-03-06", "extended on 2026-03-05"]),
        ([event("received", "03-02"), event("withdrawn", "03-05"), event("decided", "03-06")],
         ["decided on 2026-03-06", "withdrawn on 2026-03-05"]),
    ],
)  # fmt: skip
def test_a_history_that_cannot_be_is_refused_with_the_two_events_named(events, named):
    with pytest.raises(TermError) as caught:
        compute(REGULAR, events)
    assert all(name in str(caught.value) for name in named)


@pytest.mark.parametrize(
    ("rule", "events", "arguments", "reason"),
    [
        ("koffie", [event("received", "03-02")], {}, "no term rule 'koffie'"),
        (REGULAR, [event("published", "03-02")], {}, "has not started"),
        (REGULAR, [event("received", "03-02")], {"variant": "snel"}, "no variant"),
        (REGULAR, [event("received", "03-02")], {"version": "2020-01-01"}, "no version 2020-01-01"),
        (REGULAR, [event("received", "03-02")], {"switches": {"month_end": "last_day"}}, "no switch"),
        (REGULAR, [event("received", "2025-12-31")], {}, "in force from 2026-01-01"),
        (REGULAR, [event("received", "03-02"), event("extended", "04-01", weeks=7)], {}, "allows 1 to 6"),
        (REGULAR, [event("received", "03-02"), event("sneezed", "04-01")], {}, "unknown event"),
        (REGULAR, [event("received", "03-02"), event("invited", "04-01", "03-20")], {}, "before it began"),
    ],
)
def test_what_is_unknown_is_refused_with_a_reason(rule, events, arguments, reason):
    with pytest.raises(TermError, match=reason):
        compute(rule, events, **arguments)


def test_a_year_the_calendar_does_not_know_is_refused():
    with pytest.raises(CalendarError, match="2029"):
        compute(REGULAR, [event("received", "2028-12-01")])


def test_a_running_term_keeps_the_version_it_began_with():
    old = find_rule(REGULAR)
    law = replace(old.article.law, version=date(2027, 1, 1))
    new = replace(old, article=law("16.64"), length=Length(10, "weeks"), in_force_from=date(2027, 1, 1))
    both = (*RULES, new)
    assert find_rule(REGULAR, rules=both).length == Length(10, "weeks")
    assert find_rule(REGULAR, version=old.version, rules=both) == old


def test_a_bylaw_term_is_configuration_and_rolls_only_where_the_bylaw_says_so():
    rule = local_rule(
        "exploitatievergunning",
        title_nl="Beslissen op een aanvraag exploitatievergunning",
        article=Law("APV Voorbeeld", "CVDR000001", date(2025, 1, 1))("2:28"),
        weeks=8,
        extension_weeks=8,
        in_force_from=date(2025, 1, 1),
    )
    events = [event("received", "03-02")]
    assert compute(rule, events).legal_end == day("04-27")
    assert compute(rule, events, switches={"bylaw_roll": "yes"}).legal_end == day("04-28")
    assert compute(rule, [*events, event("extended", "04-01")]).raw_end == day("06-22")


def test_the_rules_are_data_that_hold_together():
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert set(rule.switches) <= set(SWITCHES)
        longest = max([rule.length, *rule.variants.values()], key=lambda length: length.number)
        assert rule.roll != "atw" or (longest.unit != "months" and longest.number <= 12)
        assert not rule.after or find_rule(rule.after, version=rule.version)


@pytest.mark.parametrize(("days", "euros"), [(0, 0), (1, 23), (14, 322), (15, 357), (28, 812), (42, 1442), (99, 1442)])
def test_the_penalty_of_awb_4_17(days, euros):
    assert penalty_total(days) == euros


def test_the_penalty_starts_two_weeks_after_the_notice():
    term = compute(REGULAR, [event("received", "03-02")])
    due = penalty(term, day("05-01"), until=day("05-30"))
    assert (due.first, due.last, due.days, due.euros) == (day("05-16"), day("06-26"), 14, 322)
    earlier = penalty(term, day("05-01"), until=day("05-30"), switches={"penalty_first_day": "day_14"})
    assert (earlier.first, earlier.days) == (day("05-15"), 15)
    assert penalty(term, day("05-01"), until=day("05-15")).euros == 0
    assert penalty(term, day("05-01"), until=day("12-31")).euros == 1442
    assert str(penalty(term, day("05-01"), until=day("05-30"), applicants=3).share) == "107.33"


@pytest.mark.parametrize(
    ("notice", "until", "reason"), [("04-28", "06-01", "premature"), ("05-10", "05-01", "came in later")]
)
def test_a_penalty_that_cannot_be_is_refused(notice, until, reason):
    with pytest.raises(TermError, match=reason):
        penalty(compute(REGULAR, [event("received", "03-02")]), day(notice), until=day(until))


def test_the_woo_knows_no_penalty():
    with pytest.raises(TermError, match="no penalty"):
        penalty(compute("woo_verzoek", [event("received", "04-08")]), day("06-01"), until=day("07-01"))


STARTS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
WITH_START = [(rule, variant) for rule in RULES for variant in ("", *rule.variants)]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(WITH_START), STARTS)
def test_no_term_ends_on_a_day_that_is_none_and_never_before_its_raw_end(choice, start):
    rule, variant = choice
    kind = rule.starts[0] if not rule.after else find_rule(rule.after).starts[0]
    events = [TermEvent(kind, start)]
    if kind == "completed":
        events.insert(0, TermEvent("invited", start - timedelta(days=1), start))
    result = compute(rule, events, variant=variant)
    assert result.raw_end <= result.legal_end
    assert result.safe_end <= result.legal_end
    if rule.holder == "citizen":
        assert result.safe_end == result.legal_end
    if rule.roll == "atw":
        assert dutch_calendar().closed(result.legal_end) is None
        assert result.legal_end - result.raw_end <= timedelta(days=6)
    assert compute(rule, events, variant=variant) == result


@st.composite
def suspended(draw: st.DrawFn) -> list[TermEvent]:
    """An application with up to three suspensions of different kinds, which may overlap."""
    start = draw(STARTS)
    events = [TermEvent("received", start)]
    for opens, closes in (("invited", "completed"), ("treaty_started", "treaty_ended"), ("delay_agreed", "")):
        if draw(st.booleans()):
            on = start + timedelta(days=draw(st.integers(0, 70)))
            until = on + timedelta(days=draw(st.integers(0, 30)))
            events.append(TermEvent(opens, on, until if opens != "treaty_started" else None))
            if closes:
                events.append(TermEvent(closes, on + timedelta(days=draw(st.integers(0, 40)))))
    return events


@settings(max_examples=300, deadline=None)
@given(suspended())
def test_suspension_never_shortens_and_counts_each_day_once(events):
    plain = compute(REGULAR, events[:1])
    result = compute(REGULAR, events)
    assert result.raw_end >= plain.raw_end
    assert result.legal_end >= plain.legal_end
    assert plain.safe_end <= result.safe_end <= result.legal_end
    days = {d for step in result.steps if "opschorting" in step.what for d in step.interval.days()}
    assert result.raw_end - plain.raw_end <= timedelta(days=len(days))


@settings(max_examples=200, deadline=None)
@given(suspended(), st.integers(1, 6), st.integers(0, 56))
def test_an_extension_within_the_term_adds_exactly_its_weeks(events, weeks, after):
    told = TermEvent("extended", events[0].on + timedelta(days=after), weeks=weeks)
    plain, extended = compute(REGULAR, events), compute(REGULAR, [*events, told])
    assert extended.raw_end - plain.raw_end >= timedelta(weeks=weeks)
    if len(events) == 1:
        assert extended.raw_end - plain.raw_end == timedelta(weeks=weeks)
    assert extended.safe_end <= extended.legal_end


@settings(max_examples=200, deadline=None)
@given(STARTS, st.integers(1, 30), st.integers(0, 60))
def test_the_penalty_never_falls_with_time_and_never_passes_its_maximum(start, late, days):
    term = compute(REGULAR, [TermEvent("received", start)])
    notice = term.legal_end + timedelta(days=late)
    one = penalty(term, notice, until=notice + timedelta(days=days))
    more = penalty(term, notice, until=notice + timedelta(days=days + 1))
    assert 0 <= one.euros <= more.euros <= 1442
    assert more.euros - one.euros in (0, 23, 35, 45)
