"""Reads XES (IEEE 1849-2016 and 1849-2023), plain or gzip, case by case.
 The parser is expat from the standard library, fed in small pieces: memory follows the largest case, not the
log. XES has no document type, so a file that declares one is refused; with that, entities can be neither
expanded nor fetched, and the parser knows no network.
"""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from finetune.logs.source import MAX_EVENTS_PER_CASE, CaseBuilder, Progress, RawEvent, open_source, refuse
from finetune.logs.spool import Spool
from finetune.logs.trace import Trace

CHUNK = 1 << 16
MAX_TOKEN = 4 << 20  # expat reads an unfinished element again with every chunk
MAX_DEPTH = 20
_PREAMBLE = frozenset({"extension", "classifier", "global"})


def read_xes(
    path: Path, *, builder: CaseBuilder, attributes: dict[str, Any], progress: Progress | None = None
) -> Iterator[Trace]:
    """Yield the traces of `path` in its order and put the log's own attributes into `attributes`.

    Raises CasewrightError for anything that is not XES, has a document type, repeats a case id, or holds a
    case or an event without what a trace needs.
    """
    with open_source(path, progress=progress) as file, Spool() as spool:
        parser = _Parser(path, attributes)
        fed = 0
        while chunk := file.read(CHUNK):
            fed += len(chunk)
            parser.feed(chunk, fed)
            yield from _built(parser, builder, spool)
        parser.close()
        yield from _built(parser, builder, spool)


def _built(parser: "_Parser", builder: CaseBuilder, spool: Spool) -> Iterator[Trace]:
    for attributes, events in parser.done:
        case = _text(attributes.pop("concept:name", None))
        if case and not spool.first("case", case):
            refuse(builder.file, "this case id occurs twice; make the ids unique.", case=case)
        raw = [
            RawEvent(
                activity=_text(event.pop("concept:name", None)),
                time=_text(event.pop("time:timestamp", None)),
                resource=_text(event.pop("org:resource", None)),
                index=index,
                attributes=event,
            )
            for index, event in enumerate(events)
        ]
        yield builder.build(case, attributes, raw)
    parser.done.clear()


def _text(value: Any) -> str | None:
    """Return what an attribute that names something says, whatever XES type it was given."""
    while isinstance(value, dict):
        value = next((value[tag] for tag in ("value", "date", "id", "float") if tag in value), None)
    return None if value is None else str(value)


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


def _float(text: str) -> float | dict[str, str]:
    value = float(text)
    if math.isfinite(value):
        return value
    return {"float": "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"}


_CONVERT: dict[str, Callable[[str], Any]] = {
    "string": str,
    "date": lambda text: {"date": text},
    "int": int,
    "float": _float,
    "boolean": _boolean,
    "id": lambda text: {"id": text},
}


class _Parser:
    """Turns XML events into finished cases: `done` holds (trace attributes, list of event attributes)."""

    def __init__(self, path: Path, log: dict[str, Any]) -> None:
        self.path = path
        self.done: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
        self._cases = 0
        self._log: dict[str, Any] = log
        self._trace: dict[str, Any] | None = None
        self._event: dict[str, Any] | None = None
        self._events: list[dict[str, Any]] = []
        self._target: dict[str, Any] = log
        self._open: list[tuple[Any, str]] = []  # attributes whose end has not come: (container, key)
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._root
        self._expat.EndElementHandler = self._end
        self._expat.StartDoctypeDeclHandler = self._doctype

    def feed(self, data: bytes, fed: int) -> None:
        try:
            self._expat.Parse(data, False)
        except (expat.ExpatError, ValueError, LookupError) as error:
            refuse(self.path, f"not well-formed XML ({error}); fetch the file again.")
        if fed - self._expat.CurrentByteIndex > MAX_TOKEN:
            refuse(self.path, f"one element is larger than {MAX_TOKEN >> 20} MiB; this is not an event log.")

    def close(self) -> None:
        try:
            self._expat.Parse(b"", True)
        except expat.ExpatError as error:
            refuse(self.path, f"not well-formed XML ({error}); fetch the file again.")

    def _doctype(self, *_: object) -> None:
        refuse(
            self.path, "declares a document type, which XES does not have; entities are refused. Remove it."
        )

    def _refuse(self, message: str) -> NoReturn:
        place = f"trace {self._cases + 1}" if self._trace is not None else "the log"
        event = f", event {len(self._events) + 1}" if self._event is not None else ""
        line = self._expat.CurrentLineNumber
        refuse(self.path, f"line {line}, in {place}{event}: {message}")

    def _root(self, name: str, _: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "log":
            self._refuse(f"the outermost element is <{name}>, not <log>, so this is not XES.")
        self._expat.StartElementHandler = self._start

    def _start(self, name: str, xml: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name in _CONVERT:
            try:
                key = xml["key"]
                value = xml["value"] if name == "string" else _CONVERT[name](xml["value"])
            except KeyError as error:
                self._refuse(f"<{name}> has no usable key and value ({error}).")
            except ValueError:
                self._refuse(f"{xml['value'][:80]!r} is not a {name}.")
            self._place(key, value)
        elif name == "event":
            if self._trace is None or self._event is not None or self._open:
                self._refuse("an event stands outside a trace; give every event a case.")
            self._event = self._target = {}
        elif name == "trace":
            if self._trace is not None or self._open:
                self._refuse("a trace stands where none may be.")
            self._trace = self._target = {}
        elif name in ("list", "container"):
            self._place(xml.get("key", ""), {"list": []})
        elif name in _PREAMBLE and self._trace is None and not self._open:
            self._target = {}  # defaults for attributes that are absent; no part of the log itself
        elif name != "values" or not self._open:
            self._refuse(f"<{name}> has no place here in XES.")

    def _place(self, key: str, value: Any) -> None:
        container = self._inside() if self._open else self._target
        if isinstance(container, list):
            container.append([key, value])
        elif key in container:
            self._refuse(f"the key {key!r} occurs twice; a value would be lost.")
        else:
            container[key] = value
        self._open.append((container, key))

    def _inside(self) -> Any:
        """Return the container for an attribute of the attribute that is open."""
        if len(self._open) == MAX_DEPTH:
            self._refuse(f"attributes are nested deeper than {MAX_DEPTH}.")
        container, key = self._open[-1]
        holder, place = (container[-1], 1) if isinstance(container, list) else (container, key)
        parent = holder[place]
        if isinstance(parent, dict) and "list" in parent:
            return parent["list"]
        if not (isinstance(parent, dict) and "children" in parent):
            parent = holder[place] = {"value": parent, "children": {}}
        return parent["children"]

    def _end(self, name: str) -> None:
        if self._open:
            if name[-6:] != "values":
                self._open.pop()
            return
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "event":
            self._events.append(self._event)  # type: ignore[arg-type]
            self._event, self._target = None, self._trace  # type: ignore[assignment]
            if len(self._events) > MAX_EVENTS_PER_CASE:
                self._refuse(f"more than {MAX_EVENTS_PER_CASE:,} events in one case; this is not a case.")
        elif name == "trace":
            self.done.append((self._trace, self._events))  # type: ignore[arg-type]
            self._trace, self._events, self._target = None, [], self._log
            self._cases += 1
        elif name in _PREAMBLE:
            self._target = self._log
