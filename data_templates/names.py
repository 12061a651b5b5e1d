"""Invented Dutch people, addresses and reference numbers, in two halves that share no word.

Everything takes a `random.Random` and a split. The split is by word stem: a stem of "eval" (surname,
first name, street, place, company) never occurs in anything made for "train", not even inside another word.
Suffixes (-straat, -laan), tussenvoegsels (surname particles such as "van der") and digits are common to both.
Places are invented; the Zaan region and the streets of the evaluation notices are left out, so that real text
stays unseen.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Split = Literal["train", "eval"]


def load_words() -> dict[tuple[str, str], tuple[str, ...]]:
    """The stems of `names.txt` by (kind, split), e.g. ("street", "train")."""
    words: dict[tuple[str, str], tuple[str, ...]] = {}
    section = ("", "")
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind, split = line.strip("[]").split()
            section = (kind, split)
        elif line and not line.startswith("#"):
            words[section] = words.get(section, ()) + tuple(w.replace("_", " ") for w in line.split())
    return words


WORDS = load_words()
PARTICLES = (
    "van",
    "de",
    "van de",
    "van der",
    "van den",
    "ter",
    "ten",
    "te",
    "in 't",
    "van 't",
    "den",
    "op de",
)
MAIL_HOSTS = ("post.example", "mail.example", "thuis.example", "kantoor.example.nl", "voorbeeld.example")


@dataclass(frozen=True)
class Person:
    """One invented person: `initials` as "J.C.", `surname` with its particle ("van der Wal")."""

    salutation: str
    first_name: str
    initials: str
    surname: str

    @property
    def formal(self) -> str:
        return f"{self.initials} {self.surname}"

    @property
    def full(self) -> str:
        return f"{self.first_name} {self.surname}"


@dataclass(frozen=True)
class Address:
    street: str
    number: str
    postcode: str
    place: str


def surname(rng: random.Random, split: Split) -> str:
    base = rng.choice(WORDS["surname", split])
    roll = rng.random()
    if roll < 0.3:
        return f"{rng.choice(PARTICLES)} {base}"
    if roll < 0.38:
        return f"{base}-{rng.choice(WORDS['surname', split])}"
    return base


def person(rng: random.Random, split: Split) -> Person:
    first = rng.choice(WORDS["first_name", split])
    extra = "".join(f"{rng.choice('ABCDEFGHJKLMNPRSTVW')}." for _ in range(rng.choice((0, 0, 1, 1, 2))))
    return Person(
        rng.choice(("de heer", "mevrouw", "dhr.", "mevr.")), first, f"{first[0]}.{extra}", surname(rng, split)
    )


def person_name(rng: random.Random, split: Split) -> str:
    """A name as people write it: full, with initials, or with a salutation."""
    who = person(rng, split)
    return rng.choice((who.full, who.formal, f"{who.salutation} {who.formal}", who.full, f"fam. {who.surname}"))


def street(rng: random.Random, split: Split) -> str:
    stem = rng.choice(WORDS["street", split])
    suffix = rng.choice(WORDS["common_suffix" if rng.random() < 0.7 else "rare_suffix", "both"])
    roll = rng.random()
    if roll < 0.66:
        return f"{stem}{suffix}"
    someone = rng.choice(WORDS["namesake", split])
    if roll < 0.72:
        title = rng.choice(("Burgemeester", "Dokter", "Pastoor", "Meester", "Dr.", "Prof."))
        return f"{title} {someone}{suffix}"
    if roll < 0.77:
        initials = "".join(f"{rng.choice('ABCDEFGHJKLMPTW')}." for _ in range(rng.randint(1, 2)))
        return f"{initials} {rng.choice(('van ', 'de ', '', ''))}{someone}{suffix}"
    if roll < 0.82:
        before = rng.choice(("Gedempte", "Oude", "Nieuwe", "Eerste", "Tweede", "Verlengde", "Kleine"))
        return f"{before} {stem}{suffix}"
    if roll < 0.86:
        return f"{stem}{rng.choice(('dijk', 'zoom', 'rak', 'baan', 'kwartier', 'gaard', 'brink'))}"
    if roll < 0.91:
        return f"{rng.choice(('De', 'Het', 'Den', 'Op de', 'Achter de', 'Aan de'))} {stem}"
    if roll < 0.95:
        side = rng.choice(("Noord", "Oost", "Zuid", "West", "Binnen", "Achter"))
        return f"{side}{stem.lower()}{rng.choice(('', suffix))}"
    return f"{rng.choice(WORDS['first_name', split])} {someone}{suffix}"


def house_number(rng: random.Random) -> str:
    base = str(rng.choice((rng.randint(1, 40), rng.randint(1, 199), rng.randint(1, 999))))
    if rng.random() < 0.66:
        return base
    letter = rng.choice("abcdefgh")
    return base + rng.choice(
        (
            letter,
            letter.upper(),
            f" {letter}",
            f" {letter.upper()}",
            f"-{rng.randint(1, 20)}",
            " bis",
            f"-{letter.upper()}",
        )
    )


def postcode(rng: random.Random) -> str:
    """A postcode in its normal form, "1234AB"."""
    return f"{rng.randint(1000, 9999)}{rng.choice('ABCDEFGHJKLMNPRSTVWXZ')}{rng.choice('ABCDEFGHJKLMNPRSTVWXZ')}"


def place(rng: random.Random, split: Split) -> str:
    return rng.choice(WORDS["place", split])


def address(rng: random.Random, split: Split) -> Address:
    return Address(street(rng, split), house_number(rng), postcode(rng), place(rng, split))


def company(rng: random.Random, split: Split) -> str:
    kind = rng.choice(WORDS["company_kind", "both"])
    stem = rng.choice(WORDS["company", split])
    name = rng.choice(WORDS["surname", split])
    return rng.choice(
        (
            f"{stem} {kind}",
            f"{stem} {kind} B.V.",
            f"{name} {kind}",
            f"{name} & Zn.",
            f"Stichting {stem}",
            f"{name} {kind} BV",
        )
    )


def email(rng: random.Random, split: Split) -> str:
    who = rng.choice(
        (rng.choice(WORDS["first_name", split]), "info", "contact", rng.choice(WORDS["first_name", split])[0])
    )
    return f"{who}.{rng.choice(WORDS['surname', split])}@{rng.choice(MAIL_HOSTS)}".lower()


def phone(rng: random.Random) -> str:
    """A number of the ranges that look Dutch but end in zeros nobody is given ("06-00...", "000-...")."""
    tail = "".join(rng.choice("0123456789") for _ in range(6))
    return rng.choice((f"06-00{tail}", f"06 00 {tail[:2]} {tail[2:4]} {tail[4:]}", f"000-1{tail}", f"0600{tail}"))


def case_number(rng: random.Random) -> str:
    year, serial = rng.randint(2018, 2026), rng.randint(1, 99999)
    return rng.choice(
        (
            f"Z-{year}-{serial:05d}",
            f"{year}/{serial}",
            f"ZK{serial:06d}",
            f"{year}-{serial:06d}",
            f"OL{serial:07d}",
        )
    )
