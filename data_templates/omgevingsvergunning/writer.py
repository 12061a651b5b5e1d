"""The writer of the permit: places, trees and the words for the activity."""

from __future__ import annotations

from dataclasses import dataclass

from data_templates.address import write_address
from data_templates.omgevingsvergunning.fillers import FILLERS
from data_templates.omgevingsvergunning.world import ADDRESS, PermitWorld
from data_templates.writer import Writer
from scaffolds.facts import Value


@dataclass(kw_only=True)
class PermitWriter(Writer):
    """A writer of applications. `noun` is the word that this applicant uses for the activity."""

    composites = {"locatie": ADDRESS, "bomen": ("aantal_bomen", "boomsoort")}  # noqa: RUF012
    phrased = frozenset({"omschrijving"})
    repeatable = frozenset({"activiteit"})
    dated = "aanvraagdatum"
    fillers = FILLERS

    world: PermitWorld
    noun: str

    def compose(self, path: str, form: str) -> None:
        """Write a place, or a number of trees."""
        if path == "locatie":
            write_address(self, "locatie", form)
        else:
            self._trees()

    def surface(self, path: str, form: str, value: Value) -> None:
        """Write a value; the activity and the number of trees are more than their value."""
        if path == "activiteit":
            self.write(self.noun)
        elif path == "aantal_bomen":
            number = self.spell.numeral(int(value), self.rng, spoken=self.manner.spoken)
            noun = "boom" if value == 1 else self.rng.choice(("bomen", "bomen", "stuks"))
            self.write(f"{number} {noun}")
        else:
            super().surface(path, form, value)

    def _trees(self) -> None:
        number, kind = "aantal_bomen" in self.pending, "boomsoort" in self.pending
        single = self.world.values["aantal_bomen"] == 1 and "aantal_bomen" not in self.world.omitted
        start = self.at
        if number:
            count = int(self.world.values["aantal_bomen"])
            self.write(f"{self.spell.numeral(count, self.rng, spoken=self.manner.spoken)} ")
        elif single:
            self.write("een ")
        elif not kind:
            self.write(self.rng.choice(("", "enkele ", "wat ")))
        noun = self.at
        self.write(self.world.tree[0 if single else 1] if kind else "boom" if single else "bomen")
        if number:
            self.mark("aantal_bomen", start, None)
        if kind:
            self.mark("boomsoort", noun, None)
        self.pending -= set(self.composites["bomen"])
