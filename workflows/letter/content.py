"""Letter: headings, paragraphs and items of plain text, from which every form is made. Frozen and pure.

Its body is written for a person to edit: "# " begins a heading, "- " an item, an empty line ends a paragraph; a line
of text that would begin so has a backslash before it. `read_body(blocks_as_body(blocks)) == blocks`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workflows.letter.dutch import day_nl

HEADING, ITEM, ESCAPE = "# ", "- ", "\\"
VALUE, END, LINE = "\ufdd0", "\ufdd1", "\ufdd2"
"""Signs that Unicode keeps for use within a program: around a value in a filled template, and for its line ends."""
UNMARKED = str.maketrans("", "", VALUE + END + LINE)
_LIKE_A_MARK = re.compile(rf"{VALUE}?[#\-\\]")
# Signs that turn the direction of reading around have no place in a letter; other controls cannot be printed.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd3-\ufdef\ufffe\uffff]")


@dataclass(frozen=True)
class Heading:
    """A heading of one line."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a line end in it is one on paper too."""

    text: str


@dataclass(frozen=True)
class Items:
    """A list, each item of one line."""

    texts: tuple[str, ...]


Block = Heading | Paragraph | Items


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter in a case, dated `on`."""

    case: str
    on: date
    subject: str
    blocks: tuple[Block, ...]

    @property
    def body(self) -> str:
        """The blocks as a person edits them."""
        return blocks_as_body(self.blocks)

    @property
    def text(self) -> str:
        """The whole letter as plain text."""
        return f"Zaak {self.case}\n{day_nl(self.on)}\n\nOnderwerp: {self.subject}\n\n{self.body}\n"

    def edited(self, *, body: str, subject: str | None = None) -> Letter:
        """The letter with what a person made of it."""
        return replace(self, subject=self.subject if subject is None else one_line(subject), blocks=read_body(body))

    def to_dict(self) -> dict[str, Any]:
        """Write it as plain JSON: each block is its kind and its text."""
        return {
            "case": self.case,
            "on": day_nl(self.on),
            "subject": self.subject,
            "blocks": [
                {"kind": "items", "texts": list(block.texts)}
                if isinstance(block, Items)
                else {"kind": type(block).__name__.lower(), "lines": block.text.split("\n")}
                for block in self.blocks
            ],
        }


def blocks_as_body(blocks: Iterable[Block]) -> str:
    """Write blocks as a person edits them."""
    return "\n\n".join(map(block_as_body, blocks))


def block_as_body(block: Block) -> str:
    """Write one block as a person edits it."""
    match block:
        case Heading(text):
            return HEADING + text
        case Items(texts):
            return "\n".join(ITEM + text for text in texts)
        case Paragraph(text):
            return "\n".join(ESCAPE + line if _LIKE_A_MARK.match(line) else line for line in text.split("\n"))


def read_body(body: str) -> tuple[Block, ...]:
    """Read what a person edited; nothing that is typed is an error."""
    blocks: list[Block] = []
    lines: list[str] = []
    items: list[str] = []

    def close() -> None:
        if lines:
            blocks.append(Paragraph("\n".join(lines)))
        if items:
            blocks.append(Items(tuple(items)))
        lines.clear()
        items.clear()

    for raw in body.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = one_line(raw)
        mark = line[:2]
        if line and (mark in (HEADING, ITEM)) != bool(items):
            close()
        if not line:
            close()
        elif mark == HEADING:
            close()
            blocks.append(Heading(line[2:]))
        elif mark == ITEM:
            items.append(line[2:])
        else:
            lines.append(line[1:] if line[0] == ESCAPE and _LIKE_A_MARK.match(line[1:]) else line)
    close()
    return tuple(blocks)


def one_line(text: str) -> str:
    """Text on one line, single blanks between words, without signs that cannot be printed or that reorder others."""
    return printable(text.translate(UNMARKED))


def printable(text: str) -> str:
    """As `one_line`, where the marks of a filled template may still be."""
    return _UNPRINTABLE.sub("�", " ".join(_REORDERING.sub("", text).split()))
