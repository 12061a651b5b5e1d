"""DMN XML parsed safely: no entities, no document type, nothing fetched, and a limit on size.

Elements are found by local name, in the namespaces of DMN 1.1 to 1.5; everything else is an extension.
"""

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from scaffolds.table import TableError

MAX_BYTES = 8_000_000
VERSIONS = {
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": "1.1",
    "http://www.omg.org/spec/DMN/20180521/MODEL/": "1.2",
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}
OWN = "urn:casewright:dmn:1"


def parse(data: bytes, file: str) -> Element:
    """The `definitions` element; raises TableError on anything but DMN 1.1 to 1.5."""
    if len(data) > MAX_BYTES:
        raise TableError(f"larger than {MAX_BYTES} bytes; split the model", file=file)
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise TableError(f"entities and document types are not read ({type(error).__name__})", file=file) from None
    except (ParseError, ValueError, LookupError) as error:
        raise TableError(f"not XML: {error}", file=file) from None
    if local(root) != "definitions" or namespace(root) not in VERSIONS:
        raise TableError(f"{root.tag} is not the definitions of DMN {', '.join(VERSIONS.values())}", file=file)
    return root


def read_bytes(path: Path) -> bytes:
    """The file's bytes; raises TableError when it cannot be read or is too large."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TableError(f"larger than {MAX_BYTES} bytes; split the model", file=str(path))
        return path.read_bytes()
    except OSError as error:
        raise TableError(f"cannot be read: {error}", file=str(path)) from None


def local(element: Element) -> str:
    """The name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """The namespace without braces."""
    return str(element.tag).partition("}")[0].removeprefix("{")


def children(element: Element, *path: str) -> Iterator[Element]:
    """The DMN descendants along a path of local names."""
    for child in element:
        if local(child) == path[0] and namespace(child) in VERSIONS:
            if path[1:]:
                yield from children(child, *path[1:])
            else:
                yield child


def child(element: Element, *path: str) -> Element | None:
    """The first of `children`."""
    return next(children(element, *path), None)


def text(element: Element, *path: str) -> str:
    """The text at the end of a path, or the empty string."""
    found = child(element, *path) if path else element
    return (found.text or "").strip() if found is not None else ""


def extensions(element: Element, name: str) -> Iterator[Element]:
    """The extension elements of this local name, directly under an element's own `extensionElements`."""
    for box in children(element, "extensionElements"):
        yield from (found for found in box.iter() if local(found) == name and namespace(found) not in VERSIONS)
