"""Files that appear whole or not at all."""

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from scaffolds.errors import CasewrightError


@contextmanager
def atomic_binary(path: Path) -> Iterator[BinaryIO]:
    """Yield a file beside `path` that takes its name when the block ends well.

    Where the block raises, the temporary file goes and a file already at `path` stays as it was.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise CasewrightError(
            f"{path}: cannot be written ({error.strerror}); choose another place."
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except UnicodeEncodeError as error:
        raise CasewrightError(
            f"{path}: the source holds a broken character ({error.reason}); mend its encoding."
        ) from error
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def atomic(path: Path) -> Iterator[TextIO]:
    """Like `atomic_binary`, for text: UTF-8 and line feeds."""
    with atomic_binary(path) as binary:
        text = io.TextIOWrapper(binary, encoding="utf-8", newline="\n")
        try:
            yield text
            text.flush()
        finally:
            text.detach()
