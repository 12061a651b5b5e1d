"""Every figure equals that of an independent implementation on random tables, and what was published."""

import math
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import interval_distance
from sklearn.metrics import cohen_kappa_score, f1_score

from finetune.annotate import agreement
from finetune.annotate.agreement import Level, Span, Unit, measured, with_interval

annotators = ("a", "b", "c", "d")
tables = st.lists(st.dictionaries(st.sampled_from(annotators), st.integers(0, 4)), min_size=1, max_size=30)


def krippendorff_alpha(units: list[Any], *, level: Level = "nominal") -> float:
    return measured(agreement.krippendorff_alpha(units, level=level), len(units))


def cohen_kappa(pairs: list[tuple[Any, Any]]) -> float:
    return measured(agreement.cohen_kappa(pairs), len(pairs))


def raw_agreement(units: list[Unit]) -> float:
    return measured(agreement.raw_agreement(units), len(units))


def span_f1(pairs: list[tuple[list[Span], list[Span]]], *, overlap: bool) -> float:
    return measured(agreement.span_f1(pairs, overlap=overlap), len(pairs))


def by_definition(units: list[dict[str, int]], *, level: str) -> float:
    """Alpha as Krippendorff defines it: pair by pair, nothing counted together."""
    pairable = [list(unit.values()) for unit in units if len(unit) > 1]
    said = [value for unit in pairable for value in unit]
    number = {value: said.count(value) for value in set(said)}

    def distance(a: int, b: int) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return float((a - b) ** 2)
        low, high = min(a, b), max(a, b)
        between = sum(count for value, count in number.items() if low <= value <= high)
        return float((between - (number[a] + number[b]) / 2) ** 2) if a != b else 0.0

    observed = sum(
        distance(a, b) / (len(unit) - 1)
        for unit in pairable
        for i, a in enumerate(unit)
        for j, b in enumerate(unit)
        if i != j
    ) / len(said) if said else math.nan
    expected = (
        sum(distance(a, b) for i, a in enumerate(said) for j, b in enumerate(said) if i != j)
        / (len(said) * (len(said) - 1))
        if said
        else 0
    )
    return 1 - observed / expected if expected else math.nan


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@given(table=tables)
def test_alpha_is_its_definition_with_missing_answers(level: Any, table: list[dict[str, int]]) -> None:
    ours, theirs = krippendorff_alpha(table, level=level), by_definition(table, level=level)
    assert ours == pytest.approx(theirs, abs=1e-9, nan_ok=True)


@given(st.lists(st.tuples(*[st.integers(0, 3)] * 3), min_size=2, max_size=30))
def test_alpha_is_that_of_nltk(rows: list[tuple[int, ...]]) -> None:
    units = [dict(zip("abc", row, strict=True)) for row in rows]
    triples = [(who, i, value) for i, unit in enumerate(units) for who, value in unit.items()]
    if len({value for row in rows for value in row}) > 1:
        assert krippendorff_alpha(units) == pytest.approx(AnnotationTask(triples).alpha())
        theirs = AnnotationTask(triples, distance=interval_distance).alpha()
        assert krippendorff_alpha(units, level="interval") == pytest.approx(theirs)


def test_alpha_is_what_krippendorff_published() -> None:
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", part C: 4 observers, 12 units, missing data.
    observers = {
        "a": "1 2 3 3 2 1 4 1 2 . . .", "b": "1 2 3 3 2 2 4 1 2 5 . 3",
        "c": ". 3 3 3 2 3 4 2 2 5 1 .", "d": "1 2 3 3 2 4 4 1 2 5 1 .",
    }  # fmt: skip
    split = {who: row.split() for who, row in observers.items()}
    units = [{who: int(row[i]) for who, row in split.items() if row[i] != "."} for i in range(12)]
    assert krippendorff_alpha(units) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(units, level="ordinal") == pytest.approx(0.815, abs=5e-4)
    assert krippendorff_alpha(units, level="interval") == pytest.approx(0.849, abs=5e-4)


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("xyz")), min_size=1, max_size=40))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    firsts, seconds = zip(*pairs, strict=True)
    if len({*firsts, *seconds}) > 1:
        assert cohen_kappa(pairs) == pytest.approx(cohen_kappa_score(firsts, seconds), abs=1e-12, nan_ok=True)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_exact_span_f1_is_that_of_scikit_learn(marks: list[tuple[bool, bool]]) -> None:
    pairs = [([("d", 0, 1)] if a else [], [("d", 0, 1)] if b else []) for a, b in marks]
    ours = span_f1(pairs, overlap=False)
    if any(a or b for a, b in marks):
        firsts, seconds = zip(*marks, strict=True)
        assert ours == pytest.approx(f1_score(firsts, seconds, zero_division=0.0))
    else:
        assert math.isnan(ours)


def test_overlapping_spans_count_where_they_share_a_character_of_one_document() -> None:
    ours, theirs = [("d", 0, 5), ("d", 10, 15)], [("d", 4, 9), ("e", 10, 15)]
    assert span_f1([(ours, theirs)], overlap=False) == 0
    assert span_f1([(ours, theirs)], overlap=True) == 0.5
    assert span_f1([([("d", 0, 5)], [("d", 5, 9)])], overlap=True) == 0


def test_raw_agreement_stands_beside_an_alpha_that_prevalence_brings_down() -> None:
    units = [{"a": "ja", "b": "ja"}] * 48 + [{"a": "ja", "b": "nee"}, {"a": "nee", "b": "ja"}]
    assert raw_agreement(units) == 0.96
    assert krippendorff_alpha(units) == pytest.approx(-0.01, abs=0.005)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(60):
        rng = random.Random(seed)
        units = [{"a": "x", "b": "x" if rng.random() < 0.8 else "y"} for _ in range(60)]
        found = with_interval(agreement.raw_agreement(units), len(units), draws=100, seed=seed)
        held += found.low <= 0.8 <= found.high
    assert 50 <= held <= 60


def test_nothing_to_compare_is_no_figure() -> None:
    assert math.isnan(raw_agreement([{"a": 1}]))
    assert math.isnan(krippendorff_alpha([{"a": 1}]))
    assert math.isnan(cohen_kappa([]))
    assert math.isnan(cohen_kappa([("x", "x")]))
