"""Invented names beyond the stems of `names.txt`: training meets ever new ones, so that they are read, not known.

Everything takes a `random.Random` and a split. Evaluation gets what `names` gives it; training gets that too, and
beside it made-up words in Dutch spelling and more ways of writing a name. No made-up word holds a stem of "eval".
"""

from __future__ import annotations

import random
from collections.abc import Callable

from data_templates import names
from data_templates.dossier import Split
from data_templates.names import WORDS, Address

_UNSEEN = tuple(word.lower() for (_, split), words in WORDS.items() if split == "eval" for word in words)
_OUTSIDE = ("zaan", "wormer", "krommenie", "assendelft", "jisp", "koog", "knollendam", "markenbinnen")
_FORMS = ("B.V.", "BV", "VOF", "v.o.f.", "N.V.", "& Co.", "Holding B.V.", "U.A.", "Groep", "Nederland B.V.", "")
_TITLES = ("drs. ", "ir. ", "ing. ", "mr. ", "dr. ", "prof. dr. ", "drs. ing. ", "ds. ")
_ADDRESSED = ("dhr. ", "hr. ", "mw. ", "mevr. ", "de heer ", "Mevrouw ", "De heer ", "familie ", "fam. ", "Mw. ")


def _unseen(word: str) -> bool:
    """Whether a word may be used in training."""
    return not any(stem in word.lower() for stem in _UNSEEN + _OUTSIDE)


def _new(make: Callable[[random.Random], str], rng: random.Random) -> str:
    while True:
        made = make(rng)
        if _unseen(made):
            return made


def _word(rng: random.Random) -> str:
    word = rng.choice(WORDS["begin", "made"]) + rng.choice(WORDS["middle", "made"]) + rng.choice(WORDS["end", "made"])
    return (word + rng.choice(("", *WORDS["more", "made"]))).capitalize()


def made_up(rng: random.Random) -> str:
    """A made-up word with a capital."""
    return _new(_word, rng)


def surname(rng: random.Random, split: Split) -> str:
    if split == "eval" or rng.random() < 0.5:
        return names.surname(rng, split)
    base = made_up(rng)
    return f"{rng.choice(names.PARTICLES)} {base}" if rng.random() < 0.3 else base


def person_name(rng: random.Random, split: Split) -> str:
    """A name as people write it: with titles, initials, a partner's name, or the wrong way round."""
    if split == "eval" or rng.random() < 0.45:
        return names.person_name(rng, split)
    who, last = names.person(rng, split), surname(rng, split)
    capital = last[0].upper() + last[1:]
    spaced = " ".join(who.initials.replace(".", ". ").split())
    return rng.choice(
        (
            f"{who.first_name} {last}",
            f"{who.first_name} {last}",
            f"{who.initials} {last}",
            f"{spaced} {last}",
            f"{who.initials.replace('.', '')} {last}",
            f"{rng.choice(_ADDRESSED)}{capital}",
            f"{rng.choice(_ADDRESSED)}{who.initials} {last}",
            f"{rng.choice(_TITLES)}{who.initials} {last}",
            f"{rng.choice(_ADDRESSED)}{rng.choice(_TITLES)}{last}",
            f"{capital}, {who.initials}",
            f"{who.first_name} {last}-{names.WORDS['surname', 'train'][rng.randrange(60)]}",
            f"{who.first_name} en {names.person(rng, split).first_name} {last}",
            f"{who.first_name} & {names.person(rng, split).first_name} {last}",
            f"{who.first_name} {who.initials[0]}. {last}",
            f"{who.first_name}-{names.person(rng, split).first_name} {last}",
            f"{who.first_name.upper()} {last.upper()}",
            f"{capital} {who.first_name}",
            f"{who.initials} {last} (geb. {names.WORDS['surname', 'train'][rng.randrange(60)]})",
        )
    )


