"""The writer of requests for information: periods, and streets as part of a subject."""

from __future__ import annotations

from dataclasses import dataclass

from data_templates import fillers, names
from data_templates.woo_verzoek.world import PERIOD
from data_templates.writer import Writer

FILLERS = fillers.FILLERS | {"straat": lambda rng, split, world: names.street(rng, split)}


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
        if first:
            self.write(self.rng.choice(("van ", "vanaf ", "tussen ")) if last else self.rng.choice(("vanaf ", "sinds ")))
            between = self.texts[-1][-1] == "tussen "
            self.fact(PERIOD[0], "", None)
            if last:
                self.write(" en " if between else self.rng.choice((" tot en met ", " t/m ")))
        else:
            self.write("tot en met ")
        if last:
            self.fact(PERIOD[1], "", None)
