"""Slots of frames: a subject states some of its facts, in form lines or in sentences with look-alikes among them."""

from __future__ import annotations

import datetime as dt
import random
import re

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.fillers import HOLE, filled
from finetune.klerk.frames import Fact as Told
from finetune.klerk.frames import Frame, Sentence, bank
from finetune.klerk.people import address_text, flat_keys
from finetune.klerk.renaming import pseudo_name
from finetune.klerk.slots import DRIFTING, Fact, Slot, Statement, Style, allowed, beside, mark

_LONG = re.compile(r"[^\W\d_]{4,}")
ADDRESS = ("straat", "nummer", "postcode", "plaats")
Said = tuple[str, tuple[Fact | tuple[Fact, ...], ...]]
"""A value as it stands in the text, marked, and the facts that it supports."""


def slot(rng: random.Random, received: dt.date) -> Slot:
    """Some frame of the bank as a slot; its topic is the frame's file, so that two of a kind never meet."""
    return _slot(rng.choice(bank()), received)


def unseen(rng: random.Random, received: dt.date) -> Slot:
    """Likewise a frame that training never reads."""
    return _slot(rng.choice(bank(unseen=True)), received)


def _slot(frame: Frame, received: dt.date) -> Slot:
    keys: dict[str, tuple[str, ...]] = {}
    for told in frame.facts.values():
        if told.sort == "address":
            keys |= {f"{told.name}.{part}": sum((flat_keys(part, noun) for noun in told.keys), ()) for part in ADDRESS}
        else:
            keys[told.name] = allowed(*told.keys)

    def say(rng: random.Random, style: Style) -> Statement:
        return on_form(rng, frame, received) if style == "form" else in_prose(rng, frame, received)

    return Slot(keys, say, topic=frame.topic)


def on_form(rng: random.Random, frame: Frame, received: dt.date) -> Statement:
    """Two facts in three under labels, mostly in the order of the frame."""
    chosen = [told for told in frame.facts.values() if rng.random() < 0.65] or [rng.choice(list(frame.facts.values()))]
    if rng.random() < 0.4:
        rng.shuffle(chosen)
    several = sum(told.sort == "address" for told in chosen) > 1
    lines: list[str] = []
    facts: list[Fact | tuple[Fact, ...]] = []
    for told in chosen:
        label = rng.choice(frame.labels[told.name])
        found: tuple[Fact | tuple[Fact, ...], ...]
        if told.sort == "yesno":
            value = rng.choice(("ja", "nee"))
            written = rng.choice((value, value, value.capitalize(), value.upper(), f"[x] {value}"))
            text, found = mark(written), (Fact(told.name, "yesno", written, value),)
        elif told.sort == "address":
            bare = f"{label} " if several else ""  # two addresses without a word before them cannot be told apart
            text, parts = address_text(rng, "form", rng.choice((f"{label} ", f"{label}: ", f"{label} ", bare)))
            lines.append(text)
            facts += _under(told, parts)
            continue
        else:
            text, found = value_of(rng, told, received, "form")
        lines.append(f"{label}\t{text}")
        facts += found
    return Statement("\n".join(lines), tuple(facts))


def in_prose(rng: random.Random, frame: Frame, received: dt.date) -> Statement:
    """Sentences that share no fact, as many as are drawn, with noise of the same subject before, among or behind."""
    wanted = rng.choice((1, 1, 2, 2, 3, 4))
    taken: set[str] = set()
    chosen: list[Sentence] = []
    for sentence in rng.sample(frame.sentences, len(frame.sentences)):
        if not sentence.says & taken:
            chosen.append(sentence)
            taken |= sentence.says
        if len(chosen) == wanted:
            break
    said: list[str] = []
    facts: list[Fact | tuple[Fact, ...]] = []
    for sentence in chosen:
        text, found = spoken(rng, frame, sentence, received)
        said.append(text)
        facts += found
    for noise in rng.sample(frame.noise, min(len(frame.noise), rng.choice((0, 0, 1, 1, 2)))):
        said.insert(rng.randint(0, len(said)), filled(rng, noise))
    return Statement(rng.choice((" ", " ", " ", "\n")).join(said), tuple(facts))


