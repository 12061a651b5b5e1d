"""DOCX (ISO/IEC 29500): the words of the body in reading order, then notes; headers before, footers after.

A paragraph ends in a line end, a cell of a table in a tab. Deleted text is left out; hidden text is kept and told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflows.documents.archive import Archive
from workflows.documents.extracted import Content
from workflows.documents.messages import Note, Unreadable
from workflows.documents.xml import Words

_MAIN = re.compile(r"word/document\d*\.xml")
_ORDER = (r"word/header\d*\.xml", _MAIN.pattern, r"word/footnotes\.xml", r"word/endnotes\.xml", r"word/footer\d*\.xml")
# What another program shows instead, what was moved away, and the commands behind a field.
_SKIPPED = frozenset({"Fallback", "moveFrom", "delText", "instrText", "delInstrText"})
_SIGNS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "\u2011"}
_REVISIONS = frozenset({"ins", "del", "moveFrom", "moveTo"})
_OFF = frozenset({"0", "false", "off", "none"})


def read(raw: bytes) -> Content:
    """Read the text. Raises Unreadable as `Archive` and `Words` do."""
    archive = Archive(raw)
    if not any(map(_MAIN.fullmatch, archive.names)):
        raise Unreadable("broken")
    target = _Words()
    for pattern in _ORDER:
        for name in sorted(name for name in archive.names if re.fullmatch(pattern, name)):
            target.read(archive.chunks(name))
    notes = [Note(code=code) for code in ("hidden_text", "revisions") if target.seen[code]]
    if pictures := sum(name.startswith("word/media/") for name in archive.names):
        notes.append(Note(code="pictures", values={"count": pictures}))
    if embedded := sum(name.startswith("word/embeddings/") for name in archive.names):
        notes.append(Note(code="embedded", values={"count": embedded}))
    if "word/comments.xml" in archive.names:
        notes.append(Note(code="comments"))
    if any(name.endswith("vbaProject.bin") for name in archive.names):
        notes.append(Note(code="macros"))
    return Content(text=target.text, notes=tuple(notes))


class _Words(Words):
    """Takes the text from WordprocessingML, and from the text boxes in it."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = 0

    def opens(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        inside = self.path[-1] if self.path else ""
        if name in _SKIPPED:
            self._skipped += 1
        # A "tab" in a paragraph's properties is a tab stop and no text.
        if inside == "r" and name in _SIGNS and not self._skipped:
            self.add(_SIGNS[name])
        if name == "vanish" and "r" in self.path and attributes.get("val", "1") not in _OFF:
            self.seen["hidden_text"] += 1
        if name in _REVISIONS and inside != "rPr":
            self.seen["revisions"] += 1

    def closes(self, name: str) -> None:
        """An element ends."""
        if name in _SKIPPED:
            self._skipped -= 1
        elif self._skipped:
            return
        elif name == "p":
            self.add("\n")
        elif name == "tc":
            self.turn("\n", "\t")
        elif name == "tr":
            self.turn("\t", "\n")

    def data(self, text: str) -> None:
        """Text within an element; only that of a text element is the author's."""
        if self.path and self.path[-1] == "t" and not self._skipped:
            self.add(text)
