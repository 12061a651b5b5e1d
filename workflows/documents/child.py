"""The process that opens what a stranger sent: it reads one file from its input, within limits, and ends.

Run as a module with the kind of the file. It gets no environment to speak of, cannot write a file of any size, and
has a limit on memory and processor time; whatever happens to it, only this one file is not read.
"""

from __future__ import annotations

import base64
import json
import resource
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, cast

from workflows.documents.extracted import Content, Kind
from workflows.documents.kind import READERS
from workflows.documents.limits import LIMITS
from workflows.documents.messages import Unreadable

MOST_OUTPUT = 4 * LIMITS.upload_bytes


def main() -> None:
    """Read standard input as the kind that is named; write the outcome as one JSON value."""
    # Imported first: the limit on memory is for the file.
    read: Callable[[bytes], Content] = import_module(f"workflows.documents.{READERS[cast(Kind, sys.argv[1])]}").read
    raw = sys.stdin.buffer.read()
    for limit, value in (
        (resource.RLIMIT_AS, LIMITS.memory_bytes),
        (resource.RLIMIT_CPU, LIMITS.processor_seconds),
        (resource.RLIMIT_FSIZE, MOST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    try:
        outcome = _told(read(raw))
    except Unreadable as error:
        outcome = {"refused": error.code, "values": error.values}
    except (MemoryError, RecursionError):
        outcome = {"refused": "too_heavy", "values": {}}
    sys.stdout.write(json.dumps(outcome))


def _told(content: Content) -> dict[str, Any]:
    return {
        "text": content.text,
        "pages": content.pages,
        "notes": [note.to_dict() for note in content.notes],
        "attachments": [
            {"name": one.name, "raw": base64.b64encode(one.raw).decode("ascii")} for one in content.attachments
        ],
    }


if __name__ == "__main__":
    main()
