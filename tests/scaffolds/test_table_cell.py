"""Cells and domains hold exactly the values that they say, and nothing that looks like code is a cell."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.table.cell import parse_cell, render_cell
from scaffolds.table.domain import UNKNOWN, Domain, grid, listed
from tests.scaffolds.tables import DOMAINS, accepted, written_cells

WIDTH = grid("int", 0, 20)
PRICE = grid("decimal", Decimal(0), Decimal(1), step=Decimal("0.01"))


@given(st.sampled_from(DOMAINS).flatmap(lambda d: st.tuples(st.just(d), written_cells(d))))
def test_a_cell_holds_what_its_text_says_and_an_empty_one_is_refused(case):
    domain, written = case
    expected = {n for n, value in enumerate(domain.values()) if written.holds(value)}
    if not accepted(written.text, domain):
        assert not expected or any(sign in written.text for sign in "<>(][")  # a part of it holds for nothing
        return
    cell = parse_cell(written.text, domain)
    assert {n for n in range(domain.size + domain.unknown) if cell.holds(n, domain.size)} == expected


@given(st.sampled_from(DOMAINS).flatmap(lambda d: st.tuples(st.just(d), written_cells(d))))
def test_the_one_spelling_of_a_cell_means_the_same(case):
    domain, written = case
    if not accepted(written.text, domain):
        return
    cell = parse_cell(written.text, domain)
    assert parse_cell(render_cell(cell, domain), domain) == cell


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("(1..3)", [2]),
        ("]1..3[", [2]),
        ("[1..3)", [1, 2]),
        ("(1..3]", [2, 3]),
        ("< 2", [0, 1]),
        (">= 19", [19, 20]),
        ("1, 3", [1, 3]),
        ("not([1..20])", [0]),
        ("not(< 19, 20)", [19]),
    ],
)
def test_interval_ends_are_open_or_closed_as_written(text, held):
    cell = parse_cell(text, WIDTH)
    assert [n for n in range(21) if cell.holds(n, 21)] == held


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('__import__("os").getcwd()', "not a literal"),
        ("Age + 1", "not an int"),
        ("[9..3]", "wrong way round"),
        ("(3..4)", "no value"),
        ("> 20", "no value"),
        ("1,,2", "empty place"),
        ("21", "outside"),
        ("< 100", "outside"),
        ("1.5", "not an int"),
        ("unknown", "no member `unknown`"),
        ('"3', "unclosed"),
        ("not(not(3))", "not a literal"),
        ("[1..2", "not a literal"),
        ("not()", "empty place"),
    ],
)
def test_what_is_not_a_unary_test_of_the_domain_is_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        parse_cell(text, WIDTH)


def test_unknown_is_held_only_by_the_dash_and_by_its_name():
    domain = listed("bool", unknown=True)
    held = {text: parse_cell(text, domain).unknown for text in ("-", "unknown", "not(true)", "true, false")}
    assert held == {"-": True, "unknown": True, "not(true)": False, "true, false": False}


def test_commas_and_brackets_in_a_member_need_quotes():
    domain = listed("enum", ("tekst, met [haken]", "kort"))
    assert parse_cell('"tekst, met [haken]", kort', domain) == parse_cell("-", domain)


@pytest.mark.parametrize(
    "value", [1.0, True, Decimal("0.005"), Decimal("NaN"), Decimal("sNaN"), Decimal("1.01"), -1, "0.5", None]
)
def test_a_decimal_domain_takes_only_its_own_grid(value):
    with pytest.raises(ValueError):  # noqa: PT011
        PRICE.ordinal(value)


def test_a_moment_is_not_a_day():
    with pytest.raises(ValueError, match="not of type date"):
        grid("date", date(2026, 1, 1), date(2026, 12, 31)).ordinal(datetime(2026, 5, 1))


@pytest.mark.parametrize(
    "make",
    [
        lambda: listed("enum"),
        lambda: listed("enum", ("a", "a")),
        lambda: grid("int", 3, 1),
        lambda: grid("decimal", Decimal(0), Decimal(1)),
        lambda: grid("decimal", Decimal(0), Decimal("0.15"), step=Decimal("0.1")),
        lambda: grid("enum", "a", "b"),
        lambda: grid("int", 0, 5, step=Decimal(1)),
    ],
)
def test_an_open_or_broken_domain_is_refused(make):
    with pytest.raises(ValueError):  # noqa: PT011
        make()


@given(st.sampled_from(DOMAINS))
def test_ordinals_and_values_are_each_others_inverse(domain: Domain):
    for value in domain.values():
        if value != UNKNOWN:
            assert domain.value(domain.ordinal(value)) == value
            assert domain.parse(str(value).lower() if isinstance(value, bool) else str(value)) == value
