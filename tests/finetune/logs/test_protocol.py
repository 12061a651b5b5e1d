"""The protocol: strict in time, one closed list, one verdict for metric and reward."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.logs.metrics import ceiling, difference, score, summary
from finetune.logs.protocol import (
    END,
    GAPS,
    OTHER,
    Labels,
    by_day,
    check_causal,
    gap_bucket,
    is_right,
    opens_group,
    records_days,
    right_answers,
    temporal_split,
)
from finetune.logs.trace import Trace
from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import START, trace

FIVE = trace("1", ("A", 0), ("B", 1), ("C", 1), ("D", 1), ("E", 2))


class Says:
    """A model that gives one answer per step, with all certainty."""

    def __init__(self, *answers: str) -> None:
        self.answers = answers

    def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[np.ndarray]:
        for one in traces:
            table = np.zeros((len(one.events), len(labels)))
            for step in range(len(one.events)):
                table[step, labels.index(self.answers[step])] = 1
            yield table


def test_every_event_left_in_the_tied_group_is_right() -> None:
    wanted = [{"B", "C", "D"}, {"C", "D"}, {"D"}, {"E"}, {END}]
    assert [right_answers(FIVE, step) for step in range(1, 6)] == wanted
    assert [opens_group(FIVE, step) for step in range(1, 6)] == [True, False, False, True, False]


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.floats(0, 5)), min_size=1, max_size=8))
def test_a_trace_by_day_keeps_its_events_and_the_order_of_its_days(steps: list[tuple[str, float]]) -> None:
    whole = trace("1", *steps).ordered("activity")
    days = whole.by_day("activity")
    assert sorted(event.index for event in days.events) == sorted(event.index for event in whole.events)
    local = {event.index: event.local.date() for event in whole.events}
    assert [event.local.date() for event in days.events] == sorted(local.values())
    assert all(event.local.date() == local[event.index] for event in days.events)
    assert records_days([days])
    assert days.by_day("activity") == days


def test_only_training_cases_are_read_by_day() -> None:
    cases = [trace(str(n), ("B", 3 * n + 0.2), ("A", 3 * n + 0.3), ("C", 3 * n + 1.2)) for n in range(20)]
    split = temporal_split(cases, ties="activity")
    read = by_day(split)
    assert {one.activities for one in read.training} == {("A", "B", "C")}
    assert read.test == split.test
    assert [one.case for one in read.training] == [one.case for one in split.training]
    assert not records_days(split.training)


def test_ending_early_is_never_right() -> None:
    assert [is_right(END, FIVE, step) for step in range(1, 6)] == [False, False, False, False, True]


def test_the_tie_aware_metric_on_five_events() -> None:
    scored = score(Says("D", "D", "B", "E", END), [FIVE], labels=Labels.of([FIVE]), training=[])
    figures = summary(scored)
    assert list(scored.right) == [True, True, False, True, True]
    assert list(scored.exact) == [False, False, False, True, True]
    assert figures["headline"] == 1.0
    assert figures["tie_set"] == pytest.approx(4 / 5)
    assert figures["exact"] == pytest.approx(2 / 5)
    assert figures["exact_without_end"] == pytest.approx(1 / 4)


@given(st.lists(st.tuples(st.sampled_from("ABC"), st.integers(0, 4)), min_size=1, max_size=8), st.data())
def test_the_metric_says_what_the_reward_says(steps: list[tuple[str, int]], data: st.DataObject) -> None:
    one = trace("1", *sorted(steps, key=lambda step: step[1]))
    labels = Labels.of([one])
    answers = [data.draw(st.sampled_from(labels.names)) for _ in one.events]
    scored = score(Says(*answers), [one], labels=labels, training=[])
    assert list(scored.right) == [is_right(answer, one, step) for step, answer in enumerate(answers, start=1)]
    assert np.all(scored.right >= scored.exact)


cases = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=10, max_size=40)


@given(cases)
def test_training_ends_before_the_test_starts_and_no_case_is_in_two_parts(
    spans: list[tuple[int, int]],
) -> None:
    log = [trace(str(n), ("A", start), ("B", start + days)) for n, (start, days) in enumerate(spans)]
    try:
        split = temporal_split(log, ties="activity")
    except CasewrightError:
        return
    assert all(event.time < split.test_start for one in split.training for event in one.events)
    assert all(one.start >= split.test_start for one in split.test)
    ids = [one.case for one in split.training + split.test] + list(split.straddlers)
    assert sorted(ids) == sorted(one.case for one in log)
    assert max(one.start for one in split.fitting) <= min(one.start for one in split.validation)


def test_the_split_does_not_depend_on_the_order_of_the_file() -> None:
    log = [trace(str(n), ("A", n), ("B", n + 2)) for n in range(30)]
    one, other = temporal_split(log, ties="file"), temporal_split(log[::-1], ties="file")
    assert one == other


def test_a_late_test_case_is_one_that_the_end_of_the_log_may_cut_short() -> None:
    log = [trace(str(n), ("A", n), ("B", n + 3)) for n in range(30)]
    split = temporal_split(log, ties="activity")
    assert max(one.end for one in log) == START + timedelta(days=32)
    assert split.late == frozenset()
    split = temporal_split([*log, trace("last", ("A", 31))], ties="activity")
    assert split.late == {"last"}


def test_too_short_a_log_is_refused() -> None:
    with pytest.raises(CasewrightError, match="too few"):
        temporal_split([trace("1", ("A", 0))], ties="activity")


def test_the_closed_list_is_that_of_training_and_the_unknown_counts_as_error() -> None:
    labels = Labels.of([trace("1", ("B", 0), ("A", 1))])
    assert labels.names == ("A", "B", OTHER, END)
    scored = score(Says(OTHER, END), [trace("2", ("A", 0), ("Z", 1))], labels=labels, training=[])
    assert list(scored.right) == [False, True]
    assert summary(scored)["unknown_truths"] == 1
    with pytest.raises(CasewrightError, match="rename"):
        Labels.of([trace("1", (END, 0))])


def test_rows_that_are_no_distribution_are_refused() -> None:
    class Careless:
        def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[np.ndarray]:
            yield from (np.ones((len(one.events), len(labels))) for one in traces)

    with pytest.raises(CasewrightError, match="not probability distributions"):
        score(Careless(), [FIVE], labels=Labels.of([FIVE]), training=[])


def test_a_model_that_reads_ahead_is_found_out() -> None:
    class Clairvoyant:
        def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[np.ndarray]:
            for one in traces:
                following = [*(labels.index(name) for name in one.activities[1:]), labels.index(END)]
                yield np.eye(len(labels))[following]

    with pytest.raises(AssertionError, match="depend on what comes later"):
        check_causal(Clairvoyant(), FIVE, Labels.of([FIVE]))


def test_gaps_fall_in_their_buckets() -> None:
    one = trace("1", ("A", 0), ("B", 0), ("C", 0.5), ("D", 7.5), ("E", 30), ("F", 100), ("G", 300))
    assert [gap_bucket(one, step) for step in range(1, 7)] == list(range(len(GAPS)))


def test_seen_prefixes_are_those_of_training() -> None:
    labels = Labels.of([FIVE])
    scored = score(
        Says(*"BCDE", END), [FIVE], labels=labels, training=[trace("0", ("A", 0), ("B", 1), ("D", 2))]
    )
    assert list(scored.seen) == [True, True, False, False, False]


def test_a_sure_and_right_model_has_no_loss_and_no_calibration_error() -> None:
    figures = summary(score(Says(*"BCDE", END), [FIVE], labels=Labels.of([FIVE]), training=[]))
    assert (figures["nll"], figures["ece"], figures["macro_f1"], figures["top3"]) == (0.0, 0.0, 1.0, 1.0)


def test_macro_f1_by_hand() -> None:
    figures = summary(score(Says(*"BBDE", END), [FIVE], labels=Labels.of([FIVE]), training=[]))
    assert figures["macro_f1"] == pytest.approx((2 / 3 + 0 + 1 + 1 + 1) / 5)


def test_the_ceiling_is_the_best_single_answer_per_prefix() -> None:
    log = [trace("1", ("A", 0), ("B", 1)), trace("2", ("A", 0), ("B", 1)), trace("3", ("A", 0), ("C", 1))]
    best = ceiling(log)
    assert best["exact"] == pytest.approx((2 + 2 + 1) / 6)
    assert best["headline"] == pytest.approx(2 / 3)
    assert best["repeated"] == pytest.approx(5 / 6)


def test_a_difference_is_paired_by_case_and_needs_the_same_steps() -> None:
    log = [trace(str(n), ("A", 0), ("B", 1), ("C", 2)) for n in range(40)]
    labels = Labels.of(log)
    good = score(Says("B", "C", END), log, labels=labels, training=[])
    half = score(Says("B", "B", END), log, labels=labels, training=[])
    found = difference([good], [half], metric="headline", draws=200)
    assert (found.value, found.low, found.high, found.excludes_zero) == (0.5, 0.5, 0.5, True)
    assert not difference([good, half], [half, good], metric="headline", draws=200).excludes_zero
    with pytest.raises(CasewrightError, match="same steps"):
        difference([good], [score(Says("B", "C", END), log[1:], labels=labels, training=[])], metric="exact")
