"""Retention (bewaartermijn): how long a closed case is kept, as a workflow declares it.

The archive selection list (selectielijst, Archiefwet) sets a period per outcome; some outcomes are kept for good and
go to an archive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scaffolds.errors import CasewrightError

FOR_GOOD = None
"""The period of what is never destroyed here (blijvend te bewaren)."""


@dataclass(frozen=True, kw_only=True)
class Retention:
    """Years after the closing of a case, `by_decision` where that differs; `source` is its place in the list.

    Raises CasewrightError for a period under one year: the record of a decision is kept for six months at least
    (AI Act 26(6)), and no list has a shorter one than a year.
    """

    years: int | None
    source: str
    by_decision: Mapping[str, int | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for years in (self.years, *self.by_decision.values()):
            if years is not FOR_GOOD and years < 1:
                raise CasewrightError(f"A case cannot be kept for {years} years; a period is at least one year.")
        if not self.source.strip():
            raise CasewrightError("A retention period needs its source in the archive selection list.")

    def period(self, decision: str | None) -> int | None:
        """Years for a case with this decision; None is for good."""
        return self.by_decision.get(decision, self.years) if decision else self.years
