"""Support: which words of a document state a value, where code can read values from words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import accumulate

from scaffolds.facts.kinds import Kind
from scaffolds.facts.schema import spelling

INK = r'(?:[^\s\\]|\\["\\])'
_INKED = re.compile(INK)

Pieces = tuple[str, ...]
"""A text in pieces, as `words` cuts it."""


def readable(kind: Kind, texts: tuple[Pieces, ...], *, received: date) -> list[tuple[str, str | int]] | None:
    """Every quotation of `kind` that states a value, with each value that it states, in the order of the texts.

    None for a kind whose values no parser reads.
    """
    if kind.readings("", received=received) is None:
        return None
    quotations = dict.fromkeys(q for text in texts for q in _runs(text, kind.quote_chars))
    return [
        (quotation, value)
        for quotation in quotations
        for value in sorted(kind.readings(quotation, received=received) or (), key=str)
    ]


@lru_cache(maxsize=16)
def _runs(text: Pieces, longest: int) -> tuple[str, ...]:
    """Every run of pieces of at most `longest` spelled characters that begins and ends with ink."""

    def runs() -> Iterator[str]:
        spelled = [spelling(piece) for piece in text]
        inked = [bool(_INKED.match(piece)) for piece in spelled]
        edges = list(accumulate(map(len, spelled), initial=0))
        for i, start in enumerate(edges[:-1]):
            if inked[i]:
                for j in range(i + 1, bisect_right(edges, start + longest)):
                    if inked[j - 1]:
                        yield "".join(text[i:j])

    return tuple(runs())
