"""Files that appear whole or not at all: written beside their place, flushed, then renamed.

A run that is killed, or a disk that fills up, leaves what was there before. A temporary name begins with a
dot and ends in `.tmp`; one that a killed process left behind is overwritten by the next.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scaffolds.errors import CasewrightError


def write_text_atomic(path: Path, text: str) -> Path:
    """Write UTF-8 text; the folder is made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _beside(path)
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def write_json_atomic(path: Path, value: Any) -> Path:
    """Write a JSON value, keys in the order given."""
    return write_text_atomic(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def folder_atomic(path: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of `path` when the block ends well; else it is thrown away.

    A folder that stood at `path` is kept until the new one is whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside, old = _beside(path), path.with_name(f".{path.name}.old.tmp")
    if old.exists() and not path.exists():
        old.rename(path)  # killed between the two renames below
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        if path.exists():
            shutil.rmtree(old, ignore_errors=True)
            path.rename(old)
        beside.rename(path)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def read_json(path: Path) -> Any:
    """Read a JSON file that Casewright wrote; raises CasewrightError when it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CasewrightError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CasewrightError(f"{path} is damaged ({error}); make it anew.") from error


def sha256_file(path: Path) -> str:
    """Hash a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sha256_json(value: Any) -> str:
    """Hash a JSON value, whatever the order of its keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp")
