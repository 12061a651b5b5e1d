"""The writer of requests for information: periods, and streets as part of a subject."""

from __future__ import annotations

from dataclasses import dataclass

from data_templates import fillers, names
from data_templates.woo_verzoek.world import PERIOD
from data_templates.writer import Writer

FILLERS = fillers.FILLERS | {"straat": lambda rng, split, world: names.street(rng, split)}


_SPANS = (("van ", " tot en met "), ("vanaf ", " t/m "), ("tussen ", " en "), ("van ", " t/m "))


@dataclass(kw_only=True)
class RequestWriter(Writer):
    """A writer of Woo requests."""

    composites = {"periode": PERIOD}  # noqa: RUF012
    phrased = frozenset({"onderwerp"})
    dated = "verzoekdatum"
    fillers = FILLERS

    def compose(self, path: str, form: str) -> None:
        """Write what is due of the period: "van ... tot en met ...", "sinds ..." or "tot en met ..."."""
        first, last = (part in self.pending for part in PERIOD)
        opening, joint = self.rng.choice(_SPANS)
        if first:
            self.write(opening if last else self.rng.choice(("vanaf ", "sinds ")))
            self.fact(PERIOD[0], "", None)
        if last:
            self.write(joint if first else "tot en met ")
            self.fact(PERIOD[1], "", None)
