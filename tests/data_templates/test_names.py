"""Names, streets and places of the evaluation half never reach the training half."""

from __future__ import annotations

import json
import random

import pytest

from data_templates import names
from tests.shared import shared_file

ZAAN = ("zaan", "wormer", "krommenie", "assendelft", "jisp", "koog", "knollendam", "markenbinnen")
MAKERS = (names.person_name, names.street, names.place, names.company, names.email, names.surname)


def produced(split: names.Split, count: int = 4000) -> str:
    rng = random.Random(7)
    return "\n".join(make(rng, split) for _ in range(count) for make in MAKERS).lower()


def stems(split: names.Split) -> set[str]:
    return {word.lower() for (_, half), words in names.WORDS.items() if half == split for word in words}


def test_no_evaluation_stem_occurs_in_training_output() -> None:
    text = produced("train")
    assert [stem for stem in stems("eval") if stem in text] == []


def test_no_training_stem_is_also_an_evaluation_stem() -> None:
    assert stems("train") & stems("eval") == set()


@pytest.mark.parametrize("split", ["train", "eval"])
def test_the_zaan_region_is_left_out(split: names.Split) -> None:
    text = produced(split)
    assert [place for place in ZAAN if place in text] == []


@pytest.mark.parametrize("split", ["train", "eval"])
def test_the_streets_of_the_real_notices_are_left_out(split: names.Split) -> None:
    rows = shared_file("announcements/zaanstad.jsonl").read_text(encoding="utf-8").splitlines()
    real = {(json.loads(row)["gold_hand_read"].get("street") or "").lower() for row in rows}
    assert real & set(produced(split, 20000).splitlines()) == set()


def test_the_same_seed_gives_the_same_address() -> None:
    assert names.address(random.Random(3), "train") == names.address(random.Random(3), "train")


def test_there_are_thousands_of_streets() -> None:
    rng = random.Random(1)
    assert len({names.street(rng, "train") for _ in range(20000)}) > 5000
