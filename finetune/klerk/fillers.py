"""Fillers: sentences and preprinted lines that answer no question, full of names, days and amounts that mislead."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.slots import WORDS

MADE: dict[str, Callable[[random.Random], str]] = {
    "day": lambda rng: surfaces.written_day(rng, dt.date(2019, 1, 1) + dt.timedelta(days=rng.randrange(2500))),
    "ref": lambda rng: names.case_number(rng),
    "year": lambda rng: str(rng.randint(2005, 2025)),
    "name": lambda rng: names.person_name(rng, "train"),
    "street": lambda rng: f"{names.street(rng, 'train')} {names.house_number(rng)}",
    "place": lambda rng: names.place(rng, "train"),
    "money": lambda rng: surfaces.money(rng)[0],
    "size": lambda rng: surfaces.length(rng)[0],
    "phone": names.phone,
    "mail": lambda rng: names.email(rng, "train"),
    "n": lambda rng: str(rng.randint(2, 21)),
}
HOLE = re.compile(r"\{(\w+)\}")


def filled(rng: random.Random, template: str) -> str:
    return HOLE.sub(lambda found: MADE[found[1]](rng), template)


def filler(rng: random.Random) -> str:
    """A sentence that states nothing that is asked."""
    return filled(rng, rng.choice(WORDS["fillers"]))


def form_line(rng: random.Random) -> str:
    """A preprinted line of a form, label and value."""
    return filled(rng, rng.choice(WORDS["form_lines"]))
