"""Dossiers for the omgevingsvergunning: generated applications for five activities, with their gold facts.

First a world is drawn (`world`): what is true, what is left out, what is contradicted. Then a family
(`families`) writes it down (`writer`) with the sentences of its split (`sentences`), noting where each fact
stands. See README.md for the data card.
"""

from __future__ import annotations

import random

from data_templates.families import Family, Generator
from data_templates.omgevingsvergunning.families import FAMILIES
from data_templates.omgevingsvergunning.sentences import bank
from data_templates.omgevingsvergunning.world import draw
from data_templates.omgevingsvergunning.writer import PermitWriter

__all__ = ["FAMILIES", "generate"]


def _writer(family: Family, rng: random.Random) -> PermitWriter:
    style, split = family.style, family.split
    world = draw(rng, split=split, activity=family.subject, agent=style.agent, omit=style.omit)
    manner = style.manner(rng)
    sentences = bank(family.subject, split)
    noun = rng.choice(sentences["frase activiteit"])
    return PermitWriter(world=world, rng=rng, split=split, manner=manner, bank=sentences, noun=noun)


generate = Generator(workflow="omgevingsvergunning", families=FAMILIES, writer=_writer)
