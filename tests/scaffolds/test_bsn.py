"""A BSN is known by its eleven test however its digits are grouped; masking hides it and moves nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.bsn import mask, numbers, passes


@pytest.mark.parametrize("written", ["111222333", "111 222 333", "111.222.333", "1112.22.333", "111\xa0222\xa0333"])
def test_a_bsn_is_hidden_however_it_is_written(written: str) -> None:
    text = f"BSN {written}, en postcode 1501 KL."
    assert list(numbers(text)) == [("111222333", 4)]
    assert mask(text) == f"BSN {''.join('•' if sign.isdigit() else sign for sign in written)}, en postcode 1501 KL."


@pytest.mark.parametrize(
    "text", ["123456789", "1112223330", "0111222333", "000000000", "3f111222333a9", "€ 111.222.333.44", "111 222-333"]
)
def test_other_numbers_and_hashes_stay(text: str) -> None:
    assert mask(text) == text


@given(st.text(alphabet="0123456789 .abBSN\n\xa0•", max_size=60))
def test_masking_keeps_the_length_and_every_sign_but_digits_and_leaves_no_bsn(text: str) -> None:
    hidden = mask(text)
    assert len(hidden) == len(text)
    assert all(new == old or (new == "•" and old.isdigit()) for new, old in zip(hidden, text, strict=True))
    assert list(numbers(hidden)) == []
    assert mask(hidden) == hidden


def closed(first: int) -> str:
    """Eight digits and the ninth that makes them pass; "10" where there is none."""
    digits = f"{first:08}"
    return digits + str(sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11)


BSNS = st.integers(1, 99_999_999).map(closed).filter(lambda digits: len(digits) == 9)


@given(BSNS)
def test_the_ninth_digit_follows_from_the_others(digits: str) -> None:
    assert passes(digits)


@given(BSNS, st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int, more: int) -> None:
    other = str((int(digits[place]) + more) % 10)
    assert not passes(digits[:place] + other + digits[place + 1 :])
