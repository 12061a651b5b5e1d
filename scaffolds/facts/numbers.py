"""Dutch numbers, in digits and in words, as they stand inside a quotation.

`NUMBER` finds one in folded text; `readings` gives every value it can honestly have: "1.250" is 1250 to one
writer and 1,25 to another. Values are exact fractions.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_UNITS = ("een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
_TEENS = (
    "tien", "elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien",
    "negentien",
)
_TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
_ADDED = (
    {word: Fraction(value) for value, word in enumerate(_UNITS, 1)}
    | {word: Fraction(value) for value, word in enumerate(_TEENS, 10)}
    | {word: Fraction(10 * value) for value, word in enumerate(_TENS, 2)}
    | {"nul": Fraction(0), "geen": Fraction(0), "beide": Fraction(2), "dozijn": Fraction(12)}
    | dict.fromkeys(("anderhalf", "anderhalve"), Fraction(3, 2))
    | dict.fromkeys(("half", "halve"), Fraction(1, 2))
)
_SCALES = {"duizend": 1_000, "mille": 1_000, "k": 1_000, "miljoen": 1_000_000}

# Teens go before units, so that "zestien" is not cut to "zes".
_UNIT = "|".join(_UNITS)
_BELOW_100 = f"(?:(?:(?:{_UNIT}) ?en ?)?(?:{'|'.join(_TENS)})|{'|'.join(_TEENS)}|{_UNIT})"
_BELOW_10000 = f"(?:(?:{_BELOW_100} ?)?honderd(?: ?(?:en ?)?{_BELOW_100})?|{_BELOW_100})"
_WORDS = f"(?:(?:{_BELOW_10000} ?)?duizend(?: ?(?:en ?)?{_BELOW_10000})?|{_BELOW_10000})"
_DIGITS = (
    r"(?:[0-9]{1,3}(?:[. ][0-9]{3}){1,4}(?:,[0-9]{1,6})?|[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,6})?"
    r"|[0-9]{1,12}[.,][0-9]{1,6}|[0-9]{1,12})(?![0-9]|[.,][0-9])"
)
_HALF = "hal(?:f|ve)(?![a-z])"

WHOLE = f"(?:[0-9]{{1,6}}|{_WORDS}(?![a-z]))"
"""A whole number without marks, or in words; no groups."""

NUMBER = (
    f"(?:een (?=[a-z]{{2,40}}tal(?![a-z])|{_HALF}|dozijn))?"
    f"(?:(?P<digits>{_DIGITS})"
    f"|(?P<words>anderhal(?:f|ve)|{_HALF}|dozijn|nul|geen|beide|{_WORDS})"
    f"(?=(?:tal)?(?![a-z])| ?en ?(?:een )?{_HALF}))"
    f"(?:tal|(?P<half> ?en ?(?:een )?{_HALF}))?"
    f"(?P<scale> ?(?:{'|'.join(_SCALES)})(?![a-z]))?"
)
"""Any number, once per pattern: it names its groups for `readings`."""

_VULGAR = str.maketrans({"½": ",5", "¼": ",25", "¾": ",75", "’": "'", "–": "-", "−": "-"})
_ATOMS = sorted([*_ADDED, "honderd", "duizend"], key=len, reverse=True)
_ATOM = re.compile("|".join(_ATOMS))
_DIGIT = re.compile("[0-9]")
_ROOT = re.compile("|".join(word for word in _ATOMS if not any(part in word for part in _ATOMS if part != word)))


def fold(text: str) -> str:
    """Fold to lower case without accents, compatibility forms and doubled blanks. Offsets do not survive."""
    if not text.isascii():
        text = re.sub("(?<![0-9])(?=[½¼¾])", "0", re.sub("(?<=[0-9]) (?=[½¼¾])", "", text)).translate(_VULGAR)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(text.lower().split())


def may_count(folded: str) -> bool:
    """Say whether a folded text can hold a `NUMBER`; where it cannot, nothing slower need be tried."""
    return bool(_DIGIT.search(folded) or _ROOT.search(folded))


def whole(spelled: str) -> int:
    """Give the value of a `WHOLE` match."""
    return int(spelled) if spelled[0].isdigit() else int(_in_words(spelled))


def _in_words(spelled: str) -> Fraction:
    total = below = Fraction(0)
    for atom in _ATOM.findall(spelled):
        if atom == "duizend":
            total, below = (below or 1) * Fraction(1_000), Fraction(0)
        elif atom == "honderd":
            below = (below or 1) * Fraction(100)
        else:
            below += _ADDED[atom]
    return total + below


def _in_digits(spelled: str) -> list[Fraction]:
    marks = [c for c in spelled if not c.isdigit()]
    joined = int("".join(c for c in spelled if c.isdigit()))
    if not marks or set(marks) == {" "}:
        return [Fraction(joined)]
    head, _, tail = spelled.rpartition(marks[-1])
    grouped, decimal = Fraction(joined), Fraction(joined, 10 ** len(tail))
    if len(marks) > 1:
        return [grouped if marks[-1] == marks[0] else decimal]
    return [grouped, decimal] if len(tail) == 3 and len(head) <= 3 and head[0] != "0" else [decimal]


def readings(match: re.Match[str]) -> list[Fraction]:
    """Give every value of a match of a pattern with `NUMBER` in it."""
    values = _in_digits(match["digits"]) if match["digits"] else [_in_words(match["words"])]
    if match["half"]:
        values = [value + Fraction(1, 2) for value in values]
    if match["scale"]:
        values = [value * _SCALES[match["scale"].strip()] for value in values]
    return values
