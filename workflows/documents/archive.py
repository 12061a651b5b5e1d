"""The parts of a DOCX or ODT, read one at a time and never written anywhere; what a bomb or a trick is, is refused."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from workflows.documents.limits import LIMITS
from workflows.documents.messages import Unreadable

_CHUNK = 1 << 16


class Archive:
    """An office file as a set of named parts.

    Raises Unreadable where it is broken or protected, has too many parts or a part twice, unpacks to more than
    LIMITS.unpacked_bytes, or names a part like a path out of it.
    """

    def __init__(self, raw: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise Unreadable("broken") from error
        parts = self._zip.infolist()
        if len(parts) > LIMITS.parts:
            raise Unreadable("too_many_parts", parts=len(parts), limit=LIMITS.parts)
        if any(part.flag_bits & 1 for part in parts):
            raise Unreadable("encrypted")
        if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
            raise Unreadable("broken")
        self.names = [part.filename for part in parts]
        # Two parts of one name are two documents: one that is shown, another that is read.
        if len(set(self.names)) < len(parts) or any(map(_leads_out, self.names)):
            raise Unreadable("archive_names")
        self._left = LIMITS.unpacked_bytes
        if sum(part.file_size for part in parts) > self._left:
            raise Unreadable("unpacks_too_large", limit=self._left)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Unpack one part piece by piece; what it claims to be in size is not believed."""
        try:
            with self._zip.open(name) as part:
                while chunk := part.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise Unreadable("unpacks_too_large", limit=LIMITS.unpacked_bytes)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, OSError) as error:
            raise Unreadable("broken") from error


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")
