"""Slips: how a word goes wrong when it is typed, or when a page is scanned. Lower-case words of five letters or more.

Each function takes a word and gives it back spoilt in one place; `strange` gives another word for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from data_templates.inventions import made_up

Slip = Callable[[str, random.Random], str]

_BESIDE = {
    "a": "s", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_HEARD = (("ei", "ij"), ("ij", "ei"), ("ou", "au"), ("au", "ou"), ("dt", "d"), ("ch", "g"), ("isch", "ies"))
_SEEN = (
    ("rn", "m"),
    ("m", "rn"),
    ("l", "1"),
    ("i", "l"),
    ("e", "c"),
    ("o", "0"),
    ("cl", "d"),
    ("nn", "im"),
    ("h", "b"),
)


def typed(word: str, rng: random.Random) -> str:
    """A letter is left out, doubled or changes places with the next."""
    i = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:i] + word[i + 1 :],
            word[:i] + word[i] + word[i:],
            word[:i] + word[i + 1] + word[i] + word[i + 2 :],
        )
    )


def hasty(word: str, rng: random.Random) -> str:
    """A key beside the right one, a double letter written once, or a blank in the middle."""
    i = rng.randrange(1, len(word) - 1)
    twice = [k for k in range(1, len(word)) if word[k] == word[k - 1]]
    if twice and rng.random() < 0.5:
        k = rng.choice(twice)
        return word[:k] + word[k + 1 :]
    if rng.random() < 0.1:
        return f"{word[:i]} {word[i:]}"
    return word[:i] + rng.choice(_BESIDE.get(word[i], word[i])) + word[i + 1 :]


def unschooled(word: str, rng: random.Random) -> str:
    """Written as it sounds; a word without such a sound is typed wrong."""
    return _replaced(word, _HEARD, rng) or typed(word, rng)


def scanned(word: str, rng: random.Random) -> str:
    """Letters that look alike are taken for each other."""
    return _replaced(word, _SEEN, rng) or word


def strange(word: str, rng: random.Random) -> str:
    """A word that nobody has met. Readers of training texts learn such lead-ins by heart as no stranger's letter has;
    where every fourth word is new they have to see from the rest what a value is."""
    return made_up(rng).lower()


def _replaced(word: str, pairs: tuple[tuple[str, str], ...], rng: random.Random) -> str:
    fitting = [pair for pair in pairs if pair[0] in word]
    return word.replace(*rng.choice(fitting), 1) if fitting else ""
