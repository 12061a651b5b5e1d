"""Slots for people and addresses: a role with name, telephone, e-mail and address, or a spot."""

from __future__ import annotations

import random

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.slots import WORDS, Fact, Slot, Statement, Style, allowed, line, mark

LEAVES: dict[str, tuple[str, ...]] = {
    "naam": ("naam", "volledige_naam", "wie", "naam_voluit"),
    "telefoon": ("telefoon", "tel", "telefoonnummer", "bereikbaar_op"),
    "mail": ("mail", "email", "e_mail", "mailadres"),
    "straat": ("straatnaam", "adres_straat", "straat_naam", "naam_van_de_straat"),
    "nummer": ("nummer", "huisnr", "adres_nummer", "nr", "nummer_toevoeging"),
    "postcode": ("postcode_adres", "pc", "adres_postcode", "postcode_zes"),
    "plaats": ("woonplaats", "plaatsnaam", "dorp_of_stad", "adres_plaats"),
}
LABELS: dict[str, tuple[str, ...]] = {
    "naam": ("Naam", "Naam en voorletters", "Volledige naam"),
    "telefoon": ("Telefoon", "Tel.", "Telefoonnummer", "Mobiel"),
    "mail": ("E-mail", "E-mailadres", "Mail"),
    "straat": ("Straat", "Straatnaam", "Straat en nummer", "Adres"),
    "nummer": ("Huisnummer", "Nummer", "Nr.", "Huisnr."),
    "postcode": ("Postcode", "Postcode", "pc"),
    "plaats": ("Woonplaats", "Plaats", "Gemeente"),
}


def flat_keys(part: str, who: str) -> tuple[str, ...]:
    """Keys such as "naam_melder", "melder_naam"; a role alone stands for its name."""
    keys = [key for leaf in (*LEAVES[part][:3], part) for key in (f"{leaf}_{who}", f"{who}_{leaf}")]
    return allowed(*keys, *((who, f"{who}_is") if part == "naam" else ()))


def address_facts(where: names.Address, postcode: str) -> tuple[Fact, ...]:
    return (
        Fact("straat", "text", where.street),
        Fact("nummer", "text", where.number),
        Fact("postcode", "postcode", postcode, where.postcode),
        Fact("plaats", "text", where.place),
    )


def address_text(rng: random.Random, style: Style, prefix: str) -> tuple[str, tuple[Fact, ...]]:
    """An address as form lines or in one breath, with its facts; some parts may stay unsaid."""
    where = names.address(rng, "train")
    if rng.random() < 0.08:
        stem = surfaces.pseudo_word(rng).capitalize()
        where = names.Address(stem + rng.choice(("straat", "weg", "laan")), where.number, where.postcode, where.place)
    postcode = surfaces.written_postcode(rng, where.postcode)
    facts = address_facts(where, postcode)
    street, number, code, place = (mark(f.quote) for f in facts)
    roll = rng.random()
    if style == "form":
        if roll < 0.4:
            parts = ("straat", "nummer", "postcode", "plaats")
            values = (where.street, where.number, postcode, where.place)
            said = [line(f"{prefix}{rng.choice(LABELS[p])}", v) for p, v in zip(parts, values, strict=True)]
            return "\n".join(said), facts
        first = f"{prefix}{rng.choice(('Adres', 'Straat en huisnummer', 'Straat + nr'))}\t{street} {number}"
        if roll < 0.75:
            label = rng.choice(("Postcode en plaats", "Postcode/woonplaats", "Plaats"))
            return f"{first}\n{prefix}{label}\t{code} {place}", facts
        return f"{first}, {code} {place}", facts
    if roll < 0.12:
        return f"{street} {number}", facts[:2]
    if roll < 0.22:
        return f"{street} {number} {rng.choice(('te', 'in'))} {place}", (*facts[:2], facts[3])
    joint = rng.choice((", ", " te ", " in ", ", "))
    return f"{street} {number}, {code}{' ' if joint == ', ' else joint}{place}", facts


def person(rng: random.Random) -> Slot:
    who, label = rng.choice(WORDS["roles"])
    parts = ("naam", "telefoon", "mail", "straat", "nummer", "postcode", "plaats")
    with_address, with_contact = rng.random() < 0.6, rng.random() < 0.4

    def say(rng: random.Random, style: Style) -> Statement:
        name = names.company(rng, "train") if rng.random() < 0.12 else names.person_name(rng, "train")
        if rng.random() < 0.06:
            name = f"{surfaces.pseudo_word(rng).capitalize()} {surfaces.pseudo_word(rng).capitalize()}"
        phone, mail = names.phone(rng), names.email(rng, "train")
        facts = [Fact("naam", "text", name)]
        prefix = rng.choice((f"{label} ", f"{label}: ", "")) if style == "form" else ""
        if style == "form":
            lines = [line(rng.choice((label, f"naam {label}", f"{label} naam")), name)]
            if with_address:
                said, found = address_text(rng, style, prefix)
                lines.append(said)
                facts += found
            if with_contact:
                lines += [line(f"{prefix}{rng.choice(LABELS['telefoon'])}", phone)]
                facts.append(Fact("telefoon", "text", phone))
                if rng.random() < 0.6:
                    lines.append(line(f"{prefix}{rng.choice(LABELS['mail'])}", mail))
                    facts.append(Fact("mail", "text", mail))
            return Statement("\n".join(lines), tuple(facts))
        text = rng.choice(
            (
                f"De {label} is {mark(name)}",
                f"Als {label} treedt {mark(name)} op",
                f"{mark(name)} is de {label}",
            )
        )
        if with_address:
            said, found = address_text(rng, style, "")
            text += rng.choice((f", {said}", f", wonende aan de {said}", f" ({said})", f", adres {said}"))
            facts += found
        if with_contact:
            text += rng.choice((f", bereikbaar op {mark(phone)}", f", tel. {mark(phone)}", f" ({mark(phone)})"))
            facts.append(Fact("telefoon", "text", phone))
            if rng.random() < 0.4:
                text += f", {mark(mail)}"
                facts.append(Fact("mail", "text", mail))
        return Statement(f"{text}.", tuple(facts))

    return Slot(
        {part: flat_keys(part, who) for part in parts},
        say,
        groups=allowed(who, f"gegevens_{who}", f"de_{who}", f"{who}_gegevens"),
        inner=LEAVES,
    )


def spot(rng: random.Random) -> Slot:
    where, label = rng.choice(WORDS["spots"])
    parts = ("straat", "nummer", "postcode", "plaats")

    def say(rng: random.Random, style: Style) -> Statement:
        bare = label.split(" ", 1)[1]
        said, facts = address_text(
            rng, style, rng.choice((f"{bare} ", f"{bare}: ", f"{bare} ", "")) if style == "form" else ""
        )
        if style == "form":
            return Statement(said, facts)
        sentence = rng.choice(
            (
                "Het adres van {} is {}.",
                "Voor {} geldt als adres {}.",
                "Wat {} betreft: {}.",
                "Adres van {}: {}.",
            )
        )
        return Statement(sentence.format(label, said), facts)

    return Slot(
        {part: flat_keys(part, where) for part in parts},
        say,
        groups=allowed(where, f"adres_{where}", f"{where}_adres"),
        inner={part: LEAVES[part] for part in parts},
    )
