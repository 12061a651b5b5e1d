"""The pen: writes templates and notes, while writing, where each fact stands.

Evidence is made by construction: a fact's words are noted at the position at which they are written, so a
repeated word cannot mislead. Typing errors fall in connecting words, never in a value or a copied text.
A workflow's own pen says what it composes of several facts, and which words it takes from the bank.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from data_templates import spellings, surfaces
from data_templates.dossier import Split
from data_templates.fillers import FILLERS, Filler
from data_templates.sentences import Bank, facts_in, parts, settled
from data_templates.slips import Slip, strange, typed
from scaffolds.facts import Choice, Day, Euros, Postcode, Value, Whole

BARE = {"kaal": "", "cm": " cm"}
_LETTERS = re.compile(r"[a-z]{5,}")


@dataclass(frozen=True)
class Mark:
    """Words of a document that state a fact."""

    path: str
    value: Value
    document: int
    start: int
    end: int


@dataclass(kw_only=True)
class Manner:
    """How somebody writes: `voice` 0 I, 1 we, 2 about the applicant; `typos` per word, `wrap` in characters."""

    voice: int = 0
    typos: float = 0.0
    slip: Slip = typed
    wrap: int = 0
    lower: bool = False
    spoken: bool = False
    separator: str = ": "


@dataclass(kw_only=True)
class Pen:
    """One dossier in the making: `pending` are the facts still to be stated, `at` is the offset."""

    composites: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What is written as one and states several facts; see `compose`."""
    phrased: ClassVar[frozenset[str]] = frozenset()
    """Text facts whose words are sentences of the bank; others are written as the world holds them."""
    repeatable: ClassVar[frozenset[str]] = frozenset()
    """Facts that may be named again; the first time counts."""
    dated: ClassVar[str] = ""
    """The fact that says of which day the text is."""
    fillers: ClassVar[Mapping[str, Filler]] = FILLERS

    world: Any
    """A `World`, or the workflow's own kind of it."""
    rng: random.Random
    split: Split
    manner: Manner
    bank: Bank
    pending: set[str] = field(init=False)
    texts: list[list[str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    copying: bool = False
    citing: bool = False
    at: int = 0

    def __post_init__(self) -> None:
        self.pending = self.world.stated()
        self.kinds = self.world.kinds
        self.spell = spellings.of(self.split)
        # "Over drie weken" counts from the day of receipt, so the letter must be of that day.
        dated = self.world.values.get(self.dated)
        self.relative = dated == self.world.received.isoformat() and self.dated not in self.world.second

    def open(self) -> None:
        """Begin the next document."""
        self.texts.append([])
        self.at = 0

    def due(self, path: str) -> bool:
        """Whether a fact, or a part of a composite, is still to be stated."""
        return any(part in self.pending for part in self.composites.get(path, (path,)))

    def named(self, template: str) -> frozenset[str]:
        """The facts that a template states and that may be stated but once."""
        return facts_in(template) - self.repeatable

    def compose(self, path: str, form: str) -> None:
        """Write a composite: the workflow's own pen knows how."""
        raise NotImplementedError(path)

    def put(self, template: str, *, about: str = "", value: Value | None = None) -> None:
        """Write a template about a fact: `value` is what it says where that is not the world's own value."""
        opened = 0
        for part in parts(settled(template, self.rng)):
            if part.kind == "text":
                self._text(part.text)
            elif part.kind == "voice":
                self.put(part.text.split("|")[self.manner.voice], about=about, value=value)
            elif part.kind == "open":
                opened, self.citing = self.at, True
            elif part.kind == "close":
                self.citing = False
                self.mark(about, opened, value)
            elif part.kind == "separator":
                self.write(self.manner.separator)
            elif part.kind == "noise":
                self.write(self.fillers[part.text](self.rng, self.split, self.world))
            else:
                self.fact(part.text, part.form, value if part.text == about else None)

    def write(self, text: str) -> None:
        """Write words as they are."""
        self.texts[-1].append(text)
        self.at += len(text)

    def _text(self, text: str) -> None:
        kept = self.copying or (self.citing and self.manner.slip is strange)  # what is quoted has to mean something
        if self.manner.typos and not kept:
            text = _LETTERS.sub(self._mistyped, text)
        if text.startswith(".") and self.texts[-1] and self.texts[-1][-1].endswith("."):
            text = text[1:]
        self.write(text)

    def _mistyped(self, match: re.Match[str]) -> str:
        word = match[0]
        return word if self.rng.random() >= self.manner.typos else self.manner.slip(word, self.rng)

    def mark(self, path: str, start: int, value: Value | None) -> None:
        self.marks.append(
            Mark(
                path,
                self.world.values[path] if value is None else value,
                len(self.texts) - 1,
                start,
                self.at,
            )
        )

    def fact(self, path: str, form: str, value: Value | None) -> None:
        if path in self.composites:
            return self.compose(path, form)
        if self.kinds[path].many > 1:
            return self._several(path)
        start, before = self.at, len(self.marks)
        said = self.world.values[path] if value is None else value
        self.surface(path, form, said)
        if not any(mark.path == path for mark in self.marks[before:]):
            self.mark(path, start, value)
        if value is None:
            self.pending.discard(path)
        return None

    def surface(self, path: str, form: str, value: Value) -> None:
        rng, spoken, kind = self.rng, self.manner.spoken, self.kinds[path]
        if path in self.phrased:
            return self.phrase(path, " anders" if value == "anders" else form and f":{form}", value)
        if isinstance(kind, Choice):
            return self.phrase(path, f"={value}", value)
        if isinstance(kind, Euros):
            return self.write(self.spell.euros(int(value), rng, spoken=spoken))
        if isinstance(kind, Whole):
            if form in BARE:
                return self.write(f"{value}{BARE[form]}")
            write = {"dm2": self.spell.area, "cm": self.spell.length, "stuks": self.spell.numeral}[kind.unit]
            return self.write(write(int(value), rng, spoken=spoken))
        if isinstance(kind, Postcode):
            return self.write(self.spell.postcode(str(value), rng))
        if isinstance(kind, Day):
            return self._day(path, form, date.fromisoformat(str(value)))
        return self.write(str(value))

    def _day(self, path: str, form: str, when: date) -> None:
        written = self.spell_day(path, when)
        if form == "op" and (written[0].isdigit() or written.split()[0] in surfaces.WEEKDAYS):
            self.write("op ")
        start = self.at
        self.write(written)
        self.mark(path, start, when.isoformat())

    def spell_day(self, path: str, when: date) -> str:
        """Give one way of writing a day."""
        received = self.world.received
        if path == self.dated or when <= received or not self.relative:
            return str(self.spell.day(when, self.rng))
        return str(self.spell.coming_day(when, self.rng, received=received, spoken=self.manner.spoken))

    def phrase(self, path: str, form: str, value: Value) -> None:
        fitting = [
            t
            for t in self.bank[f"frase {path}{form}"]
            if all(name in self.pending or name in self.composites for name in self.named(t))
        ]
        outer, self.copying = self.copying, self.copying or path in self.phrased
        self.put(self.rng.choice(fitting), about=path, value=None if path in self.phrased else value)
        self.copying = outer

    def _several(self, path: str) -> None:
        items = self.world.several[path]
        for i, item in enumerate(items):
            if i:
                self.write(" en " if i == len(items) - 1 else ", ")
            self.put(self.rng.choice(self.bank[f"frase {path}={item}"]), about=path, value=item)
        self.pending.discard(path)
