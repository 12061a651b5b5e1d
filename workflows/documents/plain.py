"""Plain text: UTF-8, or UTF-16 that says so. Kept to the last character."""

from __future__ import annotations

from workflows.documents.extracted import Content
from workflows.documents.messages import Unreadable


def read(raw: bytes) -> Content:
    """Decode `raw`, without its byte order mark. Raises Unreadable for another encoding: none is ever guessed."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise Unreadable("binary") from error
        if "\x00" in text:
            raise Unreadable("binary")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            value = f"{raw[error.start]:02x}"
            raise Unreadable("not_utf8", byte=error.start, value=value) from None
    if not text.strip():
        raise Unreadable("empty")
    return Content(text=text)
