"""Every way of writing a value in training is read back as that value, and there are many ways."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data_templates import spellings, surfaces
from scaffolds.facts import read

seeds = st.integers(0, 10**6)


@given(cents=st.integers(1, 90_000).map(lambda steps: steps * 50), seed=seeds)
def test_money_is_read_back(cents: int, seed: int) -> None:
    assert cents in read.euro_cents(spellings.euros(cents, random.Random(seed)))


@given(cm=st.integers(10, 900), seed=seeds)
def test_lengths_are_read_back(cm: int, seed: int) -> None:
    assert cm in read.quantities(spellings.length(cm, random.Random(seed)), unit="cm")


@given(dm2=st.integers(5, 300).map(lambda half: half * 2), seed=seeds)
def test_areas_are_read_back(dm2: int, seed: int) -> None:
    assert dm2 in read.quantities(spellings.area(dm2, random.Random(seed)), unit="dm2")


@given(count=st.integers(1, 40), seed=seeds)
def test_counts_are_read_back(count: int, seed: int) -> None:
    assert count in read.quantities(spellings.numeral(count, random.Random(seed)), unit="stuks")


@given(received=st.dates(date(2025, 1, 1), date(2027, 1, 1)), ahead=st.integers(1, 400), seed=seeds)
def test_days_are_read_back(received: date, ahead: int, seed: int) -> None:
    when, rng = received + timedelta(days=ahead), random.Random(seed)
    assert when in read.days(spellings.coming_day(when, rng, received=received), received=received)
    assert when in read.days(spellings.day(when, rng), received=received)
    assert received in read.days(spellings.past_day(received, rng, received=when), received=when)


def test_there_are_many_more_ways_than_evaluation_has() -> None:
    rng = random.Random(4)
    ours, theirs = ({module.euros(1_250_000, rng) for _ in range(2000)} for module in (spellings, surfaces))
    assert len(ours) > 1.8 * len(theirs)
    assert spellings.of("eval") is surfaces
