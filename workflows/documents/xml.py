"""Takes the words from the XML of an office file as it is unpacked: no tree is built, no entity or DTD is allowed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import XMLParser

from workflows.documents.limits import LIMITS
from workflows.documents.messages import Unreadable


class Words(ABC):
    """Is told of every element and text in the order of the document, and keeps the text.

    `path` holds the open elements, without namespace; `seen` counts what the reader of the text has to know.
    """

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()
        self.path: list[str] = []
        self._out: list[str] = []
        self._length = 0

    @property
    def text(self) -> str:
        """All that was kept."""
        return "".join(self._out)

    def read(self, chunks: Iterable[bytes]) -> None:
        """Parse one part. Raises Unreadable for a document type, an entity, broken XML, and too long a text."""
        self.path = []
        parser = XMLParser(target=self, forbid_dtd=True)
        try:
            for chunk in chunks:
                parser.feed(chunk)
            parser.close()
        except DefusedXmlException as error:
            raise Unreadable("entities") from error
        except (ParseError, ValueError) as error:
            raise Unreadable("broken") from error

    def add(self, text: str) -> None:
        """Keep `text`."""
        self._length += len(text)
        if self._length > LIMITS.characters:
            raise Unreadable("too_long", limit=f"{LIMITS.characters:,}")
        self._out.append(text)

    def turn(self, last: str, into: str) -> None:
        """Put `into` in the place of `last` where that was kept last: the end of a cell, or of a row."""
        if self._out and self._out[-1] == last:
            self._out[-1] = into

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        name = local(tag)
        self.opens(name, {local(key): value for key, value in attributes.items()})
        self.path.append(name)

    def end(self, tag: str) -> None:
        """An element ends."""
        self.closes(self.path.pop())

    @abstractmethod
    def opens(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins; `path` does not hold it yet."""

    @abstractmethod
    def closes(self, name: str) -> None:
        """An element ends; `path` does not hold it any more."""

    @abstractmethod
    def data(self, text: str) -> None:
        """Text within the last of `path`; it may come in pieces."""


def local(name: str) -> str:
    """The name of an element or attribute without its namespace; the two dialects of OOXML differ only there."""
    return name.rpartition("}")[2]
