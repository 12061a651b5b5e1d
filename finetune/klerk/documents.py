"""Documents: what the slots say, laid out as a form, letter, e-mail, note, minutes or notice."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.slots import CLOSE, OPEN, WORDS, Fact, Slot, Statement, Style, allowed, mark
from finetune.klerk.things import work_phrase

Layout = Callable[[random.Random, list[str], dt.date], str]


def filler(rng: random.Random) -> str:
    text: str = rng.choice(WORDS["fillers"])
    while "{" in text:
        start = text.index("{")
        kind = text[start : text.index("}") + 1]
        made = {
            "{day}": lambda: surfaces.written_day(rng, dt.date(2019, 1, 1) + dt.timedelta(days=rng.randrange(2500))),
            "{ref}": lambda: names.case_number(rng),
            "{year}": lambda: str(rng.randint(2005, 2025)),
            "{name}": lambda: names.person_name(rng, "train"),
            "{street}": lambda: f"{names.street(rng, 'train')} {names.house_number(rng)}",
            "{n}": lambda: str(rng.randint(2, 21)),
        }[kind]()
        text = text.replace(kind, made, 1)
    return text


def form(rng: random.Random, said: list[str], received: dt.date) -> str:
    """Label and value per line; the tab that slots put between them becomes one of many separators."""
    separator = rng.choice((": ", ": ", ": ", " : ", "\n", " = ", " - ", ":  ", " | ", "\t", ":\n"))
    capital = rng.random() < 0.8
    lines = [row for text in said for row in text.split("\n")]
    rows = [(row[0].upper() + row[1:] if capital else row).replace("\t", separator, 1) for row in lines]
    bullet = rng.choice(("", "", "", "- ", "* "))
    subject = rng.choice(WORDS["subjects"])
    head = rng.choice((f"Formulier {subject}\n", f"{subject.upper()}\n", f"Aanvraagformulier: {subject}\n\n", ""))
    return head + "\n".join(bullet + row for row in rows)


def paragraphs(rng: random.Random, said: list[str]) -> str:
    """Sentences in paragraphs, with filler among them."""
    sentences = [s[0].upper() + s[1:] if s[0] != OPEN else s for s in said]
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        sentences.insert(rng.randint(0, len(sentences)), filler(rng))
    text = sentences[0]
    for sentence in sentences[1:]:
        text += rng.choice((" ", " ", " ", "\n", "\n\n")) + sentence
    return text


def letter(rng: random.Random, said: list[str], received: dt.date) -> str:
    subject = rng.choice(WORDS["subjects"])
    greeting = rng.choice(("Geachte heer, mevrouw,", "Beste mensen,", "Geacht college,", "L.S.,", "Beste gemeente,"))
    close = rng.choice(("Met vriendelijke groet,", "Hoogachtend,", "Groeten,", "Met groet,"))
    day = surfaces.written_day(rng, received - dt.timedelta(days=rng.randint(0, 6)))
    head = rng.choice((f"{names.place(rng, 'train')}, {day}\n\n", "", f"Betreft: {subject}\n\n"))
    sign = f"\n\n{close}\n{names.person_name(rng, 'train')}" if rng.random() < 0.7 else ""
    return f"{head}{greeting}\n\n{paragraphs(rng, said)}{sign}"


def mail(rng: random.Random, said: list[str], received: dt.date) -> str:
    subject = rng.choice(WORDS["subjects"])
    head = f"Van: {names.email(rng, 'train')}\nOnderwerp: {rng.choice(('', 'RE: ', 'Fwd: '))}{subject}\n\n"
    hello = rng.choice(("Hallo,", "Goedemorgen,", "Beste,", "Dag,", "Hoi,"))
    old = ""
    if rng.random() < 0.3:
        day = surfaces.written_day(rng, received - dt.timedelta(days=rng.randint(8, 90)))
        old = f"\n\n> Op {day} schreef {names.email(rng, 'train')}:\n> {filler(rng)}"
    return f"{head}{hello}\n\n{paragraphs(rng, said)}\n\nGr. {names.person(rng, 'train').first_name}{old}"


def note(rng: random.Random, said: list[str], received: dt.date) -> str:
    head = rng.choice(("Telefoonnotitie", "Notitie balie", "Gespreksverslag", "Belnotitie KCC"))
    who = rng.choice((f" {names.person_name(rng, 'train')}", ""))
    bullets = rng.random() < 0.4
    body = "\n".join(f"- {s}" for s in said) if bullets else paragraphs(rng, said)
    return f"{head}{who}\n{body}"


def minutes(rng: random.Random, said: list[str], received: dt.date) -> str:
    place = names.place(rng, "train")
    head = rng.choice((f"Verslag dorpsraad {place}", "Besluitenlijst", f"Overleg {rng.choice(WORDS['subjects'])}"))
    return f"{head}\n\n" + "\n".join(f"{i}. {s}" for i, s in enumerate(said, 1))


def plain(rng: random.Random, said: list[str], received: dt.date) -> str:
    return paragraphs(rng, said)


PROSE: tuple[Layout, ...] = (letter, letter, mail, mail, note, minutes, plain)


def write(rng: random.Random, said: list[str], received: dt.date, style: Style) -> str:
    return (form if style == "form" else rng.choice(PROSE))(rng, said, received)


def notice_slot(rng: random.Random) -> Slot:
    """A published notice on one line: kind, street, number, postcode, place and work, in varying order."""
    keys = {
        "soort": allowed("soort_bericht", "soort_publicatie", "type_bericht", "rubriek"),
        "straat": allowed("straatnaam", "adres_straat", "straat_naam", "straat_object"),
        "nummer": allowed("nummer", "huisnr", "adres_nummer", "nummer_toevoeging"),
        "postcode": allowed("postcode_adres", "adres_postcode", "pc", "postcode_object"),
        "plaats": allowed("woonplaats", "plaatsnaam", "dorp_of_stad", "adres_plaats"),
        "werk": allowed("werkzaamheden", "verzoek", "wat_gaat_er_gebeuren", "bedoeling", "handeling"),
        "zaak": allowed("zaaknummer", "kenmerk", "dossiernummer"),
    }

    def say(rng: random.Random, style: Style) -> Statement:
        kinds = (
            "Aanvraag omgevingsvergunning",
            "Verleende vergunning",
            "Verlengde beslistermijn",
            "Geweigerde ontheffing",
            "Melding",
            "Besluit omgevingsvergunning",
            "Ingetrokken aanvraag",
            "Verkeersbesluit",
            "Evenementenvergunning",
            "Ontheffing",
            "Buiten behandeling gestelde aanvraag",
            "Kennisgeving",
            "Verlenging termijn",
            "Gedoogbeschikking",
            "Ligplaatsvergunning",
        )
        kind, where, phrase = rng.choice(kinds), names.address(rng, "train"), work_phrase(rng)
        postcode = surfaces.written_postcode(rng, where.postcode)
        facts = [
            Fact("soort", "text", kind),
            Fact("straat", "text", where.street),
            Fact("nummer", "text", where.number),
            Fact("postcode", "postcode", postcode, where.postcode),
            Fact("plaats", "text", where.place),
            Fact("werk", "text", phrase),
        ]
        sep = rng.choice((" - ", " - ", ", ", ": ", " | ", "; ", " – ", " / "))
        code = rng.random() < 0.75
        joint = f" {mark(postcode)} " if code else " "
        comma = rng.choice((",", ",", "", " te" if not code else ",", " in" if not code else ""))
        spot = f"{mark(where.street)} {mark(where.number)}{comma}{joint}{mark(where.place)}"
        if not code:
            del facts[3]
        middle = [spot, mark(phrase)]
        if rng.random() < 0.3:
            middle.reverse()
        if rng.random() < 0.35:
            number = rng.choice((names.case_number(rng), surfaces.code(rng)))
            middle.insert(
                rng.randint(0, 2), rng.choice(("zaaknummer ", "", "(", "Z: ")).replace("(", "") + mark(number)
            )
            facts.append(Fact("zaak", "text", number))
        lead = mark(kind) + (sep if rng.random() < 0.7 else rng.choice((" voor ", ": ", " ")))
        ontvangen = surfaces.written_day(rng, dt.date(2025, 1, 1) + dt.timedelta(days=rng.randrange(500)))
        tail = rng.choice(("", "", ".", f" (ontvangen {ontvangen})"))
        text = lead + sep.join(middle) + tail
        if rng.random() < 0.2:
            text = rng.choice(("Gemeente ", "Burgemeester en wethouders van ")) + names.place(rng, "train") + sep + text
        return Statement(text, tuple(facts))

    return Slot(keys, say, groups=allowed("bericht", "publicatie", "object"), inner=keys)


def with_typing_errors(rng: random.Random, text: str, rate: float) -> str:
    """Swap, drop or double letters outside the marked values."""
    out, inside = [], False
    for char in text:
        inside = (inside or char == OPEN) and char != CLOSE
        roll = rng.random() if not inside and char.isalpha() else 1.0
        out.append("" if roll < rate / 2 else char * 2 if roll < rate else char)
    return "".join(out)


def unmarked(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")
