"""Slots for who writes for whom, and when: a signature, a dateline, a principal and who acts for him.

These are the facts that a letter states by its form alone: the name below it, the day above it, "namens".
"""

from __future__ import annotations

import datetime as dt
import random

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.people import address_text
from finetune.klerk.slots import Fact, Place, Slot, Statement, Style, allowed, line, mark

SENDER = allowed("ondertekenaar", "getekend_door", "ondertekend_door", "naam_ondertekenaar", "handtekening_van")
DAYS = allowed(
    "briefdatum", "datum_brief", "dagtekening", "geschreven_op", "datum_bericht", "opgesteld_op", "verzonden_op"
)
PRINCIPAL = allowed("namens_wie", "voor_wie", "vertegenwoordigde", "lastgever", "client", "naam_client", "principaal")
ACTING = allowed(
    "vertegenwoordiger", "optredend_namens", "zaakwaarnemer", "namens_ingediend_door", "tussenpersoon_naam"
)
FOR_ANOTHER = (
    "Namens {0} dien ik, {1}, dit verzoek in.",
    "{1} treedt in deze zaak op voor {0}.",
    "Ik, {1}, schrijf u voor {0}.",
    "Mijn naam is {1} en ik handel dit af voor {0}.",
    "{0} heeft {1} gevraagd dit te regelen.",
    "Als adviseur van {0} vraag ik u dit. Getekend, {1}.",
    "Wij, {1}, zijn door {0} ingehuurd.",
    "In opdracht van {0} doet {1} dit verzoek.",
    "Voor {0}: {1}, bij volmacht.",
    "{1} vult dit in, maar het verzoek is van {0}.",
    "Onze klant {0} heeft ons, {1}, de volmacht gegeven.",
)
FOR_ONESELF = (
    "Mijn naam is {0} en ik dien dit zelf in.",
    "Ik ben {0}.",
    "U spreekt met {0}.",
    "{0} schrijft u dit voor zichzelf.",
    "Met dit bericht vraag ik, {0}, uw aandacht.",
    "Hierbij verzoekt {0} u om het volgende.",
    "Ik heet {0} en woon hier al lang.",
    "{0} doet dit verzoek.",
)


def a_name(rng: random.Random) -> str:
    return names.company(rng, "train") if rng.random() < 0.2 else names.person_name(rng, "train")


def acting(rng: random.Random) -> Slot:
    """A principal, and maybe someone who acts for him: who it is for and who writes are told apart."""
    alone = rng.random() < 0.35

    def say(rng: random.Random, style: Style) -> Statement:
        client, agent = a_name(rng), a_name(rng)
        facts = (Fact("naam", "text", client),) if alone else (Fact("naam", "text", client), Fact("wie", "text", agent))
        if style == "form":
            own = rng.choice(("Verzoek van", "Voor wie", "Naam van de cliënt", "Het verzoek is van", "Namens"))
            other = rng.choice(
                ("Ingevuld door", "Vertegenwoordiger", "Opgetreden door", "Zaakwaarnemer", "Bij volmacht")
            )
            lines = [line(own, client)] + ([] if alone else [line(other, agent)])
            rng.shuffle(lines)
            return Statement("\n".join(lines), facts)
        shape = rng.choice(FOR_ONESELF if alone else FOR_ANOTHER)
        return Statement(shape.format(mark(client), mark(agent)), facts)

    return Slot({"naam": PRINCIPAL, "wie": ACTING}, say, topic="personen")


def sender(rng: random.Random) -> Slot:
    """The name below a letter, with or without an address and a telephone number that belong to it."""

    def say(rng: random.Random, style: Style) -> Statement:
        who = a_name(rng)
        facts: list[Fact | tuple[Fact, ...]] = [Fact("naam", "text", who)]
        if style == "form":
            return Statement(
                line(
                    rng.choice(("Getekend", "Ondertekend door", "Handtekening", "Naam ondertekenaar", "Ondertekening")),
                    who,
                ),
                tuple(facts),
            )
        text = rng.choice(("{}", "{}", "w.g. {}", "w.g.\n{}", "(handtekening)\n{}", "- {}")).format(mark(who))
        if rng.random() < 0.4:
            said, found = address_text(rng, "prose", "")
            text += f"\n{said.replace(', ', chr(10), 1) if rng.random() < 0.5 else said}"
            facts += found
        if rng.random() < 0.3:
            phone = names.phone(rng)
            text += f"\n{rng.choice(('', 'tel. ', 'T '))}{mark(phone)}"
            facts.append(Fact("telefoon", "text", phone))
        close = rng.choice(
            (
                "Met vriendelijke groet,",
                "Hoogachtend,",
                "Groeten,",
                "Met groet,",
                "Mvg,",
                "Groet,",
                "Vriendelijke groeten,",
            )
        )
        return Statement(f"{close}{rng.choice((chr(10), chr(10), chr(10) * 2, ' '))}{text}", tuple(facts), "foot")

    def of(*ends: str) -> tuple[str, ...]:
        return allowed(*(f"{end}_ondertekenaar" for end in ends), *(f"ondertekenaar_{end}" for end in ends))

    keys = {
        "naam": SENDER,
        "straat": of("straat", "adres_straat"),
        "nummer": of("nummer", "huisnr"),
        "postcode": of("postcode", "pc"),
        "plaats": of("woonplaats", "plaats"),
        "telefoon": of("telefoon", "tel"),
    }
    return Slot(keys, say)


def dateline(rng: random.Random, received: dt.date) -> Slot:
    """The day on which a piece was written: above it, below it, or in its heading."""

    def say(rng: random.Random, style: Style) -> Statement:
        day = received - dt.timedelta(days=rng.choice((0, 0, 1, 2, 3, 5, 9, 14)))
        text = surfaces.written_day(rng, day)
        facts = (Fact("dag", "day", text, surfaces.iso(day)),)
        if style == "form":
            label = rng.choice(("Datum formulier", "Ingevuld op", "Datum", "Dagtekening", "Verzonden"))
            return Statement(line(label, text), facts)
        place: Place = rng.choice(("head", "head", "foot"))
        town = names.place(rng, "train")
        shapes = {
            "head": ("{1}, {0}", "Datum: {0}", "{0}", "Verzonden op {0}", "d.d. {0}", "Op {0} schreef ik:"),
            "foot": ("{1}, {0}", "Opgesteld op {0}", "Getekend te {1} op {0}", "{0}", "Aldus geschreven, {0}"),
        }
        return Statement(rng.choice(shapes[place]).format(mark(text), town), facts, place)

    return Slot({"dag": DAYS}, say, topic="brieven")
