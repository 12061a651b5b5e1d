"""Slots made up on the spot: fields whose name no model can know, so that a key is found by its words alone.

A name is a compound of two Dutch halves, or a word that exists nowhere; what it holds is text, a number, an amount, a
day, a state that does or does not hold, or a short list of names.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.slots import WORDS, Fact, Slot, Statement, Style, allowed, line, mark, single

LABELS = ("{0}", "{0} van het verzoek", "Uw {0}", "{0} (invullen)", "Wat is {1} {0}?", "Opgave {0}", "{0} volgens u")
SENTENCES = (
    "{1} {0} is {{}}.",
    "Als {0} geldt {{}}.",
    "Voor {1} {0} noteren we {{}}.",
    "Bij {1} {0} hoort {{}}.",
    "Met {{}} is {1} {0} bekend.",
    "{{}} is {1} {0}.",
    "Wij gaan uit van {{}} als {0}.",
    "U vroeg naar {1} {0}: dat is {{}}.",
    "{0}: {{}}.",
    "Volgens de stukken is {{}} {1} {0}.",
    "Over {1} {0}: {{}}, zo is het doorgegeven.",
    "Inmiddels staat {1} {0} op {{}}.",
)
CLAIMS = {
    "ja": (
        "{1} {0} is {2}",
        "{2} is {1} {0} wel",
        "{1} {0} is al {2}",
        "wij hebben gezien dat {1} {0} {2} is",
        "{1} {0} is inderdaad {2}",
        "het klopt dat {1} {0} {2} is",
        "er is een {0} die {2} is",
    ),
    "nee": (
        "{1} {0} is niet {2}",
        "{2} is {1} {0} niet",
        "{1} {0} is nog niet {2}",
        "{1} {0} is nooit {2} geweest",
        "het is niet zo dat {1} {0} {2} is",
        "{1} {0} is helaas niet {2}",
        "van een {0} die {2} is, is geen sprake",
    ),
}


def compound(rng: random.Random) -> tuple[str, str]:
    """A name and its article."""
    if rng.random() < 0.15:
        return surfaces.pseudo_word(rng) + surfaces.pseudo_word(rng), rng.choice(("de", "het"))
    last, article = rng.choice(WORDS["second_halves"])
    return rng.choice(WORDS["first_halves"]) + last, article


def keys_for(name: str, *ends: str) -> tuple[str, ...]:
    return allowed(name, f"{name}_opgave", f"opgegeven_{name}", f"de_{name}", *(f"{name}_{end}" for end in ends))


def written(shapes: tuple[str, ...], name: str, article: str) -> tuple[str, ...]:
    said = tuple(shape.format(name, article) for shape in shapes)
    return tuple(text[0].upper() + text[1:] for text in said)


def free_text(rng: random.Random) -> str:
    makers: tuple[Callable[[], str], ...] = (
        lambda: surfaces.pseudo_word(rng),
        lambda: surfaces.code(rng),
        lambda: names.company(rng, "train"),
        lambda: f"{surfaces.pseudo_word(rng)} {surfaces.pseudo_word(rng)}",
        lambda: f'"{surfaces.pseudo_word(rng)} {rng.choice(WORDS["first_halves"])}"',
        lambda: f"{rng.choice(WORDS['verbs'])} van {rng.choice(WORDS['objects'])}",
        lambda: f"{compound(rng)[0]} {rng.choice(WORDS['tails'])}",
        lambda: f"{rng.choice(WORDS['verbs'])}, {compound(rng)[0]} en {compound(rng)[0]}",
    )
    return rng.choice(makers)()


def invented(rng: random.Random, received: dt.date) -> Slot:
    """One field with a made-up name."""
    name, article = compound(rng)
    sort, ends, surface = rng.choice(
        (
            ("text", ("omschrijving_kort", "naam"), lambda r, _: (free_text(r), None)),
            ("text", ("omschrijving_kort", "naam"), lambda r, _: (free_text(r), None)),
            ("number", ("cm", "lengte"), lambda r, _: surfaces.length(r)),
            ("number", ("aantal", "stuks"), lambda r, s: surfaces.count(r, None if s == "form" else "stuks")),
            ("number", ("m2", "vlak"), lambda r, _: surfaces.area(r, square_decimetres=False)),
            ("money", ("bedrag", "cent"), lambda r, _: surfaces.money(r)),
            ("day", ("datum", "dag"), lambda r, _: surfaces.day(r, received)),
        )
    )
    labels, sentences = written(LABELS, name, article), written(SENTENCES, name, article)
    return single(f"veld {name}", sort, keys_for(name, *ends), labels, sentences, surface)


def state(rng: random.Random) -> Slot:
    """Whether something has a property: said outright, denied, or ticked."""
    name, article = compound(rng)
    if rng.random() < 0.3:
        name, _, article = rng.choice(WORDS["things"])
    what = rng.choice(WORDS["states"])
    slug = what.replace(" ", "_")

    def say(rng: random.Random, style: Style) -> Statement:
        value = rng.choice(("ja", "nee"))
        if style == "form" and rng.random() < 0.75:
            quote = rng.choice((value, value.capitalize(), f"[x] {value}", value.upper(), value))
            label = rng.choice((f"Is {article} {name} {what}?", f"{name} {what}", f"{name}: {what}"))
            return Statement(line(label, quote), (Fact("jn", "yesno", quote, value),))
        clause = rng.choice(CLAIMS[value]).format(name, article, what)
        shape = rng.choice(("{}.", "Verder geldt: {}.", "Ook dit: {}.", "{}, voor zover ik weet.", "Daarbij, {}."))
        said = line(rng.choice(("Opmerking", "Toelichting", name)), clause) if style == "form" else ""
        return Statement(said or shape.format(mark(clause)), (Fact("jn", "yesno", clause, value),))

    keys = allowed(f"{name}_{slug}", f"{slug}_{name}", f"is_{name}_{slug}", f"{name}_is_{slug}")
    return Slot({"jn": keys}, say)


def names_list(rng: random.Random) -> Slot:
    """Several names or codes under one heading, on one line or one below the other."""
    name, article = compound(rng)

    def say(rng: random.Random, style: Style) -> Statement:
        made = [rng.choice((free_text, lambda r: names.person_name(r, "train")))(rng) for _ in range(rng.randint(1, 4))]
        facts = tuple(Fact("lijst", "list", quote) for quote in made)
        marked = [mark(quote) for quote in made]
        if style == "form":
            return Statement(f"{name}\t{rng.choice((', ', '; ', ' / ', ' + ')).join(marked)}", (facts,))
        if rng.random() < 0.3:
            sign = rng.choice(("- ", "* ", "• "))
            return Statement(f"{article} {name}:\n" + "\n".join(sign + quote for quote in marked), (facts,))
        joined = marked[0] if len(marked) == 1 else f"{', '.join(marked[:-1])} en {marked[-1]}"
        return Statement(f"Tot {article} {name} behoren {joined}.", (facts,))

    return Slot({"lijst": keys_for(name, "lijst")}, say)
