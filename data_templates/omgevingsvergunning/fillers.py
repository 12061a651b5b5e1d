"""Distractors of the permit: measures, trees and attachments that are not those of the application."""

from __future__ import annotations

import random

from data_templates import fillers, spellings
from data_templates.dossier import Split
from data_templates.fillers import Filler
from data_templates.omgevingsvergunning.world import PermitWorld, slogan, tree


def _missing(rng: random.Random, split: Split, world: PermitWorld) -> str:
    absent = {"situatietekening", "bouwtekening", "constructieberekening"}
    absent |= set() if "gemachtigde" in world.omitted else {"machtiging"}
    return f"De {rng.choice(sorted(absent - set(world.several['bijlagen'])))}"


def _length(low: int, high: int) -> Filler:
    return lambda rng, split, world: spellings.of(split).length(rng.randrange(low, high, 5), rng)


FILLERS: dict[str, Filler] = fillers.FILLERS | {
    "kadaster": lambda rng, split, world: f"{rng.choice('ABCDEFG')} {rng.randint(100, 9999)}",
    "hoogte": lambda rng, split, world: f"{rng.randint(5, 22)} meter",
    "lengte": _length(180, 1200),
    "klein": _length(30, 180),
    "graden": lambda rng, split, world: str(rng.randint(25, 60)),
    "vlak": lambda rng, split, world: spellings.of(split).area(rng.randrange(10, 600, 2), rng),
    "opschrift": lambda rng, split, world: slogan(rng, split),
    "boom": lambda rng, split, world: tree(rng, split)[0],
    "bijlage": _missing,
}
