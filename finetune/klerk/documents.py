"""Documents: what the slots say, composed of blocks into one or two pieces, and the published notice on one line."""

from __future__ import annotations

import datetime as dt
import random

from data_templates import names
from finetune.klerk import layouts, surfaces
from finetune.klerk.slots import CLOSE, OPEN, WORDS, Fact, Slot, Statement, Style, allowed, mark
from finetune.klerk.things import work_phrase

Said = tuple[Style, Statement]
NOTES = (
    "Telefoonnotitie",
    "Notitie balie",
    "Gespreksverslag",
    "Belnotitie KCC",
    "Verslag van het overleg",
    "Besluitenlijst",
)


def compose(rng: random.Random, said: list[Said]) -> str:
    """One document, or two of which the second adds to the first."""
    if len(said) > 4 and rng.random() < 0.25:
        cut = rng.randint(2, len(said) - 2)
        between = rng.choice(
            ("\n\n", "\n\n", "\n\n=====\n\n", "\n\nBijlage 1\n\n", "\n\n--- tweede stuk ---\n", "\n\n\n")
        )
        return between.join((piece(rng, said[:cut]), piece(rng, said[cut:])))
    return piece(rng, said)


def piece(rng: random.Random, said: list[Said]) -> str:
    """Head, blocks and foot of one document; each block holds neighbours of one style."""
    head = [statement.text for _, statement in said if statement.place == "head"]
    foot = [statement.text for _, statement in said if statement.place == "foot"]
    body = [one for one in said if one[1].place == "body"]
    blocks: list[tuple[Style, list[str]]] = []
    for style, statement in body:
        full = blocks and (len(blocks[-1][1]) >= 3 and rng.random() < 0.12)
        if not blocks or blocks[-1][0] != style or full:
            blocks.append((style, []))
        blocks[-1][1].append(statement.text)
    laid = [
        layouts.form_block(rng, part) if style == "form" else layouts.prose_block(rng, part) for style, part in blocks
    ]
    if rng.random() < 0.3:
        laid = [f"{layouts.heading(rng, rng.choice(layouts.SECTIONS))}\n{block}" for block in laid]
    text = rng.choice(("\n\n", "\n\n", "\n")).join(laid)
    written = any(style == "prose" for style, _ in blocks)
    if head or foot or (written and rng.random() < 0.6):
        above, below = layouts.opening(rng, head, rng.random() < 0.4), layouts.closing(rng, foot)
        return "\n\n".join(part for part in (above.strip("\n"), text, below) if part)
    if rng.random() < 0.5:
        subject = rng.choice(WORDS["subjects"])
        titles = (
            f"Formulier {subject}",
            subject.upper(),
            f"Aanvraagformulier: {subject}",
            f"{rng.choice(NOTES)} {subject}",
        )
        text = layouts.heading(rng, rng.choice(titles)) + rng.choice(("\n", "\n\n")) + text
    return text


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
