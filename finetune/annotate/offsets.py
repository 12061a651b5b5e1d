"""Offsets: Python counts code points, JavaScript counts UTF-16 code units.

Label Studio 1.23 gives code points for `Text` and UTF-16 code units for `Paragraphs`. Both count what is there:
combining marks (NFD) and the two characters of a CRLF each count by themselves.
"""

from __future__ import annotations


def utf16_length(text: str) -> int:
    """How many UTF-16 code units a text has."""
    return len(text) + sum(character > "\uffff" for character in text)


def to_utf16(text: str, offset: int) -> int:
    """Turn an offset in code points into one in UTF-16 code units. Raises ValueError outside the text."""
    if not 0 <= offset <= len(text):
        raise ValueError(f"offset {offset} lies outside a text of {len(text)} characters")
    return utf16_length(text[:offset])


def from_utf16(text: str, offset: int) -> int:
    """Turn an offset in UTF-16 code units into one in code points.

    Raises ValueError outside the text, and in the middle of a character that takes two units.
    """
    points = units = 0
    while units < offset and points < len(text):
        units += utf16_length(text[points])
        points += 1
    if units != offset:
        where = "in the middle of a character" if units > offset >= 0 else "outside the text"
        raise ValueError(f"offset {offset} in UTF-16 code units lies {where}")
    return points
