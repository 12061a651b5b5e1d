"""extract: one file into its text, or a refusal that says what to do. Nothing a file holds takes its caller down."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from typing import Any

from workflows.documents import plain
from workflows.documents.extracted import Content, Extracted, Kind, Upload, clean_name
from workflows.documents.kind import READERS, kind_of
from workflows.documents.limits import LIMITS
from workflows.documents.messages import Note, Refused, Unreadable

# Control characters other than tab, line end and form feed, halves of surrogate pairs, and what is no character.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")


def extract(raw: bytes, *, name: str) -> Extracted:
    """Take the text from a file, whose `name` is only shown. Takes up to LIMITS.seconds: not for an event loop.

    The text of a plain file is kept to the last character; of others it follows from the bytes alone, with line
    ends "\\n". Raises Refused, a CasewrightError, for whatever is not read.
    """
    shown = clean_name(name)
    try:
        if len(raw) > LIMITS.upload_bytes:
            raise Unreadable("too_large", size=f"{len(raw):,}", limit=f"{LIMITS.upload_bytes:,}")
        if not raw:
            raise Unreadable("empty")
        kind = kind_of(raw)
        content = _in_child(raw, kind) if kind in READERS else plain.read(raw)
        if len(content.text) > LIMITS.characters:
            raise Unreadable("too_long", limit=f"{LIMITS.characters:,}")
    except Unreadable as error:
        raise Refused(error.code, name=shown, **error.values) from error
    text, notes = content.text, list(content.notes)
    if kind in READERS:
        text, replaced = _NO_TEXT.subn("�", text)
        notes += [Note(code="replaced_characters", values={"count": replaced})] if replaced else []
    if _REORDERING.search(text):
        notes.append(Note(code="reordering"))
    if not text.strip() and not any(note.code == "scan" for note in notes):
        notes.append(Note(code="scan"))
    return Extracted(
        name=shown,
        kind=kind,
        text=text,
        sha256=hashlib.sha256(raw).hexdigest(),
        pages=content.pages,
        notes=tuple(notes),
        attachments=content.attachments,
    )


def _in_child(raw: bytes, kind: Kind) -> Content:
    command = [sys.executable, "-I", "-m", "workflows.documents.child", kind]
    kept = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ}
    environment = {**kept, "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1"}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        try:
            ended = subprocess.run(
                command,
                input=raw,
                stdout=said,
                stderr=subprocess.DEVNULL,
                timeout=LIMITS.seconds,
                cwd=folder,
                env=environment,
            )
        except subprocess.TimeoutExpired:
            raise Unreadable("too_slow", seconds=LIMITS.seconds) from None
        said.seek(0)
        outcome = _outcome(said.read(), ended.returncode)
    if "refused" in outcome:
        raise Unreadable(outcome["refused"], **outcome["values"])
    return Content(
        text=outcome["text"],
        pages=outcome["pages"],
        notes=tuple(Note(**note) for note in outcome["notes"]),
        attachments=tuple(Upload(name=one["name"], raw=base64.b64decode(one["raw"])) for one in outcome["attachments"]),
    )


def _outcome(said: bytes, code: int) -> dict[str, Any]:
    if code == 0:
        outcome: dict[str, Any] = json.loads(said)
        return outcome
    # A signal is a limit, or a fault in native code; else its reader met what it had not foreseen.
    return {"refused": "too_heavy" if code < 0 else "broken", "values": {}}
