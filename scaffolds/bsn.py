"""BSN (burgerservicenummer, citizen service number): found in text by its eleven test, and masked.

About one in eleven other numbers of nine digits passes too; whoever masks hides those with it, whoever counts asks
for a word beside it that says so. UAVG 46 allows the use of a BSN only where a law says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# Nine digits, also in groups. What touches a small letter a to f may be part of a hash, which is no number.
_NINE = re.compile(r"(?<![\da-f.])(?:\d{3}([ .\xa0-]?)\d{3}\1\d{3}|\d{4}\.\d{2}\.\d{3})(?![\da-f]|\.\d)")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_HIDDEN = "•"


def passes(digits: str) -> bool:
    """Whether nine digits pass the eleven test; nine zeros do, and are nobody's."""
    weighed = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return weighed % 11 == 0 and any(int(digit) for digit in digits)


def numbers(text: str) -> Iterator[tuple[str, int]]:
    """Give the digits of every BSN in a text, and where it begins."""
    for match in _NINE.finditer(text):
        if passes(digits := re.sub(r"\D", "", match[0])):
            yield digits, match.start()


def mask(text: str) -> str:
    """Hide the digits of every BSN; the text keeps its length, so that places in it stay true."""
    return _NINE.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    return re.sub(r"\d", _HIDDEN, match[0]) if passes(re.sub(r"\D", "", match[0])) else match[0]
