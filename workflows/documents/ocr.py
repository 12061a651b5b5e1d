"""Text of a scan by tesseract with Dutch data, where the machine has both; an extra that nothing depends on."""

from __future__ import annotations

import io
import shutil
import subprocess
from functools import cache

from PIL.Image import Image

MOST_PIXELS = 5_000
"""Of the longest side of a page that is put to OCR: A4 at 400 dots per inch."""
_SECONDS = 30


@cache
def available() -> bool:
    """Whether tesseract and its Dutch data are installed."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    known = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=_SECONDS)
    return "nld" in known.stdout.split()


def text_of(picture: Image) -> str:
    """Recognise the text of one page; an empty text where tesseract fails on it."""
    png = io.BytesIO()
    picture.save(png, format="PNG")
    command = ["tesseract", "stdin", "stdout", "-l", "nld"]
    try:
        found = subprocess.run(command, input=png.getvalue(), capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return ""
    return found.stdout.decode("utf-8", "replace").replace("\f", "").strip("\n") if not found.returncode else ""
