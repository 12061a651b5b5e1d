"""ODT (OASIS OpenDocument): the words of the body in reading order, headers and footers of its pages after them.

A paragraph ends in a line end, a cell of a table in a tab. Deleted text is left out; hidden text is kept and told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from workflows.documents.archive import Archive
from workflows.documents.extracted import Content
from workflows.documents.limits import LIMITS
from workflows.documents.messages import Note, Unreadable
from workflows.documents.xml import Words

_SKIPPED = frozenset(
    {"tracked-changes", "annotation", "forms", "meta", "automatic-styles", "styles", "font-face-decls"}
)
_SIGNS = {"tab": "\t", "line-break": "\n"}
_WHITE = re.compile("[ \t\r\n]+")  # ODF 1.3, 6.1.2


def read(raw: bytes) -> Content:
    """Read the text. Raises Unreadable as `Archive` and `Words` do."""
    archive = Archive(raw)
    if b"encryption-data" in b"".join(_part(archive, "META-INF/manifest.xml")):
        raise Unreadable("encrypted")
    target = _Words()
    for name in ("content.xml", "styles.xml"):
        target.read(_part(archive, name))
    notes = [Note(code=code) for code in ("hidden_text", "revisions", "comments") if target.seen[code]]
    if pictures := sum(name.startswith("Pictures/") and not name.endswith("/") for name in archive.names):
        notes.append(Note(code="pictures", values={"count": pictures}))
    if embedded := sum(name.startswith("Object ") and name.endswith("/content.xml") for name in archive.names):
        notes.append(Note(code="embedded", values={"count": embedded}))
    if any(name.startswith(("Basic/", "Scripts/")) for name in archive.names):
        notes.append(Note(code="macros"))
    return Content(text=target.text, notes=tuple(notes))


def _part(archive: Archive, name: str) -> list[bytes]:
    return list(archive.chunks(name)) if name in archive.names else [b"<none/>"]


class _Words(Words):
    """Takes the text from OpenDocument XML: what stands in a paragraph or heading."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = self._paragraphs = 0
        self._blank = True

    def opens(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self.seen["revisions"] += name == "tracked-changes"
        self.seen["comments"] += name == "annotation"
        if name in _SKIPPED:
            self._skipped += 1
        if self._skipped:
            return
        if name in ("p", "h"):
            self._paragraphs += 1
            self._blank = True
        elif name == "s":
            count = attributes.get("c", "1")
            self._sign(" " * min(int(count) if count.isdecimal() else 1, LIMITS.characters + 1))
        elif name in _SIGNS:
            self._sign(_SIGNS[name])
        elif name in ("hidden-text", "hidden-paragraph"):
            self.seen["hidden_text"] += 1
            self._sign(attributes.get("string-value", ""))

    def closes(self, name: str) -> None:
        """An element ends."""
        if name in _SKIPPED:
            self._skipped -= 1
        elif self._skipped:
            return
        elif name in ("p", "h"):
            self._paragraphs -= 1
            self.add("\n")
        elif name == "table-cell":
            self.turn("\n", "\t")
        elif name == "table-row":
            self.turn("\t", "\n")

    def data(self, text: str) -> None:
        """Text within an element. The file's own white space is one blank, and none where a paragraph begins."""
        if not self._paragraphs or self._skipped or self.path[-1] == "hidden-text":
            return
        shown = _WHITE.sub(" ", text)
        if self._blank:
            shown = shown.removeprefix(" ")
        if shown:
            self.add(shown)
            self._blank = shown.endswith(" ")

    def _sign(self, text: str) -> None:
        self.add(text)
        self._blank = False
