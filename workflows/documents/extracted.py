"""What is taken from a file: frozen values, with nothing in them that could be run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from workflows.documents.messages import Note

Kind = Literal["tekst", "pdf", "docx", "odt", "eml", "beeld"]
MAX_NAME = 120
_REORDERING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file as it came in: under the name its sender gave it, which is never used as a path."""

    name: str
    raw: bytes


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a format's reader found: the text, and what a caseworker has to know of it."""

    text: str
    pages: int | None = None
    notes: tuple[Note, ...] = ()
    attachments: tuple[Upload, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Extracted(Content):
    """The text of one file. `name` is safe to show, `sha256` is of the original bytes.

    `scan` says that there was no text to be found: a person reads the original.
    """

    name: str
    kind: Kind
    sha256: str

    @property
    def scan(self) -> bool:
        """Whether a person has to read the original, because it holds no text."""
        return not self.text.strip()


def clean_name(name: str) -> str:
    """Give the last part of a file name in printable characters, at most MAX_NAME of them.

    Signs that reverse the direction of reading go, so that a name cannot show another ending than it has.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(sign if sign.isprintable() else " " for sign in _REORDERING.sub("", last))
    shown = " ".join(shown.split()).strip(". ")
    if len(shown) > MAX_NAME:
        stem, dot, ending = shown.rpartition(".")
        ending = dot + ending if stem and len(ending) <= 10 else ""
        shown = shown[: MAX_NAME - len(ending) - 1] + "…" + ending
    return shown or "stuk"
