"""Slots: the things a document can state. A slot says itself in a form or in prose, and names its JSON keys.

A slot is made once per document (its role, thing or event is then fixed) and may speak more than once; two
sayings with different values contradict each other. What a slot says is a `Statement`: text in which every value
stands between the marks OPEN and CLOSE (typing errors stay outside them), and the facts that the text supports.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

OPEN, CLOSE = "\x01", "\x02"
Style = Literal["form", "prose"]
Place = Literal["head", "body", "foot"]
WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
RESERVED = frozenset(
    [
        "activiteit",
        "aanvrager",
        "gemachtigde",
        "locatie",
        "straat",
        "huisnummer",
        "postcode",
        "plaats",
        "omschrijving",
        "bouwkosten",
        "begindatum",
        "aanvraagdatum",
        "bijlagen",
        "monument",
        "eigenaar",
        "boomsoort",
        "stamomtrek_cm",
        "aantal_bomen",
        "reden",
        "herplant",
        "breedte_cm",
        "hoogte_cm",
        "diepte_cm",
        "dakvlak",
        "gevel",
        "obstakel",
        "oppervlakte_dm2",
        "verlicht",
        "reclametekst",
        "erfgrens_cm",
        "breedte",
        "hoogte",
        "diepte",
        "oppervlakte",
        "opschrift",
        "velreden",
        "stamomtrek",
        "tweede_inrit",
    ]
)


@dataclass(frozen=True)
class Fact:
    """One stated value: quotation, value (None: the quotation is the value), and the sort it is scored under."""

    name: str
    sort: str
    quote: str
    value: object = None

    def answer(self) -> dict[str, object]:
        return {"bron": self.quote} if self.value is None else {"bron": self.quote, "waarde": self.value}


@dataclass(frozen=True)
class Statement:
    """What is said, the facts it supports, and where a document says it: a letter has its day at its head."""

    text: str
    facts: tuple[Fact | tuple[Fact, ...], ...]
    place: Place = "body"


@dataclass(frozen=True)
class Slot:
    """`keys`: per fact its possible JSON keys; `groups`: keys for the facts together, if they may be nested;
    of one `topic` a document has one slot."""

    keys: dict[str, tuple[str, ...]]
    say: Callable[[random.Random, Style], Statement]
    groups: tuple[str, ...] = ()
    inner: dict[str, tuple[str, ...]] | None = None
    topic: str = ""


def mark(value: str) -> str:
    return f"{OPEN}{value}{CLOSE}"


DRIFTING = frozenset({"number", "money", "day"})


def beside(rng: random.Random, true: str, other: str) -> str:
    """The true value beside one that no longer holds, with words that tell them apart."""
    if true in other or other in true:
        return mark(true)
    correction: str = rng.choice(WORDS["corrections"])
    return correction.format(mark(true), other)


def allowed(*keys: str) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in RESERVED)


def line(label: str, value: str) -> str:
    return f"{label}\t{mark(value)}"


def single(
    name: str,
    sort: str,
    keys: tuple[str, ...],
    labels: tuple[str, ...],
    sentences: tuple[str, ...],
    surface: Callable[[random.Random, Style], tuple[str, object]],
) -> Slot:
    def say(rng: random.Random, style: Style) -> Statement:
        text, value = surface(rng, style)
        shown = beside(rng, text, surface(rng, style)[0]) if sort in DRIFTING and rng.random() < 0.15 else mark(text)
        said = f"{rng.choice(labels)}\t{shown}" if style == "form" else rng.choice(sentences).format(shown)
        return Statement(said, (Fact(name, sort, text, value),))

    return Slot({name: keys}, say)
