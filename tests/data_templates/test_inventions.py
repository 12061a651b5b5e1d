"""Training meets names that no list holds, and never one of the evaluation half, which stays with its lists."""

from __future__ import annotations

import random
import re

import pytest

from data_templates import inventions, names
from scaffolds.facts import Huisnummer

MAKERS = ("person_name", "surname", "company", "street", "place")


@pytest.mark.parametrize("maker", [*MAKERS, "address"])
def test_evaluation_gets_what_its_own_lists_give(maker: str) -> None:
    ours, theirs = (
        [getattr(module, maker)(rng, "eval") for _ in range(200)]
        for module, rng in ((inventions, random.Random(5)), (names, random.Random(5)))
    )
    assert ours == theirs


@pytest.mark.parametrize("maker", ["street", "place"])
def test_no_evaluation_stem_and_no_real_region_occurs_in_what_is_invented(maker: str) -> None:
    rng = random.Random(6)
    text = "\n".join(getattr(inventions, maker)(rng, "train") for _ in range(4000)).lower()
    unseen = {word.lower() for (_, split), words in names.WORDS.items() if split == "eval" for word in words}
    assert [stem for stem in unseen | {"zaan", "wormer", "krommenie"} if stem in text] == []


def test_two_thousand_names_are_hardly_ever_the_same() -> None:
    rng = random.Random(7)
    for maker in ("person_name", "company", "street"):
        assert len({getattr(inventions, maker)(rng, "train") for _ in range(2000)}) > 1600, maker


def test_a_house_number_fits_its_kind() -> None:
    rng = random.Random(8)
    kind = Huisnummer(label="huisnummer")
    made = {inventions.house_number(rng, "train") for _ in range(3000)}
    assert all(re.fullmatch(kind.pattern() or "", number) and len(number) <= kind.quote_chars for number in made)
