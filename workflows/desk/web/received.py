"""What came in over the web, made into documents, with the file that each was taken from."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from scaffolds.case import Document
from workflows.desk.messages import Refused
from workflows.desk.writing import Original
from workflows.intake import MAX_BYTES, text_of

LONGEST_NAME = 120


@dataclass(frozen=True, kw_only=True)
class Received:
    """Documents, and the originals of those that came as a file."""

    documents: tuple[Document, ...]
    originals: tuple[Original, ...] = ()


def pasted(text: str, *, on: date) -> Document:
    """Make a document of text that was pasted. Raises Refused where it is too long."""
    kept = text.replace("\r\n", "\n").replace("\x00", "")
    if len(kept.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Refused("too_long", most=MAX_BYTES)
    return Document(id="tekst.txt", text=kept, received=on)


def from_upload(raw: bytes, *, name: str, on: date) -> tuple[Document, Original]:
    """Make a document of a file. Raises CasewrightError where it cannot be read."""
    shown = file_name(name)
    document = Document(id=shown, text=text_of(raw, name=shown), received=on)
    return document, Original(document=shown, sha256=hashlib.sha256(raw).hexdigest(), body=raw)


def file_name(name: str) -> str:
    """The name of a file as it is shown and never used as a path: its last part, printable and short."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    return shown[-LONGEST_NAME:] or "stuk"


def told_apart(received: Received) -> Received:
    """Number documents of the same name, and their originals with them; those without a file come first."""
    seen: Counter[str] = Counter()
    documents = []
    for document in received.documents:
        seen[document.id] += 1
        nth = seen[document.id]
        documents.append(replace(document, id=f"{document.id} ({nth})") if nth > 1 else document)
    with_file = documents[len(documents) - len(received.originals) :]
    originals = [replace(one, document=d.id) for one, d in zip(received.originals, with_file, strict=True)]
    return Received(documents=tuple(documents), originals=tuple(originals))
