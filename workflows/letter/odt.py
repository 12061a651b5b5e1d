"""A letter as OpenDocument text (ODT), which a person can go on editing: real headings and lists, in Dutch."""

from __future__ import annotations

import io
import zipfile

from workflows.letter.content import Letter
from workflows.letter.html import template

_KIND = "application/vnd.oasis.opendocument.text"
_PARTS = ("META-INF/manifest.xml", "meta.xml", "styles.xml", "content.xml")


def to_odt(letter: Letter) -> bytes:
    """Write the letter as ODT; equal letters give equal bytes."""
    written = io.BytesIO()
    filled = {**letter.to_dict(), "kind": _KIND, "made": letter.on.isoformat()}
    with zipfile.ZipFile(written, "w") as package:
        # The kind stands first and unpacked (ODF 1.3 part 2, 3.3).
        package.writestr(_member("mimetype"), _KIND, zipfile.ZIP_STORED)
        for name in _PARTS:
            source = template(f"odt_parts/{name.rpartition('/')[2]}.jinja")
            package.writestr(_member(name), source.render(filled), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    """A part with a fixed date: the time at which it was packed says nothing."""
    return zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
