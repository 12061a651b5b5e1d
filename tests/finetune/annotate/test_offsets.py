"""Python counts code points, JavaScript UTF-16 code units; every offset is the same place in both."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.annotate.offsets import from_utf16, to_utf16, utf16_length

HOSTILE = ("é", "e\u0301", "ĳ", "\r\n", "🌳", "👩\u200d🌾", "🇳🇱", "\ufeff", "a", " ", "\u00a0", "<b>", "&amp;", "𝄞")
texts = st.lists(st.sampled_from(HOSTILE)).map("".join)


def in_javascript(text: str) -> bytes:
    """The text as JavaScript holds it: two bytes per code unit."""
    return text.encode("utf-16-le")


@given(texts, st.data())
def test_an_offset_survives_the_way_there_and_back(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    assert from_utf16(text, to_utf16(text, offset)) == offset


@given(texts, st.data())
def test_a_span_is_the_same_text_on_both_sides(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    theirs = in_javascript(text)[2 * to_utf16(text, start) : 2 * to_utf16(text, end)]
    assert theirs.decode("utf-16-le") == text[start:end]


@given(texts)
def test_the_length_is_that_of_javascript_for_composed_and_decomposed_text(text: str) -> None:
    for form in ("NFC", "NFD"):
        normal = unicodedata.normalize(form, text)
        assert utf16_length(normal) == len(in_javascript(normal)) // 2


@pytest.mark.parametrize("offset", [1, 3, -1])
def test_the_middle_of_a_character_and_a_place_outside_the_text_are_refused(offset: int) -> None:
    with pytest.raises(ValueError, match=r"middle|outside"):
        from_utf16("🌳", offset)