def spoken(rng: random.Random, frame: Frame, sentence: Sentence, received: dt.date) -> Said:
    """The sentence with its holes filled, and what it states."""
    values = {name: value_of(rng, frame.facts[name], received, "prose") for name in sorted(sentence.holes)}
    text = sentence.text
    facts: list[Fact | tuple[Fact, ...]] = [fact for _, found in values.values() for fact in found]
    if sentence.fact:
        before, _, rest = text.partition("«")
        quote, _, after = rest.partition("»")
        facts.append(Fact(sentence.fact, "yesno", quote, sentence.value))
        text = f"{before}{mark(quote)}{after}"
    return HOLE.sub(lambda hole: values[hole[1]][0], text), tuple(facts)


def value_of(rng: random.Random, told: Told, received: dt.date, style: Style) -> Said:
    """A value of the fact; a number, an amount or a day sometimes beside one that no longer holds."""
    if told.sort == "address":
        text, found = address_text(rng, style, "")
        return text, _under(told, found)
    if told.sort == "list":
        quotes = [value for value, _ in rng.sample(told.values, min(len(told.values), rng.randint(1, 4)))]
        marked = [mark(quote) for quote in quotes]
        joint = rng.choice((", ", "; ", " / ")) if style == "form" else ", "
        text = joint.join(marked)
        if style == "prose" and len(marked) > 1:
            text = f"{', '.join(marked[:-1])} en {marked[-1]}"
        return text, (tuple(Fact(told.name, "list", quote) for quote in quotes),)
    sort, (quote, value) = _sorted(told.sort), _drawn(rng, told, received, style)
    shown = mark(quote)
    if sort in DRIFTING and rng.random() < (0.12 if style == "form" else 0.06):
        shown = beside(rng, quote, _drawn(rng, told, received, style)[0])
    return shown, (Fact(told.name, sort, quote, value),)


def _under(told: Told, found: tuple[Fact, ...]) -> tuple[Fact, ...]:
    return tuple(Fact(f"{told.name}.{fact.name}", fact.sort, fact.quote, fact.value) for fact in found)


def _sorted(sort: str) -> str:
    """The sort that an answer is scored under."""
    if sort in ("length", "area", "count"):
        return "number"
    return sort if sort in ("day", "money", "choice") else "text"


def _drawn(rng: random.Random, told: Told, received: dt.date, style: Style) -> tuple[str, object]:
    """A surface and its value (None where the quotation is the value)."""
    match told.sort:
        case "day":
            return surfaces.day(rng, received)
        case "money":
            return surfaces.money(rng)
        case "length":
            return surfaces.length(rng)
        case "area":
            return surfaces.area(rng, square_decimetres=False)
        case "count":
            return surfaces.count(rng, told.noun if style == "prose" or rng.random() < 0.2 else None)
        case "choice":
            value, ways = rng.choice(told.values)
            return rng.choice(ways), value
        case "text":
            return _words(rng, told), None
        case "person" | "company" | "party" | "place" as who:
            return _name(rng, who), None
        case "code":
            return rng.choice((surfaces.code(rng), names.case_number(rng))), None
        case "phone":
            return names.phone(rng), None
        case _:
            return names.email(rng, "train"), None


def _name(rng: random.Random, who: str) -> str:
    """A name; in one of three every longer word is one that exists nowhere."""
    makers = {"person": names.person_name, "company": names.company, "place": names.place}
    made = makers[who if who != "party" else rng.choice(("person", "person", "person", "company"))](rng, "train")
    return _LONG.sub(lambda word: pseudo_name(rng, word[0]), made) if rng.random() < 0.33 else made


def _words(rng: random.Random, told: Told) -> str:
    """A phrase of the fact; one in five has a word that exists nowhere, which can only be copied."""
    words = rng.choice(told.values)[0].split(" ")
    if rng.random() < 0.2:
        words[rng.randrange(len(words))] = surfaces.pseudo_word(rng)
    return " ".join(words)
