"""The writer of objections: days that have passed, addresses, and the words for the decision."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from data_templates import fillers, surfaces
from data_templates.address import write_address
from data_templates.bezwaar.world import ADDRESS
from data_templates.dossier import Split
from data_templates.world import World
from data_templates.writer import Writer
from scaffolds.facts import Value


def _noticed(rng: random.Random, split: Split, world: World) -> str:
    """The day on which the decision was read: after it was sent, and no event of the term."""
    sent = date.fromisoformat(str(world.values["bekendmaking"]))
    after = max(1, min(10, (world.received - sent).days))
    return surfaces.past_day(sent + timedelta(days=rng.randint(1, after)), rng, received=world.received)


@dataclass(kw_only=True)
class ObjectionWriter(Writer):
    """A writer of objections. `noun` is the word that this objector uses for the decision."""

    composites = {"adres": ADDRESS}  # noqa: RUF012
    repeatable = frozenset({"soort_besluit"})
    dated = "dagtekening"
    fillers = fillers.FILLERS | {
        "gelezen": _noticed,
        "ontvangst": lambda rng, split, world: surfaces.day(world.received, rng),
    }

    noun: str

    def compose(self, path: str, form: str) -> None:
        """Write an address."""
        write_address(self, path, form)

    def surface(self, path: str, form: str, value: Value) -> None:
        """Write a value; the decision in the words of this objector."""
        if path == "soort_besluit":
            self.write(self.noun)
        else:
            super().surface(path, form, value)

    def spell_day(self, path: str, when: date) -> str:
        """Every day of an objection has passed; its own date is written in full."""
        if path == self.dated:
            return surfaces.day(when, self.rng)
        return surfaces.past_day(when, self.rng, received=self.world.received)
