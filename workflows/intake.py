"""What comes in: the files of one application become its documents, and their originals to be kept.

An e-mail brings its attachments along, each a document of its own. What is refused at the door is refused as a whole,
with the reason; an attachment that cannot be read is told beside its e-mail, which holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path

from scaffolds.case import Document
from scaffolds.errors import CasewrightError
from workflows.documents import LIMITS, Extracted, Note, Refused, Upload, extract


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The documents of an application in the order in which they came, and each original by its SHA-256."""

    documents: tuple[Document, ...]
    originals: Mapping[str, bytes]


def take_in(uploads: Iterable[Upload], *, received: date, taken: Collection[str] = ()) -> Intake:
    """Take the text from every upload that came in on `received`.

    `taken` are the ids of documents that the case has already; of the same name they are told apart by a number.
    Raises Refused for an upload that is not read, and for e-mails that bring too many attachments.
    """
    documents: list[Document] = []
    originals: dict[str, bytes] = {}
    known = set(taken)
    for upload in uploads:
        for found, raw in _unfolded(upload):
            named = (f"{found.name} ({number})" if number > 1 else found.name for number in count(1))
            name = next(name for name in named if name not in known)
            known.add(name)
            documents.append(
                Document(
                    id=name,
                    text=found.text,
                    received=received,
                    kind=found.kind,
                    original=found.sha256,
                    notes=tuple(note.to_dict() for note in found.notes),
                )
            )
            originals[found.sha256] = raw
    return Intake(documents=tuple(documents), originals=originals)


def read_files(paths: Sequence[Path], *, received: date) -> Intake:
    """Take in files, and every file of a folder in the order of their names.

    Raises CasewrightError for a file that is missing or cannot be opened, and as `take_in` does.
    """
    return take_in((_upload(file) for path in paths for file in _files(path)), received=received)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise CasewrightError(f"{path} does not exist; check the name.")
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.iterdir() if file.is_file() and not file.name.startswith("."))
    if not files:
        raise CasewrightError(f"{path} holds no file; give the folder of the documents.")
    return files


def _upload(path: Path) -> Upload:
    try:
        with path.open("rb") as file:
            return Upload(name=path.name, raw=file.read(LIMITS.upload_bytes + 1))
    except OSError as error:
        raise CasewrightError(f"{path} cannot be read: {error.strerror}.") from error


def _unfolded(upload: Upload) -> Iterator[tuple[Extracted, bytes]]:
    """The upload, and where it is an e-mail what hangs on it, to LIMITS.nesting e-mails deep."""
    found = extract(upload.raw, name=upload.name)
    within = list(_attached(found, depth=1))
    if len(within) > LIMITS.attachments:
        raise Refused("too_many_attachments", name=found.name, count=len(within), limit=LIMITS.attachments)
    refused = tuple(
        Note(code="attachment_refused", values={"name": one.name}) for one in within if isinstance(one, Refused)
    )
    yield replace(found, notes=(*found.notes, *refused)), upload.raw
    yield from (one for one in within if not isinstance(one, Refused))


def _attached(found: Extracted, *, depth: int) -> Iterator[tuple[Extracted, bytes] | Refused]:
    for upload in found.attachments:
        try:
            if depth > LIMITS.nesting:
                raise Refused("nested", name=upload.name)
            inner = extract(upload.raw, name=upload.name)
        except Refused as error:
            yield error
        else:
            yield inner, upload.raw
            yield from _attached(inner, depth=depth + 1)
