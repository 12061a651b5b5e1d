"""Distractors that fit any case: things that look like its facts and are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from data_templates import inventions, names, spellings, surfaces
from data_templates.dossier import Split
from data_templates.world import World

TEST_BSN = ("999999990", "111222333")

Filler = Callable[[random.Random, Split, Any], str]
"""Gives something for a split and a world (of the workflow's own kind)."""


def _address(rng: random.Random, split: Split, world: World) -> str:
    other = inventions.address(rng, split)
    return f"{other.street} {other.number}"


def _full_address(rng: random.Random, split: Split, world: World) -> str:
    other = inventions.address(rng, split)
    if rng.random() < 0.4:
        return f"{other.street} {other.number}"
    return f"{other.street} {other.number}, {spellings.of(split).postcode(other.postcode, rng)} {other.place}"


def _old_day(rng: random.Random, split: Split, world: World) -> str:
    return str(spellings.of(split).day(world.received - timedelta(days=rng.randint(40, 1500)), rng))


FILLERS: dict[str, Filler] = {
    "adres": _address,
    "postadres": _full_address,
    "naam": lambda rng, split, world: inventions.person_name(rng, split),
    "telefoon": lambda rng, split, world: names.phone(rng),
    "mail": lambda rng, split, world: names.email(rng, split),
    "nummer": lambda rng, split, world: names.case_number(rng),
    "huisnummer": lambda rng, split, world: inventions.house_number(rng, split),
    "bsn": lambda rng, split, world: rng.choice(TEST_BSN),
    "leges": lambda rng, split, world: spellings.of(split).euros(rng.randint(60, 900) * 100, rng),
    "bedrag": lambda rng, split, world: spellings.of(split).euros(rng.randint(4, 300) * 5000, rng),
    "datum_oud": _old_day,
    "jaar": lambda rng, split, world: str(rng.randint(1890, 2019)),
    "tijd": lambda rng, split, world: f"{rng.randint(7, 22)}{rng.choice(':.')}{rng.randint(0, 59):02d}",
    "bureau": lambda rng, split, world: inventions.company(rng, split),
    "kvk": lambda rng, split, world: f"{rng.randint(10_000_000, 89_999_999)}",
    "getal": lambda rng, split, world: str(rng.randint(2, 9)),
    "sinds": lambda rng, split, world: str(rng.randint(1985, 2023)),
    "leeftijd": lambda rng, split, world: surfaces.in_words(rng.randint(2, 9) * 10),
}
