"""What comes in: a file from an applicant becomes a Document, or is refused with the reason and what to do.

UTF-8 text only. The text is kept exactly as it is, so that offsets and quotations mean the same to everybody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from scaffolds.case import Document
from scaffolds.errors import CasewrightError

MAX_BYTES = 500_000
"""About 200 pages of text. A larger file is not one document of an application."""


def read_text_document(path: Path, *, received: date, identity: str | None = None) -> Document:
    """Read a text file as a document that came in on `received`.

    Raises CasewrightError, with the file's name, when it is missing, no file, empty, larger than MAX_BYTES,
    binary, or not UTF-8.
    """
    if not path.exists():
        raise CasewrightError(f"{path} does not exist; check the name.")
    if not path.is_file():
        raise CasewrightError(f"{path} is not a file; give the document itself.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise CasewrightError(
            f"{path} is {size:,} bytes, and a document may have {MAX_BYTES:,}. Split it into its documents."
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CasewrightError(f"{path} cannot be read: {error.strerror}.") from error
    text = text_of(raw, name=str(path))
    return Document(id=identity or path.name, text=text, received=received)


def text_of(raw: bytes, *, name: str) -> str:
    """Give the text of a file's bytes. Raises CasewrightError where they are binary, not UTF-8, empty or too many."""
    if len(raw) > MAX_BYTES:
        raise CasewrightError(
            f"{name} is {len(raw):,} bytes, and a document may have {MAX_BYTES:,}. Split it into its documents."
        )
    if kind := _binary_kind(raw):
        raise CasewrightError(f"{name} is {kind}, not text; convert it to UTF-8 text first.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CasewrightError(
            f"{name} is not UTF-8: byte {error.start} is 0x{raw[error.start]:02x}. "
            f"Convert it, for example with: iconv -f WINDOWS-1252 -t UTF-8"
        ) from None
    if not text.strip():
        raise CasewrightError(f"{name} is empty; there is nothing to read.")
    return text


def read_text_documents(paths: Sequence[Path], *, received: date) -> list[Document]:
    """Read an application's files; two of the same name are told apart by a number."""
    documents: list[Document] = []
    for path in paths:
        same = sum(document.id.split(" (")[0] == path.name for document in documents)
        identity = f"{path.name} ({same + 1})" if same else path.name
        documents.append(read_text_document(path, received=received, identity=identity))
    return documents


_MAGIC = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
}


def _binary_kind(raw: bytes) -> str | None:
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            return kind
    # Control characters that no text has: everything below blank but tab, line breaks and form feed.
    return "a binary file" if re.search(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]", raw) else None
