"""The pen: writes templates and notes, while writing, where each fact stands.

Evidence is made by construction: a fact's words are noted at the position at which they are written, so a
repeated word cannot mislead. Typing errors fall in connecting words, never in a value or a copied text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from data_templates.dossier import Split
from data_templates.omgevingsvergunning import surfaces
from data_templates.omgevingsvergunning.fillers import FILLERS
from data_templates.omgevingsvergunning.sentences import bank, facts_in, parts
from data_templates.omgevingsvergunning.world import ADDRESS, World
from scaffolds.facts import Choice, Day, Euros, Postcode, Value, Whole
from workflows.omgevingsvergunning.facts import Aanvraag

COMPOSITE: Mapping[str, tuple[str, ...]] = {"locatie": ADDRESS, "bomen": ("aantal_bomen", "boomsoort")}
BARE = {"kaal": "", "cm": " cm"}
_LETTERS = re.compile(r"[a-z]{5,}")
_NEUTER = ("plein", "pad", "park", "hof", "plantsoen", "veld", "oord", "kwartier", "rak")


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
    """How somebody writes: `voice` 0 I, 1 we, 2 about the applicant; `typos` per word."""

    voice: int = 0
    typos: float = 0.0
    lower: bool = False
    spoken: bool = False
    separator: str = ": "


@dataclass(kw_only=True)
class Pen:
    """One dossier in the making: `pending` are the facts still to be stated, `at` is the offset."""

    world: World
    rng: random.Random
    split: Split
    manner: Manner
    pending: set[str] = field(init=False)
    texts: list[list[str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    copying: bool = False
    at: int = 0

    def __post_init__(self) -> None:
        self.pending = self.world.stated()
        self.bank = bank(self.world.activity, self.split)
        self.kinds = {**Aanvraag.kinds, **self.world.reading.kinds}
        self.noun = self.rng.choice(self.bank["frase activiteit"])
        # "Over drie weken" counts from the day of receipt, so the letter must be of that day.
        dated = self.world.values["aanvraagdatum"]
        self.relative = dated == self.world.received.isoformat() and "aanvraagdatum" not in self.world.second

    def open(self) -> None:
        """Begin the next document."""
        self.texts.append([])
        self.at = 0

    def due(self, path: str) -> bool:
        """Whether a fact, or a part of a composite, is still to be stated."""
        return any(part in self.pending for part in COMPOSITE.get(path, (path,)))

    def put(self, template: str, *, about: str = "", value: Value | None = None) -> None:
        """Write a template about a fact: `value` is what it says where that is not the world's own value."""
        opened = 0
        for part in parts(template):
            if part.kind == "text":
                self._text(part.text)
            elif part.kind == "voice":
                self.put(part.text.split("|")[self.manner.voice], about=about, value=value)
            elif part.kind == "open":
                opened = self.at
            elif part.kind == "close":
                self._mark(about, opened, value)
            elif part.kind == "separator":
                self.write(self.manner.separator)
            elif part.kind == "noise":
                self.write(FILLERS[part.text](self.rng, self.split, self.world))
            else:
                self._fact(part.text, part.form, value if part.text == about else None)

    def write(self, text: str) -> None:
        """Write words as they are."""
        self.texts[-1].append(text)
        self.at += len(text)

    def _text(self, text: str) -> None:
        if self.manner.typos and not self.copying:
            text = _LETTERS.sub(self._mistyped, text)
        if text.startswith(".") and self.texts[-1] and self.texts[-1][-1].endswith("."):
            text = text[1:]
        self.write(text)

    def _mistyped(self, match: re.Match[str]) -> str:
        word = match[0]
        if self.rng.random() >= self.manner.typos:
            return word
        i = self.rng.randrange(1, len(word) - 1)
        return self.rng.choice(
            (
                word[:i] + word[i + 1 :],
                word[:i] + word[i] + word[i:],
                word[:i] + word[i + 1] + word[i] + word[i + 2 :],
            )
        )

    def _mark(self, path: str, start: int, value: Value | None) -> None:
        self.marks.append(
            Mark(
                path,
                self.world.values[path] if value is None else value,
                len(self.texts) - 1,
                start,
                self.at,
            )
        )

    def _fact(self, path: str, form: str, value: Value | None) -> None:
        if path == "locatie":
            return self._address(form)
        if path == "bomen":
            return self._trees()
        if path == "bijlagen":
            return self._attachments()
        start, before = self.at, len(self.marks)
        said = self.world.values[path] if value is None else value
        self._surface(path, form, said)
        if not any(mark.path == path for mark in self.marks[before:]):
            self._mark(path, start, value)
        if value is None:
            self.pending.discard(path)
        return None

    def _surface(self, path: str, form: str, value: Value) -> None:
        rng, spoken, kind = self.rng, self.manner.spoken, self.kinds[path]
        if path == "activiteit":
            return self.write(self.noun)
        if path == "omschrijving":
            return self._phrase(path, " anders" if value == "anders" else form and f":{form}", value)
        if path == "aantal_bomen":
            number = surfaces.numeral(int(value), rng, spoken=spoken)
            return self.write(f"{number} {'boom' if value == 1 else rng.choice(('bomen', 'bomen', 'stuks'))}")
        if isinstance(kind, Choice):
            return self._phrase(path, f"={value}", value)
        if isinstance(kind, Euros):
            return self.write(surfaces.euros(int(value), rng, spoken=spoken))
        if isinstance(kind, Whole):
            if form in BARE:
                return self.write(f"{value}{BARE[form]}")
            write = surfaces.area if kind.unit == "dm2" else surfaces.length
            return self.write(write(int(value), rng, spoken=spoken))
        if isinstance(kind, Postcode):
            return self.write(surfaces.postcode(str(value), rng))
        if isinstance(kind, Day):
            return self._day(path, form, date.fromisoformat(str(value)))
        return self.write(str(value))

    def _day(self, path: str, form: str, when: date) -> None:
        received = self.world.received
        if path == "aanvraagdatum" or not self.relative:
            written = surfaces.day(when, self.rng)
        else:
            written = surfaces.coming_day(when, self.rng, received=received, spoken=self.manner.spoken)
        if form == "op" and (written[0].isdigit() or written.split()[0] in surfaces.WEEKDAYS):
            self.write("op ")
        start = self.at
        self.write(written)
        self._mark(path, start, when.isoformat())

    def _phrase(self, path: str, form: str, value: Value) -> None:
        fitting = [
            t
            for t in self.bank[f"frase {path}{form}"]
            if all(name in self.pending or name in COMPOSITE for name in facts_in(t))
        ]
        outer, self.copying = self.copying, self.copying or path == "omschrijving"
        self.put(self.rng.choice(fitting), about=path, value=None if path == "omschrijving" else value)
        self.copying = outer

    def _address(self, form: str) -> None:
        street, number, postcode, place = (path in self.pending for path in ADDRESS)
        if form == "aan" and (street or number):
            name = str(self.world.values["locatie.straat"])
            if not street:
                self.write("op ")
            elif name.split()[0] in ("De", "Het", "Den", "Op", "Achter", "Aan"):
                self.write("aan ")
            else:
                self.write("aan het " if name.endswith(_NEUTER) else "aan de ")
        if street:
            self._fact("locatie.straat", "", None)
        if number:
            self.write(" " if street else "nummer ")
            self._fact("locatie.huisnummer", "", None)
        if (street or number) and (postcode or place):
            joints = (", ", ", ", " - ") if postcode else (" in ",) if form == "aan" else (", ", " te ")
            self.write(self.rng.choice(joints))
        elif form == "aan" and (postcode or place):
            self.write("in ")
        if postcode:
            self._fact("locatie.postcode", "", None)
        if place:
            self.write(" " if postcode else "")
            self._fact("locatie.plaats", "", None)

    def _trees(self) -> None:
        number, kind = "aantal_bomen" in self.pending, "boomsoort" in self.pending
        single = self.world.values["aantal_bomen"] == 1 and "aantal_bomen" not in self.world.omitted
        start = self.at
        if number:
            count = int(self.world.values["aantal_bomen"])
            self.write(f"{surfaces.numeral(count, self.rng, spoken=self.manner.spoken)} ")
        elif single:
            self.write("een ")
        elif not kind:
            self.write(self.rng.choice(("", "enkele ", "wat ")))
        noun = self.at
        self.write(self.world.tree[0 if single else 1] if kind else "boom" if single else "bomen")
        if number:
            self._mark("aantal_bomen", start, None)
        if kind:
            self._mark("boomsoort", noun, None)
        self.pending -= set(COMPOSITE["bomen"])

    def _attachments(self) -> None:
        for i, item in enumerate(self.world.attached):
            if i:
                self.write(" en " if i == len(self.world.attached) - 1 else ", ")
            self.put(self.rng.choice(self.bank[f"frase bijlagen={item}"]), about="bijlagen", value=item)
        self.pending.discard("bijlagen")
