"""The facts of a case as a page shows them: what was read or confirmed, where it stands, and how sure the model was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scaffolds.facts import Choice, Day, Euros, Evidence, Fact, Kind, Whole
from workflows.desk.view.marks import anchor
from workflows.show import value_nl

Input = Literal["choice", "choices", "day", "amount", "number", "text"]
Certainty = Literal["high", "fair", "low", "unknown"]
HIGH, FAIR = 0.95, 0.8


@dataclass(frozen=True, kw_only=True)
class Line:
    """One fact. `value` is worded in Dutch, `places` are where it stands, each with the name of its anchor."""

    number: int
    path: str
    kind: Kind
    fact: Fact
    value: str
    places: tuple[tuple[str, Evidence], ...]
    confidence: float | None = None

    @property
    def input(self) -> Input:
        """What a person fills in for another value."""
        if isinstance(self.kind, Choice):
            return "choices" if self.kind.many > 1 else "choice"
        if isinstance(self.kind, Day):
            return "day"
        if isinstance(self.kind, Euros):
            return "amount"
        return "number" if isinstance(self.kind, Whole) else "text"

    @property
    def usable(self) -> bool:
        """Whether there is a suggestion that a person could find to hold."""
        return not self.fact.handed_over

    @property
    def certainty(self) -> Certainty:
        """How sure the model was, in words."""
        if self.confidence is None:
            return "unknown"
        return "high" if self.confidence >= HIGH else "fair" if self.confidence >= FAIR else "low"


def lines(
    kinds: Mapping[str, Kind],
    facts: Mapping[str, Fact],
    *,
    confidence: Mapping[str, float] | None = None,
    first: int = 1,
) -> list[Line]:
    """Number the facts from `first` on, in the order in which they are declared."""
    return [
        Line(
            number=number,
            path=path,
            kind=kinds[path],
            fact=facts[path],
            value=value_nl(kinds[path], facts[path]),
            places=tuple((anchor(number, at), place) for at, place in enumerate(facts[path].evidence)),
            confidence=(confidence or {}).get(path),
        )
        for number, path in enumerate((path for path in kinds if path in facts), start=first)
    ]
