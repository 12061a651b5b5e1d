"""Distractors: things that look like facts of the application and are not."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

from data_templates import names
from data_templates.dossier import Split
from data_templates.omgevingsvergunning import surfaces
from data_templates.omgevingsvergunning.world import TREES, World, slogan

TEST_BSN = ("999999990", "111222333")

Filler = Callable[[random.Random, Split, World], str]


def _address(rng: random.Random, split: Split, world: World) -> str:
    other = names.address(rng, split)
    return f"{other.street} {other.number}"


def _full_address(rng: random.Random, split: Split, world: World) -> str:
    other = names.address(rng, split)
    if rng.random() < 0.4:
        return f"{other.street} {other.number}"
    return f"{other.street} {other.number}, {surfaces.postcode(other.postcode, rng)} {other.place}"


def _old_day(rng: random.Random, split: Split, world: World) -> str:
    return surfaces.day(world.received - timedelta(days=rng.randint(40, 1500)), rng)


def _missing(rng: random.Random, split: Split, world: World) -> str:
    absent = {"situatietekening", "bouwtekening", "constructieberekening"}
    absent |= set() if "gemachtigde" in world.omitted else {"machtiging"}
    return f"De {rng.choice(sorted(absent - set(world.attached)))}"


def _length(low: int, high: int) -> Filler:
    return lambda rng, split, world: surfaces.length(rng.randrange(low, high, 5), rng)


FILLERS: dict[str, Filler] = {
    "adres": _address,
    "postadres": _full_address,
    "naam": lambda rng, split, world: names.person_name(rng, split),
    "telefoon": lambda rng, split, world: names.phone(rng),
    "mail": lambda rng, split, world: names.email(rng, split),
    "nummer": lambda rng, split, world: names.case_number(rng),
    "huisnummer": lambda rng, split, world: names.house_number(rng),
    "bsn": lambda rng, split, world: rng.choice(TEST_BSN),
    "leges": lambda rng, split, world: surfaces.euros(rng.randint(60, 900) * 100, rng),
    "bedrag": lambda rng, split, world: surfaces.euros(rng.randint(4, 300) * 5000, rng),
    "datum_oud": _old_day,
    "jaar": lambda rng, split, world: str(rng.randint(1890, 2019)),
    "kadaster": lambda rng, split, world: f"{rng.choice('ABCDEFG')} {rng.randint(100, 9999)}",
    "leeftijd": lambda rng, split, world: surfaces.in_words(rng.randint(2, 9) * 10),
    "hoogte": lambda rng, split, world: f"{rng.randint(5, 22)} meter",
    "lengte": _length(180, 1200),
    "klein": _length(30, 180),
    "graden": lambda rng, split, world: str(rng.randint(25, 60)),
    "vlak": lambda rng, split, world: surfaces.area(rng.randrange(10, 600, 2), rng),
    "opschrift": lambda rng, split, world: slogan(rng, split),
    "boom": lambda rng, split, world: rng.choice(TREES[split].split()).split("/")[0],
    "bijlage": _missing,
}
