"""How much of a file is read at most. What goes over a limit is refused, never cut."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bytes, counts and seconds; `unpacked_bytes` and `parts` are of one archive (DOCX, ODT)."""

    upload_bytes: int = 25_000_000
    unpacked_bytes: int = 100_000_000
    parts: int = 2_000
    characters: int = 1_000_000
    pages: int = 500
    attachments: int = 50
    nesting: int = 3
    """E-mails within e-mails."""
    ocr_pages: int = 10
    """Pages without text that are put to OCR; where there are more, a person reads them."""
    seconds: int = 120
    """Of the clock, for one file: a busy machine gives a file less of itself."""
    processor_seconds: int = 30
    memory_bytes: int = 1 << 30


LIMITS = Limits()
