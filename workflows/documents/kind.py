"""What a file is, by its content. A name says nothing: it comes from the sender."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

from workflows.documents.extracted import Kind
from workflows.documents.messages import Unreadable

READERS: Mapping[Kind, str] = {"pdf": "pdf", "docx": "docx", "odt": "odt", "eml": "mail", "beeld": "picture"}
"""The module that reads a kind, in the child process; plain text needs none."""

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")
_PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# Control characters that no text has: everything below blank but tab, line ends, form feed and escape.
_NO_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:")
_MAIL = re.compile(rb"^(?:mime-version|message-id|received|return-path):", re.IGNORECASE | re.MULTILINE)
_SENDER = re.compile(rb"^from:", re.IGNORECASE | re.MULTILINE)
_PDF_WITHIN = 1024


def kind_of(raw: bytes) -> Kind:
    """Tell what `raw` is. Raises Unreadable for what is not read, with what to do instead."""
    start = raw[:_PDF_WITHIN]
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"%PDF-"):
        return "pdf"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _office(raw)
    if start.startswith(_OLD_OFFICE):
        # A DOCX with a password is wrapped in the old container, under this name.
        raise Unreadable("encrypted" if "EncryptedPackage".encode("utf-16-le") in raw else "old_office")
    if start.startswith(_PACKED):
        raise Unreadable("archive")
    if start.startswith(b"{\\rtf"):
        raise Unreadable("rich_text")
    # Two letters are no proof of a picture: a letter may begin with "BM".
    if start.startswith(_PICTURES) and (not start.startswith(b"BM") or _NO_TEXT.search(start)):
        return "beeld"
    if raw.startswith(_UTF16):
        return "tekst"
    if _is_mail(start if len(raw) <= _PDF_WITHIN else raw[:64_000]):
        return "eml"
    if _NO_TEXT.search(raw):
        if b"%PDF-" in start:
            return "pdf"
        raise Unreadable("binary")
    return "tekst"


def _office(raw: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("broken") from error
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return "docx"
        raise Unreadable("other_office")
    if "content.xml" in names and "mimetype" in names:
        # The mimetype stands first and unpacked, so that it can be read without unpacking anything.
        if b"mimetypeapplication/vnd.oasis.opendocument.text" in raw[:200]:
            return "odt"
        raise Unreadable("other_office")
    raise Unreadable("archive")


def _is_mail(start: bytes) -> bool:
    """Header lines up to the first empty line, among them a sender and one that only mail has."""
    head = re.split(rb"\r?\n\r?\n", start.lstrip(b"\r\n"), maxsplit=1)[0]
    return bool(_HEADER.match(head) and _SENDER.search(head) and _MAIL.search(head))
