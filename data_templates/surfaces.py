"""How people write values: lengths, areas, counts, amounts of money and days, in Dutch and exactly.

Every function takes a value in the unit of its fact and gives one way of writing it that
`scaffolds.facts.read` reads back as that value. `spoken` prefers words over digits.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

_ONES = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
]
_TENS = ("", "", *["twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig"])
MONTHS = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
WEEKDAYS = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"]
WEEKS_AHEAD = {14: "over twee weken", 21: "over drie weken", 28: "over vier weken", 42: "over zes weken"}


def in_words(number: int) -> str:
    """Spell a whole number from 0 to 999,999."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        joint = "ën" if _ONES[ones].endswith("e") else "en"
        return f"{_ONES[ones]}{joint}{_TENS[tens]}" if ones else _TENS[tens]
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        return f"{_ONES[hundreds] if hundreds > 1 else ''}honderd{in_words(rest) if rest else ''}"
    thousands, rest = divmod(number, 1000)
    head = "duizend" if thousands == 1 else f"{in_words(thousands)}duizend"
    return f"{head} {in_words(rest)}" if rest else head


def grouped(number: int) -> str:
    """Write a whole number with a point between thousands."""
    return f"{number:,}".replace(",", ".")


def length(cm: int, rng: random.Random, *, spoken: bool = False) -> str:
    metres, rest = divmod(cm, 100)
    words = [f"{in_words(cm)} centimeter"] if cm < 100 else []
    if metres and not rest:
        words += [f"{in_words(metres)} meter", f"{metres} meter"]
    elif metres and rest == 50:
        words += ["anderhalve meter" if metres == 1 else f"{in_words(metres)} en een halve meter"]
    elif metres and rest >= 10:
        words += [f"{in_words(metres)} meter {in_words(rest)}"] * 2
        words += [f"{metres} meter {rest}"]
    if words and rng.random() < (0.7 if spoken else 0.1):
        return rng.choice(words)
    decimals = f"{metres},{rest:02d}"
    short = decimals.rstrip("0").rstrip(",")
    written = [f"{cm} cm"] * 3 + [f"{cm}cm", f"{cm} centimeter", f"{grouped(cm * 10)} mm", f"{cm * 10} mm"]
    if cm >= 60:
        written += [f"{decimals} m", f"{decimals} meter", f"{decimals} m", f"{short} m", f"{short} meter"]
        written += [f"{decimals}m", f"{metres}.{rest:02d} m"]
    if metres and rest >= 10:
        written += [f"{metres} m {rest}", f"{metres}m{rest}"]
    return rng.choice(written)


def area(dm2: int, rng: random.Random, *, spoken: bool = False) -> str:
    metres, rest = divmod(dm2, 100)
    decimals = f"{metres},{rest:02d}".rstrip("0").rstrip(",")
    sides = [(a, dm2 * 100 // a) for a in range(40, 321, 10) if dm2 * 100 % a == 0]
    sides = [(a, b) for a, b in sides if b % 10 == 0 and 30 <= b <= 600]
    written = [f"{decimals} m2", f"{decimals} m²", f"{decimals} vierkante meter", f"{dm2} dm2"]
    if not rest and spoken:
        return f"{in_words(metres)} vierkante meter"
    if sides and rng.random() < 0.5:
        a, b = rng.choice(sides)
        am, bm = f"{a // 100},{a % 100:02d}", f"{b // 100},{b % 100:02d}"
        written = [f"{a} x {b} cm", f"{am} x {bm} m", f"{a} bij {b} cm", f"{am} bij {bm} meter"]
        written += [f"{am.removesuffix('0')} x {bm.removesuffix('0')} m", f"{a}x{b} cm"]
    return rng.choice(written)


def numeral(count: int, rng: random.Random, *, spoken: bool = False) -> str:
    if rng.random() < (0.9 if spoken else 0.5) and count < 21:
        return "één" if count == 1 else in_words(count)
    return str(count)


def euros(cents: int, rng: random.Random, *, spoken: bool = False) -> str:
    whole, rest = divmod(cents, 100)
    if rest:
        amount = f"{grouped(whole)},{rest:02d}"
        return rng.choice((f"€ {amount}", f"€{amount}", f"EUR {amount}", f"{amount} euro"))
    words = f"{in_words(whole)} euro"
    if rng.random() < (0.8 if spoken else 0.1) and len(words) <= 30:
        return words
    thousands = whole // 1000
    marked = [
        f"€ {grouped(whole)},-",
        f"€ {grouped(whole)},00",
        f"€ {grouped(whole)}",
        f"€{grouped(whole)},-",
    ]
    named = [
        f"{grouped(whole)} euro",
        f"{whole} euro",
        f"EUR {grouped(whole)}",
        f"€ {whole}",
        f"{whole},- euro",
    ]
    if whole % 1000 == 0:
        named += [f"{thousands} duizend euro"]
    return rng.choice(marked + named)


def day(when: date, rng: random.Random) -> str:
    """Write a date in full, in figures or with its weekday; always with its year."""
    d, m, y = when.day, when.month, when.year
    month = MONTHS[m - 1]
    short = {3: "mrt", 9: "sept."}.get(m, month[:3])
    return rng.choice(
        (
            *[f"{d} {month} {y}"] * 4,
            *[f"{d:02d}-{m:02d}-{y}"] * 2,
            f"{WEEKDAYS[when.weekday()]} {d} {month} {y}",
            f"{d} {short} {y}",
            f"{d}-{m}-{y}",
            f"{d}/{m}/{y % 100}",
            f"{d}-{m}-'{y % 100}",
            f"{d:02d}.{m:02d}.{y}",
        )
    )


def coming_day(when: date, rng: random.Random, *, received: date, spoken: bool = False) -> str:
    """Write a date after `received`, the day on which the words are read; relative where that is natural."""
    ahead = (when - received).days
    weekday = WEEKDAYS[when.weekday()]
    next_monday = received + timedelta(days=7 - received.weekday())
    relative: list[str] = []
    if ahead in WEEKS_AHEAD:
        relative += [WEEKS_AHEAD[ahead]] * 2
    if 1 < ahead < 7:
        relative += [f"a.s. {weekday}", f"aanstaande {weekday}", f"komende {weekday}"]
    if ahead == 1:
        relative += ["morgen"]
    if next_monday <= when < next_monday + timedelta(days=7) and ahead > 6:
        relative += [f"volgende week {weekday}", f"{weekday} volgende week"]
    if ahead < 300:
        relative += [f"{when.day} {MONTHS[when.month - 1]} a.s.", f"{when.day} {MONTHS[when.month - 1]}"]
    if relative and rng.random() < (0.8 if spoken else 0.5):
        return rng.choice(relative)
    return day(when, rng)


def past_day(when: date, rng: random.Random, *, received: date) -> str:
    """Write a date; without its year where it lies before `received`, the day on which the words are read."""
    named = f"{when.day} {MONTHS[when.month - 1]}"
    if 0 < (received - when).days < 200 and rng.random() < 0.2:
        return rng.choice((f"{named} jl.", f"{named} j.l.", named))
    return day(when, rng)


def postcode(normal: str, rng: random.Random) -> str:
    digits, letters = normal[:4], normal[4:]
    spelled = (
        (f"{digits} {letters}",) * 3 + (normal,) * 2 + (f"{digits}  {letters}", f"{digits} {letters.lower()}")
    )
    return rng.choice(spelled)
