"""How people write values: each function returns (surface in the text, normalised value).

Lengths become whole centimetres, areas whole square metres or decimetres, money whole euro cents, days ISO dates,
postcodes "1234AB". Written forms vary: decimal commas, numbers in words, units before and after, relative dates.
"""

from __future__ import annotations

import datetime as dt
import random

UNITS = "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
SMALL = (*UNITS.split(), "achttien", "negentien")
TENS = ("", "", "twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
MONTHS = "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
WEEKDAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
LETTERS = "ABCDEFGHJKLMNPRSTVWXZ"


def in_words(number: int) -> str:
    """A whole number below 100,000 in Dutch words, as one word."""
    if number < 20:
        return SMALL[number]
    if number < 100:
        ten, one = divmod(number, 10)
        joint = "ën" if one in (2, 3) else "en"
        return TENS[ten] if not one else f"{SMALL[one]}{joint}{TENS[ten]}"
    for size, name in ((1000, "duizend"), (100, "honderd")):
        if number >= size:
            many, rest = divmod(number, size)
            return ("" if many == 1 else in_words(many)) + name + ("" if not rest else in_words(rest))
    raise AssertionError


def comma(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def length(rng: random.Random) -> tuple[str, int]:
    """A length and its whole centimetres, at most about 30 m."""
    roll = rng.random()
    if roll < 0.4:
        cm = rng.randint(5, 400)
        return f"{cm}{rng.choice((' cm', ' cm', 'cm', ' centimeter', ' cm.'))}".removesuffix("."), cm
    if roll < 0.6:
        cm = rng.randint(20, 1500)
        return f"{comma(cm / 100, 2)}{rng.choice((' m', ' meter', 'm', ' mtr'))}", cm
    if roll < 0.72:
        tenth = rng.randint(5, 200)
        return f"{comma(tenth / 10, 1)}{rng.choice((' m', ' meter', 'm'))}", tenth * 10
    if roll < 0.84:
        metres = rng.randint(1, 30)
        number = in_words(metres) if rng.random() < 0.4 else str(metres)
        return f"{number} {rng.choice(('meter', 'm'))}", metres * 100
    if roll < 0.9:
        metres, rest = rng.randint(1, 5), 10 * rng.randint(1, 9)
        return f"{metres} {rng.choice(('m', 'meter'))} {rest}", metres * 100 + rest
    if roll < 0.95:
        metres, rest = rng.randint(1, 5), 10 * rng.randint(1, 9)
        return f"{in_words(metres)} meter {in_words(rest)}", metres * 100 + rest
    if roll < 0.965:
        mm = rng.randint(5, 300) * 10
        return f"{grouped(mm) if rng.random() < 0.5 else mm} mm", mm // 10
    if roll < 0.985:
        metres, rest = rng.randint(1, 9), rng.randint(10, 99)
        half = "anderhalve meter" if metres == 1 else f"{in_words(metres)} en een halve meter"
        point, joined = f"{metres}.{rest} m", f"{metres}m{rest}"
        return rng.choice(((half, metres * 100 + 50), (point, metres * 100 + rest), (joined, metres * 100 + rest)))
    cm = rng.randint(2, 99)
    return f"{in_words(cm)} centimeter", cm


def area(rng: random.Random, *, square_decimetres: bool) -> tuple[str, int]:
    """An area and its whole m2, or dm2."""
    unit = rng.choice(("m2", "m²", " m2", " m²", " vierkante meter"))
    if square_decimetres and rng.random() < 0.5:
        tenth = rng.randint(3, 300)
        return f"{comma(tenth / 10, 1)}{unit}", tenth * 10
    metres = rng.randint(1, 60 if square_decimetres else 900)
    return f"{metres}{unit}", metres * 100 if square_decimetres else metres


def count(rng: random.Random, noun: str | None) -> tuple[str, int]:
    """A number of things; with `noun` (plural) the surface includes it."""
    number = rng.choice((rng.randint(2, 12), rng.randint(2, 12), rng.randint(2, 60), rng.randint(20, 2500)))
    written = in_words(number) if number <= 20 and rng.random() < 0.5 else str(number)
    return (f"{written} {noun}" if noun else written), number


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def money(rng: random.Random) -> tuple[str, int]:
    """An amount and its whole euro cents."""
    size = rng.choice((100, 1000, 1000, 10_000, 10_000, 100_000))
    euros = rng.randint(size // 10, size)
    if rng.random() < 0.5:
        euros = max(size // 10, euros // (size // 20) * (size // 20))
    number = grouped(euros) if rng.random() < 0.6 else str(euros)
    roll = rng.random()
    if roll < 0.25:
        return rng.choice((f"€ {number},-", f"€{number},-", f"€ {number},--", f"€ {number},00")), euros * 100
    if roll < 0.45:
        return rng.choice((f"€ {number}", f"€{number}", f"EUR {number}", f"euro {number}")), euros * 100
    if roll < 0.65:
        return rng.choice((f"{number} euro", f"{number},- euro", f"{number} EUR")), euros * 100
    if roll < 0.8:
        cents = rng.choice((50, 95, 25, rng.randint(1, 99)))
        mark = rng.choice(("€ ", "€", "EUR "))
        return f"{mark}{number},{cents:02d}", euros * 100 + cents
    if roll < 0.9:
        return f"{rng.choice(('ca. ', 'circa ', 'ongeveer '))}{number} euro", euros * 100
    round_sum = rng.choice((rng.randint(1, 40) * 1000, rng.randint(1, 19) * 100, rng.randint(1, 20) * 25))
    return f"{in_words(round_sum)} euro", round_sum * 100


def iso(day: dt.date) -> str:
    return day.isoformat()


def written_day(rng: random.Random, day: dt.date) -> str:
    """A date with its year, written in one of the usual ways."""
    return rng.choice(
        (
            f"{day.day} {MONTHS[day.month - 1]} {day.year}",
            f"{day.day} {MONTHS[day.month - 1]} {day.year}",
            f"{day.day:02d}-{day.month:02d}-{day.year}",
            f"{day.day}-{day.month}-{day.year}",
            f"{day.day}/{day.month}/{day.year}",
            f"{day.day}/{day.month}/{day.year % 100:02d}",
            f"{day.day:02d}.{day.month:02d}.{day.year}",
            f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}",
            f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}",
        )
    )


def day(rng: random.Random, received: dt.date) -> tuple[str, str]:
    """A day near `received` and its ISO date; sometimes without a year, seldom relative."""
    roll = rng.random()
    near = received + dt.timedelta(days=rng.randint(-30, 200))
    if roll < 0.76:
        far = dt.timedelta(days=rng.randint(-3000, 0)) if rng.random() < 0.15 else dt.timedelta(0)
        return written_day(rng, near + far), iso(near + far)
    if roll < 0.88:
        near = received + dt.timedelta(days=rng.randint(1, 300))
        text = f"{near.day} {MONTHS[near.month - 1]}"
        return f"{text}{rng.choice((' a.s.', '', ' aanstaande'))}", iso(near)
    if roll < 0.9:
        near = received - dt.timedelta(days=rng.randint(1, 60))
        return f"{near.day} {MONTHS[near.month - 1]} {rng.choice(('jl.', 'jongstleden'))}", iso(near)
    word, days = rng.choice((("morgen", 1), ("overmorgen", 2), ("gisteren", -1), ("vandaag", 0), ("eergisteren", -2)))
    if roll < 0.95:
        return word, iso(received + dt.timedelta(days=days))
    weekday = rng.randrange(7)
    if roll < 0.98:
        monday = received - dt.timedelta(days=received.weekday()) + dt.timedelta(days=7)
        return f"volgende week {WEEKDAYS[weekday]}", iso(monday + dt.timedelta(days=weekday))
    ahead = (weekday - received.weekday() - 1) % 7 + 1
    return f"{rng.choice(('aanstaande', 'komende'))} {WEEKDAYS[weekday]}", iso(received + dt.timedelta(days=ahead))


def written_postcode(rng: random.Random, postcode: str) -> str:
    digits, letters = postcode[:4], postcode[4:]
    return rng.choice((f"{digits} {letters}",) * 5 + (postcode, postcode, f"{digits}{letters.lower()}"))


def pseudo_word(rng: random.Random) -> str:
    """A pronounceable word that exists nowhere, for copying."""
    onsets = (
        "b",
        "br",
        "d",
        "dr",
        "f",
        "g",
        "gr",
        "h",
        "k",
        "kl",
        "l",
        "m",
        "n",
        "p",
        "r",
        "s",
        "sch",
        "st",
        "t",
        "v",
    )
    vowels = ("a", "e", "i", "o", "u", "aa", "ee", "oo", "ij", "oe", "ui", "eu", "ie")
    codas = ("", "", "k", "l", "m", "n", "p", "r", "s", "t", "nd", "rst", "lk", "ng")
    parts = (rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas) for _ in range(rng.randint(1, 3)))
    return "".join(parts)


def code(rng: random.Random) -> str:
    """A reference: digits, letters and separators at random."""
    shape = rng.choice(
        ("9999", "99-AA-99", "A-9999-99", "AA99999", "9999.99.999", "99/999", "A999-A", "999999", "aa-999")
    )
    swap = {"9": "0123456789", "A": LETTERS, "a": LETTERS.lower()}
    return "".join(rng.choice(swap[c]) if c in swap else c for c in shape)
