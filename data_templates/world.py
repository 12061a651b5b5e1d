"""World: what is true of one invented case, before a word of it is written.

A world holds the value of every fact, which facts the writer leaves out and which are contradicted. Values are
as in `scaffolds.facts`: lengths in cm, areas in dm2, money in cents, days in ISO 8601.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from data_templates import inventions
from data_templates.dossier import Split
from scaffolds.facts import Choice, Facts, Kind, Value

CONTRADICTED = 0.03


@dataclass(frozen=True, kw_only=True)
class World:
    """The truth behind one dossier.

    `readings` gives the facts of each Read step by its id, `second` the other value of each contradicted fact,
    `several` the values of a fact that may have more than one.
    """

    received: date
    readings: Mapping[str, type[Facts]]
    values: dict[str, Value]
    omitted: frozenset[str]
    second: dict[str, Value]
    several: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def kinds(self) -> dict[str, Kind]:
        """Every fact of every Read step by dotted path."""
        return kinds_of(self.readings)

    def stated(self) -> set[str]:
        """Paths that the text must state, once or twice."""
        return set(self.kinds) - self.omitted


def kinds_of(readings: Mapping[str, type[Facts]]) -> dict[str, Kind]:
    """Every fact of these Read steps by dotted path."""
    return {path: kind for facts in readings.values() for path, kind in facts.kinds.items()}


def workday(rng: random.Random, start: date, *, weeks: int) -> date:
    """A day from Monday to Friday within so many weeks of `start`, itself a Monday."""
    day = start + timedelta(days=rng.randrange(weeks * 7))
    return day - timedelta(days=max(0, day.weekday() - 4))


def name(rng: random.Random, split: Split, *, business: float) -> str:
    """A name of at most 50 characters; `business` is the chance of a company's."""
    made = inventions.company(rng, split) if rng.random() < business else inventions.person_name(rng, split)
    return made if len(made) <= 50 else inventions.surname(rng, split)


def left_out(
    rng: random.Random,
    kinds: Collection[str],
    chances: Mapping[str, float],
    *,
    factor: float,
    never: Collection[str],
) -> set[str]:
    """Draw what the writer leaves out: by `chances`, else 15 %, times `factor`."""
    return {path for path in kinds if path not in never and rng.random() < chances.get(path, 0.15) * factor}


def contradicted(
    rng: random.Random,
    kinds: Mapping[str, Kind],
    values: Mapping[str, Value],
    others: Mapping[str, Value],
    *,
    never: Collection[str],
) -> dict[str, Value]:
    """Draw what the text says twice, and differently: the other value by path; of a list that there is none."""
    doubtful = {path for path in kinds if path not in never and rng.random() < CONTRADICTED}
    second: dict[str, Value] = {}
    for path in sorted(doubtful):
        kind = kinds[path]
        if kind.many > 1:
            second[path] = "geen"
        elif isinstance(kind, Choice):
            second[path] = rng.choice([option for option in kind.options if option != values[path]])
        elif others[path] != values[path]:
            second[path] = others[path]
    return second
