"""A picture: no text, unless OCR finds some. A person looks at it."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from workflows.documents import ocr
from workflows.documents.extracted import Content
from workflows.documents.messages import Note, Unreadable


def read(raw: bytes) -> Content:
    """Check that it is a picture. Raises Unreadable where it is broken, or has more points than are looked at."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(raw)) as picture:
                picture.load()
                text = _text(picture)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Unreadable("too_heavy") from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
            raise Unreadable("broken") from error
    code = "ocr" if text.strip() else "scan"
    return Content(text=text, pages=1, notes=(Note(code=code, values={"pages": "1"}),))


def _text(picture: Image.Image) -> str:
    if not ocr.available():
        return ""
    page = picture.convert("L")
    page.thumbnail((ocr.MOST_PIXELS, ocr.MOST_PIXELS))
    return ocr.text_of(page)
