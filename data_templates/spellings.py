"""More ways of writing values, for the training half: what `surfaces` writes, and what others write.

The functions are those of `surfaces`. Of each new way the code that checks quotations must read this one value;
a way that it reads otherwise is not taken.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence
from datetime import date
from types import ModuleType
from typing import TypeVar

from data_templates import surfaces
from data_templates.dossier import Split
from data_templates.surfaces import MONTHS, WEEKDAYS, grouped, in_words
from scaffolds.facts import read

_T = TypeVar("_T")
LONGEST = 30


def of(split: Split) -> ModuleType:
    """The module that writes the values of a split."""
    return sys.modules[__name__] if split == "train" else surfaces


def _read_back(ways: Sequence[str], rng: random.Random, reader: Callable[[str], frozenset[_T]], value: _T) -> str:
    """Choose a way that is read as the value and nothing else; empty when the one chosen is not."""
    way = rng.choice(ways)
    return way if len(way) <= LONGEST and reader(way) == {value} else ""


def euros(cents: int, rng: random.Random, *, spoken: bool = False) -> str:
    whole, rest = divmod(cents, 100)
    figures = grouped(whole)
    ways = [
        f"{figures},{rest:02d} euro",
        f"€ {whole},{rest:02d}",
        f"{figures},{rest:02d} EUR",
        f"eur {figures},{rest:02d}",
        f"€{figures},{rest:02d}",
    ]
    if not rest:
        ways += [
            f"€{whole}",
            f"€ {figures},--",
            f"{figures} EUR",
            f"{whole} Euro",
            f"€ {figures.replace('.', ' ')}",
            f"euro {figures}",
            f"{figures},00 euro",
            f"{in_words(whole).replace(' ', '')} euro",
        ]
        if whole % 1000 == 0:
            ways += [f"{whole // 1000}k euro", f"€ {whole // 1000} duizend", f"{in_words(whole // 1000)} duizend euro"]
            ways += [f"{whole // 1000} mille", f"{whole // 1000}.000,- euro"]
        elif whole % 500 == 0:
            ways += [f"{whole // 1000},5 duizend euro", f"{in_words(whole // 1000)} en een half duizend euro"]
    if rng.random() < 0.55 or not (way := _read_back(ways, rng, read.euro_cents, cents)):
        return surfaces.euros(cents, rng, spoken=spoken)
    return way


def length(cm: int, rng: random.Random, *, spoken: bool = False) -> str:
    metres, rest = divmod(cm, 100)
    ways = [
        f"{cm} centimeters",
        f"{cm} CM",
        f"{cm * 10}mm",
        f"{cm * 10} millimeter",
        f"{cm / 10:g} dm".replace(".", ","),
    ]
    if metres:
        decimals = f"{metres},{rest:02d}"
        ways += [f"{decimals} mtr", f"{decimals} M", f"{metres}.{rest:02d} meter", f"{decimals} strekkende meter"]
        ways += [f"{decimals} m1", f"{decimals}0 m", f"{decimals.rstrip('0').rstrip(',')}m"]
        if rest:
            ways += [f"{metres} meter en {rest} cm", f"{metres} m en {rest} cm", f"{metres} m {rest} cm"]
            ways += [f"{metres} meter {rest} centimeter", f"{in_words(metres)} meter en {rest} centimeter"]
        if rest == 50:
            ways += [f"{metres}½ meter", f"{metres} en een halve meter", f"{metres}½ m"]
    if rng.random() < 0.55 or not (way := _read_back(ways, rng, _centimetres, cm)):
        return surfaces.length(cm, rng, spoken=spoken)
    return way


def _centimetres(text: str) -> frozenset[int]:
    return read.quantities(text, unit="cm")


def area(dm2: int, rng: random.Random, *, spoken: bool = False) -> str:
    metres, rest = divmod(dm2, 100)
    decimals = f"{metres},{rest:02d}"
    ways = [f"{decimals} m2", f"{decimals}m2", f"{decimals} m^2", f"{dm2} vierkante decimeter", f"{dm2}dm2"]
    ways += [f"{dm2 * 100} cm2", f"{grouped(dm2 * 100)} cm²", f"{decimals} vierkante m", f"{metres}.{rest:02d} m²"]
    sides = [(a, dm2 * 100 // a) for a in range(40, 321, 10) if dm2 * 100 % (a * 5) == 0]
    for a, b in sides[:3]:
        ways += [f"{a} cm bij {b} cm", f"{a} × {b} cm", f"{a * 10} x {b * 10} mm", f"{a}cm x {b}cm"]
        ways += [f"{a // 100},{a % 100:02d} m bij {b // 100},{b % 100:02d} m", f"{b} breed x {a} hoog (cm)"]
    if rng.random() < 0.55 or not (way := _read_back(ways, rng, _square_decimetres, dm2)):
        return surfaces.area(dm2, rng, spoken=spoken)
    return way


def _square_decimetres(text: str) -> frozenset[int]:
    return read.quantities(text, unit="dm2")


def numeral(count: int, rng: random.Random, *, spoken: bool = False) -> str:
    words = in_words(count) if count < 21 else str(count)
    ways = [f"{count} ({words})", words, words.capitalize(), f"{count}"]
    ways += [f"een {words}tal"] if 1 < count < 13 else []
    if rng.random() < 0.7 or not (way := _read_back(ways, rng, _pieces, count)):
        return surfaces.numeral(count, rng, spoken=spoken)
    return way


def _pieces(text: str) -> frozenset[int]:
    return read.quantities(text, unit="stuks")


def day(when: date, rng: random.Random) -> str:
    d, m, y = when.day, when.month, when.year
    month, weekday = MONTHS[m - 1], WEEKDAYS[when.weekday()]
    ways = [
        when.isoformat(),
        f"{d:02d}/{m:02d}/{y}",
        f"{d:02d}-{m:02d}-{y % 100:02d}",
        f"{d:02d} {month} {y}",
        f"{d}-{month[:3]}-{y}",
        f"{d}.{m}.{y}",
        f"{d} {month} '{y % 100}",
        f"{d} {month[:3]}. {y}",
        f"{d}e {month} {y}" if d in (1, 8) or d > 19 else f"{d}de {month} {y}",
        f"{in_words(d)} {month} {y}",
        f"{d} {month.upper()} {y}",
        f"{d} {month.capitalize()} {y}",
        f"{weekday[:2]} {d} {month} {y}",
        f"{weekday}, {d} {month} {y}",
        f"{weekday} {d}-{m}-{y}",
        f"{d} / {m} / {y}",
        f"{d} - {m} - {y}",
    ]
    if rng.random() < 0.5 or not (way := _read_back(ways, rng, lambda text: read.days(text, received=when), when)):
        return surfaces.day(when, rng)
    return way


def coming_day(when: date, rng: random.Random, *, received: date, spoken: bool = False) -> str:
    ahead = (when - received).days
    ways = [f"{when.day} {MONTHS[when.month - 1]} aanstaande", f"{when.day} {MONTHS[when.month - 1]} as."]
    ways += [f"{in_words(when.day)} {MONTHS[when.month - 1]} a.s.", f"{when.day} {MONTHS[when.month - 1][:3]} a.s."]
    if ahead % 7 == 0 and ahead > 7:
        ways += [f"over {ahead // 7} weken", f"over {in_words(ahead // 7)} weken"] * 2
    if 1 < ahead < 15:
        ways += [f"over {ahead} dagen", f"over {in_words(ahead)} dagen"]
    if ahead == 2:
        ways += ["overmorgen"] * 2
    if 1 < ahead < 7:
        ways += [f"{WEEKDAYS[when.weekday()]} a.s.", f"eerstkomende {WEEKDAYS[when.weekday()]}"] * 2
    far = ahead < 1 or ahead > 300 or rng.random() < 0.6
    if far or not (way := _read_back(ways, rng, lambda text: read.days(text, received=received), when)):
        return surfaces.coming_day(when, rng, received=received, spoken=spoken)
    return way


def past_day(when: date, rng: random.Random, *, received: date) -> str:
    named = f"{when.day} {MONTHS[when.month - 1]}"
    ways = [f"{named} jongstleden", f"{named} l.l.", f"{when.day} {MONTHS[when.month - 1][:3]} jl."]
    near = 0 < (received - when).days < 200 and rng.random() < 0.1
    if near and (way := _read_back(ways, rng, lambda text: read.days(text, received=received), when)):
        return way
    return day(when, rng) if rng.random() < 0.5 else surfaces.past_day(when, rng, received=received)


def postcode(normal: str, rng: random.Random) -> str:
    if rng.random() < 0.7:
        return surfaces.postcode(normal, rng)
    digits, letters = normal[:4], normal[4:]
    return rng.choice(
        (normal.lower(), f"{digits}\xa0{letters}", f"{digits} {letters.capitalize()}", f"{digits}{letters.lower()}")
    )
