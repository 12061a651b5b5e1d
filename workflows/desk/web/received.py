"""What came in over the web, made into documents, with the file that each was taken from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from workflows.desk.messages import Refused
from workflows.documents import Refused as FileRefused
from workflows.documents import Upload
from workflows.documents.messages import Language
from workflows.intake import Intake, take_in

PASTED = "tekst.txt"


def receive(
    uploads: Sequence[Upload], *, on: date, language: str, taken: Collection[str] = ()
) -> Intake:
    """Take the text from what was sent; `taken` are the names of the documents a case has. Raises Refused."""
    spoken: Language = "en" if language == "en" else "nl"
    try:
        return take_in(uploads, received=on, taken=taken)
    except FileRefused as refused:
        raise Refused("file", why=refused.text(spoken)) from refused


def pasted(text: str, *, name: str = PASTED) -> Upload:
    """Text that was pasted, as a file."""
    return Upload(name=name, raw=text.replace("\r\n", "\n").encode("utf-8", "replace"))