def company(rng: random.Random, split: Split) -> str:
    if split == "eval" or rng.random() < 0.4:
        return names.company(rng, split)
    word, trade, form = made_up(rng), rng.choice(WORDS["trade", "made"]), rng.choice(_FORMS)
    return rng.choice(
        (
            f"{word} {form}",
            f"{word} {trade}",
            f"{trade} {word} {form}",
            f"Fa. {surname(rng, split)}",
            f"Gebr. {surname(rng, split)}",
            f"{surname(rng, split)} en Zonen {form}",
            f"{word}{rng.choice(('tech', 'bouw', 'groen', 'plan', 'werk', ' 2000'))} {form}",
            f"Stichting {word}",
            f"VvE {word}",
            f"Vereniging {word}",
            f"Atelier {word}",
            f"Maatschap {surname(rng, split)}",
            f"Bureau {word}",
            f"{word}-{made_up(rng)} {form}",
            f"{rng.choice('ABDEGHJKLMRSTV')}{rng.choice('BCDGKLMPRSTV')}{rng.choice('ABDMOST')} {trade}",
        )
    ).strip()


def street(rng: random.Random, split: Split) -> str:
    return names.street(rng, split) if split == "eval" else _new(_street, rng)


def _street(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return names.street(rng, "train")
    word, end = _word(rng), rng.choice(WORDS["street_end", "made"])
    return rng.choice(
        (
            *[f"{word}{end}"] * 3,
            f"{word}se{rng.choice(('weg', 'dijk', 'straat', 'kade'))}",
            f"Laan van {word}",
            f"{rng.choice(('1e', '2e', '3e'))} {word}{end}",
            f"{rng.choice(('Burg.', 'Past.', 'Mgr.', 'Ds.', 'Jhr.'))} {word}{end}",
            f"{word}str.",
            f"{rng.choice(('Boven', 'Onder', 'Voor', 'Neder'))} {word}",
            f"{word}",
            f"{rng.choice(('Rechte', 'Grote', 'Korte', 'Lange', 'Hoge', 'Lage', 'De', 'Het'))} {word}",
            f"{rng.choice(('Prins', 'Koningin', 'Kapitein', 'Sint'))} {word}{end}",
            f"{_first(rng)} {rng.choice((_first(rng), '', *names.PARTICLES))} {word}{end}".replace("  ", " "),
        )
    )


def _first(rng: random.Random) -> str:
    return rng.choice(WORDS["first_name", "train"])


def place(rng: random.Random, split: Split) -> str:
    if split == "eval" or rng.random() < 0.4:
        return names.place(rng, split)
    word = made_up(rng)
    made = rng.choice(
        (
            f"{word}{rng.choice(WORDS['place_end', 'made'])}",
            f"{word}{rng.choice(WORDS['place_end', 'made'])}",
            f"'s-{word}{rng.choice(WORDS['place_end', 'made'])}",
            word,
        )
    )
    made = rng.choice(
        (made, made, made, f"Nieuw-{made}", f"{made}-Oost", f"Sint {word}", f"{word} aan de {_word(rng)}", f"De {word}")
    )
    return made if _unseen(made) else names.place(rng, split)


def house_number(rng: random.Random, split: Split) -> str:
    if split == "eval" or rng.random() < 0.75:
        return names.house_number(rng)
    base = rng.randint(1, 400)
    return rng.choice(
        (
            f"{base}{rng.choice(('hs', ' hs', '-hs', ' huis', ' rd', ' zw', '-zw', ' rood'))}",
            f"{base}-{rng.choice(('I', 'II', 'III', 'IV'))}",
            f"{base} {rng.choice(('I', 'II', 'III'))}",
            f"{base}-{base + 2}",
            f"{base}/{base + 2}",
            f"{base}{rng.choice('abcd')}-{rng.randint(1, 9)}",
            f"{base} bis {rng.choice('AB')}",
            f"{base}.{rng.randint(1, 9)}",
            f"{base} {rng.choice(('boven', 'beneden', 'achter'))}",
            f"{base} {rng.choice('ABCD')} {rng.randint(1, 9)}",
            f"{base} en {base + 2}",
            f"{base}, {base + 2} en {base + 4}",
            f"{base} t/m {base + rng.randint(3, 40)}",
            f"{base}-{base + rng.randint(3, 40)}{rng.choice(('', ' (even)', ' (oneven)'))}",
            f"{base}-{base + 8} en {base + 20}-{base + 28}",
        )
    )


def address(rng: random.Random, split: Split) -> Address:
    if split == "eval":
        return names.address(rng, split)
    return Address(street(rng, split), house_number(rng, split), names.postcode(rng), place(rng, split))
