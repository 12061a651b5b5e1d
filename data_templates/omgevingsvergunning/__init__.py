"""Dossiers for the omgevingsvergunning: generated applications for five activities, with their gold facts.

`generate` gives dossiers that depend on (seed, split, index) alone. First a world is drawn (`world`): what is
true, what is left out, what is contradicted. Then a family (`families`) writes it down (`writer`) with the
sentences of its split (`sentences`), noting where each fact stands. See README.md for the data card.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache

from data_templates.dossier import Dossier, Split
from data_templates.omgevingsvergunning.families import FAMILIES, Family
from data_templates.omgevingsvergunning.pen import Manner
from data_templates.omgevingsvergunning.world import draw
from data_templates.omgevingsvergunning.writer import Writer
from workflows.omgevingsvergunning.facts import Aanvraag

__all__ = ["FAMILIES", "Family", "generate"]


def generate(n: int, *, seed: int, split: Split) -> Iterator[Dossier]:
    """Generate `n` dossiers. Each run of as many dossiers as there are families has one of every family."""
    for index in range(n):
        yield _dossier(index, seed, split)


@lru_cache(maxsize=8)
def _order(seed: int, split: Split, turn: int) -> tuple[Family, ...]:
    families = [family for family in FAMILIES if family.split == split]
    random.Random(f"{seed}/{split}/turn {turn}").shuffle(families)
    return tuple(families)


def _dossier(index: int, seed: int, split: Split) -> Dossier:
    count = len(_order(seed, split, 0))
    family = _order(seed, split, index // count)[index % count]
    style = family.style
    rng = random.Random(f"{seed}/{split}/{index}")
    world = draw(rng, split=split, activity=family.activity, agent=style.agent, omit=style.omit)
    manner = Manner(
        voice=rng.choice(style.voices),
        typos=rng.choice((0.0, 0.0, 0.0, 0.01, 0.03)),
        lower=rng.random() < style.lower,
        spoken=style.spoken,
        separator=rng.choice(style.separators),
    )
    writer = Writer(world=world, rng=rng, split=split, manner=manner)
    style.layout(writer)
    documents = writer.documents(("stuk-1", "stuk-2"))
    gold = {
        "lees_aanvraag": writer.gold(Aanvraag, documents),
        f"lees_{family.activity}": writer.gold(world.reading, documents),
    }
    return Dossier(
        id=f"{split}-{seed}-{index:06d}",
        workflow="omgevingsvergunning",
        family=family.name,
        split=split,
        received=world.received,
        documents=documents,
        gold=gold,
    )
