"""A document cut into pieces, each with the numbers of the facts that it supports. Joined they are the text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scaffolds.case import Document
from scaffolds.facts import Fact


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some text. `numbers` are the facts it supports; `begins` those whose evidence begins here, `ends` ends."""

    text: str
    numbers: tuple[int, ...] = ()
    begins: tuple[str, ...] = ()
    ends: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A document as a page shows it."""

    document: Document
    pieces: tuple[Piece, ...]


def anchor(number: int, place: int) -> str:
    """The name of the place where a fact's evidence stands: fact number and, of several, which."""
    return f"vindplaats-{number}" + (f"-{place + 1}" if place else "")


def mark(documents: Sequence[Document], facts: Iterable[tuple[int, Fact]]) -> list[Marked]:
    """Mark in each document what the numbered facts rest on; spans may overlap."""
    numbered = list(facts)
    return [Marked(document=document, pieces=tuple(_pieces(document, numbered))) for document in documents]


def _pieces(document: Document, facts: Sequence[tuple[int, Fact]]) -> list[Piece]:
    length = len(document.text)
    spans = [
        (max(0, place.start), min(length, place.end), number, anchor(number, which))
        for number, fact in facts
        for which, place in enumerate(fact.evidence)
        if place.document == document.id and place.start < place.end
    ]
    edges = sorted({0, length, *(s for s, _, _, _ in spans), *(e for _, e, _, _ in spans)})
    pieces = []
    for start, end in pairwise(edges):
        pieces.append(
            Piece(
                text=document.text[start:end],
                numbers=tuple(sorted({n for s, e, n, _ in spans if s <= start and end <= e})),
                begins=tuple(name for s, _, _, name in spans if s == start),
                ends=tuple(sorted({n for _, e, n, _ in spans if e == end})),
            )
        )
    return pieces
