"""Reads XES (IEEE 1849-2016 and 1849-2023), plain or gzip, case by case.

The parser is expat from the standard library, fed in small pieces: memory follows the largest case, not the log. XES
has no document type, so a file that declares one is refused; with that, entities can be neither expanded nor fetched,
and the parser knows no network.

A handler in Python for each of a trace's elements is what takes the time. Where expat has just opened a trace, and what
follows up to its end is plain (see `xes_plain`), that part is read without expat, which then sees an empty trace.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from finetune.logs.source import MAX_EVENTS_PER_CASE, CaseBuilder, Progress, RawEvent, open_source, refuse
from finetune.logs.spool import Spool
from finetune.logs.trace import Trace
from finetune.logs.xes_plain import Case, plain_trace
from finetune.logs.xes_values import CONVERT

CHUNK = 1 << 16
MAX_TOKEN = 4 << 20  # expat reads an unfinished element again with every chunk
MAX_DEPTH = 20
_TRACE, _TRACE_END = b"<trace>", b"</trace>"
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
        waiting = b""
        while chunk := file.read(CHUNK):
            waiting = parser.feed_traces(waiting + chunk)
            yield from _built(parser, builder, spool)
        parser.feed(waiting)
        parser.close()
        yield from _built(parser, builder, spool)


def _built(parser: "_Parser", builder: CaseBuilder, spool: Spool) -> Iterator[Trace]:
    for attributes, events in parser.done:
        case = _text(attributes.pop("concept:name", None))
        if case and not spool.first("case", case):
            refuse(builder.file, "this case id occurs twice; make the ids unique.", case=case)
        raw = [
            RawEvent(
                _text(event.pop("concept:name", None)),
                _text(event.pop("time:timestamp", None)),
                _text(event.pop("org:resource", None)),
                index,
                event,
            )
            for index, event in enumerate(events)
        ]
        yield builder.build(case, attributes, raw)
    parser.done.clear()


def _text(value: Any) -> str | None:
    """Return what an attribute that names something says, whatever XES type it was given."""
    if isinstance(value, str):
        return value
    while isinstance(value, dict):
        value = next((value[tag] for tag in ("date", "value", "id", "float") if tag in value), None)
    return None if value is None else str(value)


class _Parser:
    """Turns XML events into finished cases: `done` holds (trace attributes, list of event attributes)."""

    def __init__(self, path: Path, log: dict[str, Any]) -> None:
        self.path = path
        self.done: list[Case] = []
        self._cases = 0
        self._fed = 0
        self._opened = -1  # where in what expat was fed the latest trace begins
        self._skipped = 0  # lines that expat did not see
        self._utf8 = True
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
        self._expat.XmlDeclHandler = self._declaration

    def feed_traces(self, data: bytes) -> bytes:
        """Read every trace that is whole in `data`, the quick way where it is plain; return what is left over.

        Expat names the byte at which an element begins. Only where that is the `<trace>` fed last is it certain that
        this was markup, and no part of a comment, a CDATA section or an attribute.
        """
        place = 0
        while (start := data.find(_TRACE, place)) >= 0:
            self.feed(data[place:start])
            place = start
            end = data.find(_TRACE_END, start, start + MAX_TOKEN)
            if end < 0:
                break
            begins = self._fed
            self.feed(_TRACE)
            content = data[start + len(_TRACE) : end]
            case = plain_trace(content) if self._opened == begins and self._utf8 else None
            if case is None:
                self.feed(content)
            else:
                self._trace, self._events = case
                self._skipped += content.count(b"\n")
            self.feed(_TRACE_END)
            place = end + len(_TRACE_END)
        if start < 0 or len(data) - start > MAX_TOKEN:
            rest = max(place, len(data) - len(_TRACE) + 1)  # it may begin with the end of this piece
            self.feed(data[place:rest])
            place = rest
        return data[place:]

    def feed(self, data: bytes) -> None:
        """Let expat read `data`."""
        self._fed += len(data)
        try:
            self._expat.Parse(data, False)
        except (expat.ExpatError, ValueError, LookupError) as error:
            refuse(self.path, f"not well-formed XML ({self._said(error)}); fetch the file again.")
        if self._fed - self._expat.CurrentByteIndex > MAX_TOKEN:
            refuse(self.path, f"one element is larger than {MAX_TOKEN >> 20} MiB; this is not an event log.")

    def close(self) -> None:
        try:
            self._expat.Parse(b"", True)
        except expat.ExpatError as error:
            refuse(self.path, f"not well-formed XML ({self._said(error)}); fetch the file again.")

    def _said(self, error: Exception) -> str:
        if isinstance(error, expat.ExpatError):
            return f"{expat.ErrorString(error.code)}: line {error.lineno + self._skipped}"
        return str(error)

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        self._utf8 = encoding is None or encoding.lower() == "utf-8"

    def _doctype(self, *_: object) -> None:
        refuse(self.path, "declares a document type, which XES does not have; entities are refused. Remove it.")

    def _refuse(self, message: str) -> NoReturn:
        place = f"trace {self._cases + 1}" if self._trace is not None else "the log"
        event = f", event {len(self._events) + 1}" if self._event is not None else ""
        line = self._expat.CurrentLineNumber + self._skipped
        refuse(self.path, f"line {line}, in {place}{event}: {message}")

    def _root(self, name: str, _: dict[str, str]) -> None:
        if name.rpartition(":")[2] != "log":
            self._refuse(f"the outermost element is <{name}>, not <log>, so this is not XES.")
        self._expat.StartElementHandler = self._start

    def _start(self, name: str, xml: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name in CONVERT:
            try:
                key = xml["key"]
                value = xml["value"] if name == "string" else CONVERT[name](xml["value"])
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
            self._opened = self._expat.CurrentByteIndex
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
