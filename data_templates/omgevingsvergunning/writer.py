"""Writes documents from templates and records, while writing, where each fact stands.

Evidence is made by construction: every fact's words are noted at the position at which they are written, so a
repeated word cannot mislead. Typing errors fall in connecting words only, never in a value.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from data_templates import names
from data_templates.dossier import Split
from data_templates.omgevingsvergunning import surfaces
from data_templates.omgevingsvergunning.sentences import bank, facts_in, parts
from data_templates.omgevingsvergunning.world import ADDRESS, TREES, World, slogan
from scaffolds.case import Document
from scaffolds.facts import Choice, Day, Euros, Evidence, Fact, Facts, Postcode, Value, Whole
from workflows.omgevingsvergunning.facts import Aanvraag

COMPOSITE: Mapping[str, tuple[str, ...]] = {"locatie": ADDRESS, "bomen": ("aantal_bomen", "boomsoort")}
TEST_BSN = ("999999990", "111222333")
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
class Writer:
    """The documents of one dossier in the making. `pending` are the facts still to be stated."""

    world: World
    rng: random.Random
    split: Split
    manner: Manner
    pending: set[str] = field(init=False)
    texts: list[list[str]] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    _at: int = 0

    def __post_init__(self) -> None:
        self.pending = self.world.stated()
        self.bank = bank(self.world.activity, self.split)
        self.kinds = {**Aanvraag.kinds, **self.world.reading.kinds}
        self.noun = self.rng.choice(self.bank["frase activiteit"])
        self.second = dict(self.world.second)
        self.noise = list(self.bank["ruis"])
        self.rng.shuffle(self.noise)
        values = self.world.values
        # "Over drie weken" counts from the day of receipt, so the letter must be of that day.
        self.relative = (values["aanvraagdatum"] == self.world.received.isoformat()
                         and "aanvraagdatum" not in self.second)

    def open(self) -> None:
        """Begin the next document."""
        self.texts.append([])
        self._at = 0

    def due(self, path: str) -> bool:
        """Whether a fact, or a part of a composite, is still to be stated."""
        return any(part in self.pending for part in COMPOSITE.get(path, (path,)))

    def put(self, template: str, *, about: str = "", value: Value | None = None) -> None:
        """Write a template. `about` is the fact its brackets are evidence of, `value` a value other than the world's."""
        opened = 0
        for part in parts(template):
            if part.kind == "text":
                self._text(part.text, about)
            elif part.kind == "voice":
                self.put(part.text.split("|")[self.manner.voice], about=about, value=value)
            elif part.kind == "open":
                opened = self._at
            elif part.kind == "close":
                self._mark(about, opened, value)
            elif part.kind == "separator":
                self._raw(self.manner.separator)
            elif part.kind == "noise":
                self._raw(self.filler(part.text))
            else:
                self._fact(part.text, part.form, value if part.text == about else None)

    def put_due(self, *templates: str) -> bool:
        """Write one of the templates whose facts are all still due, if there is any."""
        fitting = [t for t in templates if all(self.due(name) for name in facts_in(t))]
        if fitting:
            self.put(self.rng.choice(fitting))
        return bool(fitting)

    def section(self, name: str) -> None:
        """Write one line of a section that states no fact."""
        self.put(self.rng.choice(self.bank[name]))

    def fields(self, *paths: str, end: str = "\n") -> None:
        """State facts as lines of a form."""
        for path in paths:
            if self.due(path) and self.say(path, prefix="veld "):
                self._raw(end)

    def prose(self, *paths: str, noise: int = 0, doubts: bool = False, between: str = " ", lead: str = "",
              end: str = "\n\n") -> None:
        """State facts in sentences, in this order, with distractors and contradictions at random places."""
        plan: list[tuple[str, Value | None]] = [(path, None) for path in paths]
        plan = [item for item in plan if self.due(item[0])]
        extra: list[tuple[str, Value | None]] = [("", None)] * noise
        if doubts:
            extra += list(self.second.items())
            self.second = {}
        for item in extra:
            plan.insert(self.rng.randint(0, len(plan)), item)
        start = self._at
        for path, value in plan:
            if path and value is None and not self.due(path):
                continue
            self._raw(between if self._at > start else lead)
            if path:
                self.say(path, value=value)
            else:
                self.put(self._distractor())
        if self._at > start:
            self._raw(end)

    def say(self, path: str, *, prefix: str = "", value: Value | None = None) -> bool:
        """State a fact by a sentence ("veld " as prefix: by a line of a form); False when no wording fits now."""
        choice = self.world.values.get(path) if value is None else value
        sections = [f"{prefix}{path}", f"{prefix}{path}={choice}"]
        if path == "bijlagen" and value is not None:
            sections = ["bijlagen anders"]
        fitting = [t for section in sections for t in self.bank.get(section, ())
                   if (facts_in(t) <= {path} if value is not None else all(map(self.due, facts_in(t))))]
        if not fitting:
            return False
        self.put(self.rng.choice(fitting), about=path, value=value)
        if value is None:
            self.pending.discard(path)
        return True

    def filler(self, name: str) -> str:
        """Invent something that is not a fact of this application."""
        rng, split = self.rng, self.split
        past = self.world.received - timedelta(days=rng.randint(40, 1500))
        if name == "adres":
            other = names.address(rng, split)
            return f"{other.street} {other.number}"
        made = {
            "naam": lambda: names.person_name(rng, split),
            "telefoon": lambda: names.phone(rng),
            "mail": lambda: names.email(rng, split),
            "nummer": lambda: names.case_number(rng),
            "huisnummer": lambda: names.house_number(rng),
            "bsn": lambda: rng.choice(TEST_BSN),
            "leges": lambda: surfaces.euros(rng.randint(60, 900) * 100, rng),
            "bedrag": lambda: surfaces.euros(rng.randint(4, 300) * 5000, rng),
            "datum_oud": lambda: surfaces.day(past, rng),
            "jaar": lambda: str(rng.randint(1890, 2019)),
            "kadaster": lambda: f"{rng.choice('ABCDEFG')} {rng.randint(100, 9999)}",
            "leeftijd": lambda: surfaces.in_words(rng.randint(2, 9) * 10),
            "hoogte": lambda: f"{rng.randint(5, 22)} meter",
            "lengte": lambda: surfaces.length(rng.randrange(180, 1200, 5), rng),
            "klein": lambda: surfaces.length(rng.randrange(30, 180, 5), rng),
            "graden": lambda: str(rng.randint(25, 60)),
            "vlak": lambda: surfaces.area(rng.randrange(10, 600, 2), rng),
            "opschrift": lambda: slogan(rng, split),
            "boom": lambda: rng.choice(TREES[split].split()).split("/")[0],
            "bijlage": self._missing,
        }
        return made[name]()

    def documents(self, ids: Iterable[str]) -> tuple[Document, ...]:
        """Give the documents as written; their last line ends without blanks."""
        texts = ["".join(pieces) for pieces in self.texts]
        if self.manner.lower:
            texts = [text.lower() for text in texts]
        return tuple(Document(id=name, text=text.rstrip(), received=self.world.received)
                     for name, text in zip(ids, texts, strict=False))

    def gold(self, facts: type[Facts], documents: tuple[Document, ...]) -> dict[str, Fact]:
        """Give the facts that the documents state, with their evidence; copied values as they are written."""
        return {path: self._gold(path, documents) for path in facts.kinds}

    def _gold(self, path: str, documents: tuple[Document, ...]) -> Fact:
        if path in self.world.omitted:
            return Fact(path=path, state="not_stated")
        if path in self.world.second:
            return Fact(path=path, state="unsure")
        kind = self.kinds[path]
        marks = [mark for mark in self.marks if mark.path == path]
        assert marks, f"{path} should be stated but no layout or sentence stated it"
        marks = marks if kind.many > 1 else marks[:1]
        evidence = []
        for mark in marks:
            quotation = documents[mark.document].text[mark.start:mark.end]
            evidence.append(Evidence(document=documents[mark.document].id, start=mark.start, end=mark.end,
                                     quotation=quotation, occurrences=sum(d.text.count(quotation) for d in documents)))
        values = tuple(e.quotation if kind.copied else m.value for e, m in zip(evidence, marks, strict=True))
        return Fact(path=path, state="stated", values=values, evidence=tuple(evidence))

    def _raw(self, text: str) -> None:
        self.texts[-1].append(text)
        self._at += len(text)

    def _text(self, text: str, about: str) -> None:
        if self.manner.typos and about != "omschrijving":
            text = _LETTERS.sub(self._mistyped, text)
        self._raw(text)

    def _mistyped(self, match: re.Match[str]) -> str:
        word = match[0]
        if self.rng.random() >= self.manner.typos:
            return word
        i = self.rng.randrange(1, len(word) - 1)
        return self.rng.choice((word[:i] + word[i + 1:], word[:i] + word[i] + word[i:],
                                word[:i] + word[i + 1] + word[i] + word[i + 2:]))

    def _distractor(self) -> str:
        if self.rng.random() < 0.15 and "bijlagen" not in self.world.second:
            return self.rng.choice(self.bank["later"])
        return self.noise.pop() if self.noise else self.rng.choice(self.bank["ruis"])

    def _mark(self, path: str, start: int, value: Value | None) -> None:
        self.marks.append(Mark(path, self.world.values[path] if value is None else value,
                               len(self.texts) - 1, start, self._at))

    def _fact(self, path: str, form: str, value: Value | None) -> None:
        if path == "locatie":
            return self._address(form)
        if path == "bomen":
            return self._trees()
        if path == "bijlagen":
            return self._attachments()
        start, before = self._at, len(self.marks)
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
            return self._raw(self.noun)
        if path == "omschrijving":
            return self._phrase(path, " anders" if value == "anders" else form and f":{form}", value)
        if path == "aantal_bomen":
            number = surfaces.numeral(int(value), rng, spoken=spoken)
            return self._raw(f"{number} {'boom' if value == 1 else rng.choice(('bomen', 'bomen', 'stuks'))}")
        if isinstance(kind, Choice):
            return self._phrase(path, f"={value}", value)
        if isinstance(kind, Euros):
            return self._raw(surfaces.euros(int(value), rng, spoken=spoken))
        if isinstance(kind, Whole):
            write = surfaces.area if kind.unit == "dm2" else surfaces.length
            return self._raw(write(int(value), rng, spoken=spoken))
        if isinstance(kind, Postcode):
            return self._raw(surfaces.postcode(str(value), rng))
        if isinstance(kind, Day):
            return self._day(path, form, date.fromisoformat(str(value)))
        return self._raw(str(value))

    def _day(self, path: str, form: str, when: date) -> None:
        received = self.world.received
        if path == "aanvraagdatum" or not self.relative:
            written = surfaces.day(when, self.rng)
        else:
            written = surfaces.coming_day(when, self.rng, received=received, spoken=self.manner.spoken)
        if form == "op" and (written[0].isdigit() or written.split()[0] in surfaces.WEEKDAYS):
            self._raw("op ")
        start = self._at
        self._raw(written)
        self._mark(path, start, when.isoformat())

    def _phrase(self, path: str, form: str, value: Value) -> None:
        fitting = [t for t in self.bank[f"frase {path}{form}"]
                   if all(name in self.pending or name in COMPOSITE for name in facts_in(t))]
        self.put(self.rng.choice(fitting), about=path, value=value if path != "omschrijving" else None)

    def _part(self, path: str) -> None:
        self._fact(path, "", None)

    def _address(self, form: str) -> None:
        street, number, postcode, place = (path in self.pending for path in ADDRESS)
        if form == "aan" and (street or number):
            name = str(self.world.values["locatie.straat"])
            if not street:
                self._raw("op ")
            elif name.split()[0] in ("De", "Het", "Den", "Op", "Achter", "Aan"):
                self._raw("aan ")
            else:
                self._raw("aan het " if name.endswith(_NEUTER) else "aan de ")
        if street:
            self._part("locatie.straat")
        if number:
            self._raw(" " if street else "nummer ")
            self._part("locatie.huisnummer")
        if (street or number) and (postcode or place):
            self._raw(" in " if form == "aan" and not postcode else self.rng.choice((", ", ", ", " te " if not postcode else ", ", " - ")))
        elif form == "aan" and (postcode or place):
            self._raw("in ")
        if postcode:
            self._part("locatie.postcode")
        if place:
            self._raw(" " if postcode else "")
            self._part("locatie.plaats")

    def _trees(self) -> None:
        number, kind = "aantal_bomen" in self.pending, "boomsoort" in self.pending
        single = self.world.values["aantal_bomen"] == 1 and "aantal_bomen" not in self.world.omitted
        start = self._at
        if number:
            self._raw(surfaces.numeral(int(self.world.values["aantal_bomen"]), self.rng, spoken=self.manner.spoken) + " ")
        elif single:
            self._raw("een ")
        elif not kind:
            self._raw(self.rng.choice(("", "enkele ", "wat ")))
        noun = self._at
        self._raw(self.world.tree[0 if single else 1] if kind else "boom" if single else "bomen")
        if number:
            self._mark("aantal_bomen", start, None)
        if kind:
            self._mark("boomsoort", noun, None)
        self.pending -= set(COMPOSITE["bomen"])

    def _attachments(self) -> None:
        for i, item in enumerate(self.world.attached):
            if i:
                self._raw(" en " if i == len(self.world.attached) - 1 else ", ")
            self.put(self.rng.choice(self.bank[f"frase bijlagen={item}"]), about="bijlagen", value=item)
        self.pending.discard("bijlagen")

    def _missing(self) -> str:
        absent = sorted({"situatietekening", "bouwtekening", "machtiging"} - set(self.world.attached))
        words = {"situatietekening": "De situatietekening", "bouwtekening": "De bouwtekening", "machtiging": "De machtiging"}
        return words[self.rng.choice(absent)] if absent else "De constructieberekening"
