"""PDF, read by PDFium: the text of every page, filled-in form fields included; pages are parted by an empty line.

PDFium is native code and may be broken by a hostile file, hence only ever in the child process. The build has no
JavaScript.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

import pypdfium2
from pypdfium2 import raw as c

from workflows.documents import ocr
from workflows.documents.extracted import Content
from workflows.documents.limits import LIMITS
from workflows.documents.messages import Note, Unreadable

_PROTECTED = (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY)
_HYPHEN, _NO_CHARACTER = "\x02", "\ufffe"
_DPI = 300
_XFA = (c.FORMTYPE_XFA_FULL, c.FORMTYPE_XFA_FOREGROUND)


def read(raw: bytes) -> Content:
    """Read every page. Raises Unreadable for a password, a broken file, and too many pages or characters."""
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("encrypted" if error.err_code in _PROTECTED else "broken") from error
    with closing(document):
        document.init_forms()
        pages = len(document)
        if pages > LIMITS.pages:
            raise Unreadable("too_many_pages", pages=pages, limit=LIMITS.pages)
        texts: list[str] = []
        for number in range(pages):
            texts.append(_text(document, number))
            if sum(map(len, texts)) > LIMITS.characters:
                raise Unreadable("too_long", limit=f"{LIMITS.characters:,}")
        notes = []
        if empty := [number for number, text in enumerate(texts) if not text.strip()]:
            recognised = _recognised(document, empty)
            for number, text in recognised.items():
                texts[number] = text
            code = "ocr" if recognised else "scan" if len(empty) == pages else "pages_without_text"
            notes.append(Note(code=code, values={"pages": ", ".join(str(number + 1) for number in empty)}))
        if embedded := document.count_attachments():
            notes.append(Note(code="embedded", values={"count": embedded}))
        if document.get_formtype() in _XFA:
            notes.append(Note(code="form"))
    if not pages:
        raise Unreadable("broken")
    return Content(text="\n\n".join(texts) if any(texts) else "", pages=pages, notes=tuple(notes))


def _text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        # What was filled in stands in annotations; flattened it is part of the page.
        with closing(document[number]) as page:
            c.FPDFPage_Flatten(page, c.FLAT_NORMALDISPLAY)
        with closing(document[number]) as page, closing(page.get_textpage()) as found:
            text: str = found.get_text_bounded()
    except pypdfium2.PdfiumError as error:
        raise Unreadable("broken") from error
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return lines.replace(_HYPHEN, "-").replace(_NO_CHARACTER, "-").strip("\n")


def _recognised(document: pypdfium2.PdfDocument, numbers: list[int]) -> Mapping[int, str]:
    """The text of scanned pages by OCR, or of none where there is no OCR or there are too many pages."""
    if len(numbers) > LIMITS.ocr_pages or not ocr.available():
        return {}
    found = {}
    for number in numbers:
        with closing(document[number]) as page:
            scale = min(_DPI / 72, ocr.MOST_PIXELS / max(page.get_size()))
            picture = page.render(scale=scale, grayscale=True).to_pil()
        found[number] = ocr.text_of(picture)
    return found if any(text.strip() for text in found.values()) else {}
