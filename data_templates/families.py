"""The document families: who writes, in which manner, in which layout, and how dossiers are drawn from them.

A layout is a function that writes the documents of one dossier. Training and evaluation have layouts of their
own, and sentences of their own, so that evaluation asks for more than recall.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from data_templates.dossier import Dossier, Split
from data_templates.pen import Manner
from data_templates.slips import Slip, hasty, scanned, strange, typed, unschooled
from data_templates.writer import Writer

SLIPS: tuple[Slip, ...] = (typed, typed, hasty, unschooled, scanned, strange, strange, strange)
"""How words go wrong in texts that training makes widely."""
TYPOS = (0.0, 0.0, 0.0, 0.01, 0.03)
"""The share of words that go wrong."""
STRANGE = 0.25
"""The same for words that make way for strange ones."""
WRAPS = (0, 0, 0, 0, 60, 72, 78)
"""Line lengths of such texts; 0 leaves lines long."""

Layout = Callable[[Any], None]
"""Writes a dossier with the writer of its workflow."""


@dataclass(frozen=True, kw_only=True)
class Style:
    """A layout and the manners in which it is written. `agent` and `lower` are chances, `omit` a factor.

    `weight` says how many dossiers a turn has of it; without `slips` and `wraps` words are only mistyped and
    lines are left long.
    """

    layout: Layout
    voices: tuple[int, ...] = (0, 0, 1)
    agent: float = 0.1
    omit: float = 1.0
    lower: float = 0.0
    spoken: bool = False
    separators: tuple[str, ...] = (": ",)
    slips: tuple[Slip, ...] = ()
    wraps: tuple[int, ...] = ()
    weight: int = 1

    def manner(self, rng: random.Random) -> Manner:
        """Draw the manner of one writer."""
        voice, typos = rng.choice(self.voices), rng.choice(TYPOS)
        lower, separator = rng.random() < self.lower, rng.choice(self.separators)
        slip = rng.choice(self.slips) if self.slips else typed
        return Manner(
            voice=voice,
            typos=STRANGE if slip is strange else typos,
            lower=lower,
            spoken=self.spoken,
            separator=separator,
            slip=slip,
            wrap=rng.choice(self.wraps) if self.wraps else 0,
        )


@dataclass(frozen=True, kw_only=True)
class Family:
    """One family of texts: `name` is subject (what the case is about), split and layout."""

    subject: str
    split: Split
    style: Style

    @property
    def name(self) -> str:
        return f"{self.subject}/{self.split}/{self.style.layout.__name__}"


@dataclass(frozen=True, kw_only=True)
class Generator:
    """`generate(n, seed=, split=)` of one workflow: dossiers that depend on (seed, split, index) alone.

    `writer` draws a world for a family and gives a writer for it, with nothing written yet.
    """

    workflow: str
    families: tuple[Family, ...]
    writer: Callable[[Family, random.Random], Writer]

    def __call__(self, n: int, *, seed: int, split: Split) -> Iterator[Dossier]:
        """Generate `n` dossiers. Each run as long as the families are heavy has every family by its weight."""
        for index in range(n):
            yield self._dossier(index, seed, split)

    def _dossier(self, index: int, seed: int, split: Split) -> Dossier:
        count = len(_order(self.families, seed, split, 0))
        family = _order(self.families, seed, split, index // count)[index % count]
        writer = self.writer(family, random.Random(f"{seed}/{split}/{index}"))
        family.style.layout(writer)
        documents = writer.documents(("stuk-1", "stuk-2", "stuk-3"))
        return Dossier(
            id=f"{split}-{seed}-{index:06d}",
            workflow=self.workflow,
            family=family.name,
            split=split,
            received=writer.world.received,
            documents=documents,
            gold={step: writer.gold(facts, documents) for step, facts in writer.world.readings.items()},
        )


@lru_cache(maxsize=8)
def _order(families: tuple[Family, ...], seed: int, split: Split, turn: int) -> tuple[Family, ...]:
    mine = [family for family in families if family.split == split for _ in range(family.style.weight)]
    random.Random(f"{seed}/{split}/turn {turn}").shuffle(mine)
    return tuple(mine)
