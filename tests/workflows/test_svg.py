"""Plots are well-formed, described, escaped, and the same for the same numbers."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.svg import bar_chart, histogram, line_chart

NS = "{http://www.w3.org/2000/svg}"
NUMBERS = st.lists(st.floats(-1e6, 1e6).map(lambda value: round(value, 3)), max_size=20)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=60)


def parsed(svg: str) -> ElementTree.Element:
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert root.find(f"{NS}title") is not None
    named = {found.get("id") for found in root}
    assert set((root.get("aria-labelledby") or "").split()) <= named
    return root


@given(NUMBERS, TEXT, TEXT)
def test_any_numbers_and_any_text_make_a_picture(numbers: list[float], title: str, desc: str) -> None:
    root = parsed(histogram(numbers, title=title, desc=desc))
    assert root.findtext(f"{NS}title") == title
    assert root.findtext(f"{NS}desc") == desc
    parsed(bar_chart([(title, abs(value)) for value in numbers], title=title, desc=desc))
    parsed(line_chart({title: list(enumerate(numbers))}, title=title, desc=desc, from_zero=False))


def test_bars_are_as_high_as_their_values() -> None:
    root = parsed(bar_chart([("a", 1), ("b", 3)], title="t", desc="d"))
    low, high = (float(rect.get("height") or 0) for rect in root.iter(f"{NS}rect"))
    assert high == pytest.approx(3 * low, rel=0.01)


def test_every_value_of_a_histogram_is_in_one_bar() -> None:
    root = parsed(histogram([1, 1, 2, 9], title="t", desc="d", bins=4))
    hints = [rect.findtext(f"{NS}title") or "" for rect in root.iter(f"{NS}rect")]
    assert sum(int(hint.rpartition(": ")[2]) for hint in hints) == 4


def test_points_that_are_no_numbers_are_left_out_and_several_lines_have_a_legend() -> None:
    svg = line_chart(
        {"loss": [(0, 1.0), (1, float("nan")), (2, 0.5)], "reward": [(0, 0.0)]}, title="t", desc="d"
    )
    root = parsed(svg)
    line = root.find(f"{NS}polyline")
    assert line is not None
    assert len((line.get("points") or "").split()) == 2
    assert {"loss", "reward"} <= {text.text for text in root.iter(f"{NS}text")}


def test_equal_numbers_give_equal_pictures() -> None:
    assert histogram([1, 2], title="t", desc="d") == histogram([2, 1], title="t", desc="d")
