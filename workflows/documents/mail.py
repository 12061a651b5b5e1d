"""E-mail (EML, RFC 5322): its sender, addressee, day and subject, then its text; attachments become documents."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from typing import cast

from workflows.documents import markup
from workflows.documents.extracted import Content, Upload
from workflows.documents.limits import LIMITS
from workflows.documents.messages import Note, Unreadable

_HEADERS = {"from": "Van", "to": "Aan", "date": "Datum", "subject": "Onderwerp"}
_DEEPEST = 30


def read(raw: bytes) -> Content:
    """Read a message. Raises Unreadable where it is nested too deeply or has too many attachments."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
        parts = list(_parts(message))
        return _content(message, parts)
    except RecursionError as error:
        raise Unreadable("nested") from error
    # The standard library's parser meets what senders make up with these, and some more of its own.
    except (MessageError, LookupError, ValueError, AttributeError, TypeError) as error:
        raise Unreadable("broken") from error


def _content(message: EmailMessage, parts: list[EmailMessage]) -> Content:
    plain = next((part for part in parts if _is_text(part, "text/plain")), None)
    rich = next((part for part in parts if _is_text(part, "text/html")), None)
    notes: list[Note] = []
    body = ""
    if plain is not None and (text := _decoded(plain)).strip():
        body = text
    elif rich is not None:
        body, hidden = markup.text_of(_decoded(rich))
        notes += [Note(code="hidden_text")] if hidden else []
    shown = {id(plain), id(rich)}
    others = [part for part in parts if id(part) not in shown]
    pictures = [part for part in others if _is_decoration(part)]
    attachments = tuple(_attachment(part) for part in others if part not in pictures)
    if len(attachments) > LIMITS.attachments:
        raise Unreadable("too_many_attachments", count=len(attachments), limit=LIMITS.attachments)
    if pictures:
        notes.append(Note(code="pictures", values={"count": len(pictures)}))
    if attachments:
        notes.append(Note(code="attachments", values={"count": len(attachments)}))
    heads = [f"{label}: {' '.join(str(message[name]).split())}" for name, label in _HEADERS.items() if message[name]]
    text = "\n".join([*heads, "", body.replace("\r\n", "\n").strip("\n")]).strip("\n") + "\n"
    return Content(text=text, notes=tuple(notes), attachments=attachments)


def _parts(message: EmailMessage, depth: int = 0) -> Iterator[EmailMessage]:
    """The parts that are no containers. A message within this one is a part of its own."""
    if depth > _DEEPEST:
        raise Unreadable("nested")
    if message.get_content_maintype() == "multipart":
        for part in message.iter_parts():
            yield from _parts(cast(EmailMessage, part), depth + 1)
    else:
        yield message


def _is_text(part: EmailMessage, kind: str) -> bool:
    attached = part.get_content_disposition() == "attachment" or part.get_filename()
    return part.get_content_type() == kind and not attached


def _is_decoration(part: EmailMessage) -> bool:
    """A picture that the text shows, such as a logo under a signature."""
    named = part["content-id"] is not None and part.get_content_disposition() != "attachment"
    return part.get_content_maintype() == "image" and named


def _decoded(part: EmailMessage) -> str:
    raw = part.get_payload(decode=True)
    assert isinstance(raw, bytes)
    try:
        return raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")


def _attachment(part: EmailMessage) -> Upload:
    if part.get_content_type() == "message/rfc822":
        inner = cast(EmailMessage, part.get_content())
        return Upload(name=part.get_filename() or "doorgestuurd.eml", raw=inner.as_bytes())
    raw = part.get_payload(decode=True)
    return Upload(name=part.get_filename() or "bijlage", raw=raw if isinstance(raw, bytes) else b"")
