"""The workflow that an event log makes: a closed list of steps with their Dutch words, and what is known at the start.

A log names no tables, terms or letters, so nothing here decides. The one task is to say which step follows and how
long it takes until then; the answer is a place in the closed list and a place in `WHEN`, never free text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from scaffolds.errors import CasewrightError

NAME, VERSION = "procesverloop", "1"

NONE_OF_THESE = "geen van deze stappen"
CASE_ENDS = "einde van de zaak"
WHEN = ("zelfde moment", "binnen een dag", "binnen een week", "binnen 30 dagen", "binnen 90 dagen", "later")

KNOWN_AT_START = ("case_type", "parts", "channel")
"""Case attributes that an application brings with it: its kind, the activities asked for, how it came in."""

AFTER_START = (
    "endDate", "enddate", "endDatePlanned", "enddate_planned", "caseStatus", "last_phase", "SUMleges", "termName",
    "requestComplete", "IDofConceptCase", "aantekening", "redenverlenging", "dateStop",
)  # fmt: skip
"""Case attributes that are filled in on the way. They tell how the case went, so no recipe may name them."""

_LONGEST_VALUE = 80


def attributes_at_start(named: Sequence[str] | None) -> tuple[str, ...]:
    """Give the case attributes the model may read: those a recipe names, else those of KNOWN_AT_START.

    Raises CasewrightError for one that is only known later: a model that reads it reads the answer.
    """
    if named is None:
        return KNOWN_AT_START
    late = {name.casefold() for name in AFTER_START}
    if leaking := [name for name in named if name.casefold() in late]:
        raise CasewrightError(
            f"Case attribute '{leaking[0]}' is filled in while the case runs, so it would give the answer away; "
            "leave it out of source.attributes."
        )
    return tuple(named)


@dataclass(frozen=True, kw_only=True)
class Procesverloop:
    """The workflow of one log: `steps` are code and Dutch words in the order of the closed list, the last two
    of them "none of these" and the end of the case.
    """

    steps: tuple[tuple[str, str], ...]
    attributes: tuple[str, ...]

    def opening(self, attributes: Mapping[str, Any]) -> str:
        """Word what is known when a case begins; the steps so far follow as codes of their own."""
        known = [f"{name}: {text}" for name in self.attributes if (text := _text(attributes.get(name)))]
        return "\n".join(["Wat is de volgende stap, en wanneer?", *known])

    @property
    def words(self) -> tuple[str, ...]:
        """The Dutch words of every step, in order."""
        return tuple(words for _, words in self.steps)

    def opaque(self, *, seed: int) -> Procesverloop:
        """Deal the words out to other codes: the control that shows what the words contribute."""
        codes, words = [code for code, _ in self.steps[:-2]], list(self.words[:-2])
        Random(seed).shuffle(words)
        return Procesverloop(
            steps=(*zip(codes, words, strict=True), *self.steps[-2:]), attributes=self.attributes
        )


def procesverloop(
    codes: Sequence[str], *, words: Mapping[str, str], attributes: Iterable[str]
) -> Procesverloop:
    """Make the workflow of a closed list whose last two codes are "none of these" and the end."""
    *steps, none, end = codes
    named = ((code, words.get(code, code)) for code in steps)
    return Procesverloop(
        steps=(*named, (none, NONE_OF_THESE), (end, CASE_ENDS)), attributes=tuple(attributes)
    )


def _text(value: Any) -> str:
    """Show an attribute in a line: the value of a date or id, nothing for a list, cut where it is long."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("date", "id", "value") if key in value), None)
    if value is None or isinstance(value, list | dict):
        return ""
    return " ".join(str(value).split())[:_LONGEST_VALUE]
