"""Dossiers for bezwaar: generated objections against five kinds of decision, with their gold facts.

First a world is drawn (`world`), then a family (`families`) writes it down (`writer`) with the sentences of its
split (`sentences`). See README.md for the data card.
"""

from __future__ import annotations

import random

from data_templates.bezwaar.families import FAMILIES, ObjectionStyle
from data_templates.bezwaar.sentences import bank
from data_templates.bezwaar.world import draw
from data_templates.bezwaar.writer import ObjectionWriter
from data_templates.families import Family, Generator

__all__ = ["FAMILIES", "generate"]


def _writer(family: Family, rng: random.Random) -> ObjectionWriter:
    style, split = family.style, family.split
    channel = style.channel if isinstance(style, ObjectionStyle) else ""
    world = draw(rng, split=split, subject=family.subject, agent=style.agent, omit=style.omit, channel=channel)
    manner = style.manner(rng)
    sentences = bank(family.subject, split)
    noun = rng.choice(sentences["frase soort_besluit"])
    return ObjectionWriter(world=world, rng=rng, split=split, manner=manner, bank=sentences, noun=noun)


generate = Generator(workflow="bezwaar", families=FAMILIES, writer=_writer)
