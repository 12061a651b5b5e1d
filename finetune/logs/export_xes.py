"""Writes a trace file as XES 2.0 (IEEE 1849-2023), plain or gzip, so that process-mining tools can read it.
 What was imported comes back: attributes with their types and their own attributes, times with their first
offset.
"""

import gzip
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO
from xml.sax.saxutils import quoteattr

from finetune.logs.output import atomic_binary
from finetune.logs.trace import Trace, TraceFile
from scaffolds.errors import CasewrightError

_EXTENSIONS = {"concept": "Concept", "time": "Time", "org": "Organizational", "lifecycle": "Lifecycle"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML 1.0, section 2.2
_TYPES = {bool: "boolean", int: "int", float: "float", str: "string"}


def export_xes(traces: TraceFile, out: Path) -> int:
    """Write `traces` to `out`, packed where its name ends in .gz; return the number of cases.

    Events keep the order of the trace file. Equal traces give equal bytes. The log's own attributes come last
    in a trace file and first in XES, so the trace file is read twice.
    """
    for _ in traces:
        pass
    cases = 0
    with atomic_binary(out) as binary:
        packed = (
            gzip.GzipFile(filename="", mode="wb", fileobj=binary, mtime=0) if out.suffix == ".gz" else binary
        )
        file = io.TextIOWrapper(packed, encoding="utf-8", newline="\n")
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        file.write(
            '<log xes.version="2.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">\n'
        )
        for prefix, name in _EXTENSIONS.items():
            file.write(
                f'<extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
            )
        _attributes(file, traces.attributes)
        for trace in traces:
            _trace(file, trace)
            cases += 1
        file.write("</log>\n")
        file.detach()
        if packed is not binary:
            packed.close()
    return cases


def _trace(file: TextIO, trace: Trace) -> None:
    file.write("<trace>\n")
    _attributes(file, {"concept:name": trace.case, **trace.attributes})
    for event in trace.events:
        own = {"concept:name": event.activity, "time:timestamp": {"date": event.local.isoformat()}}
        if event.resource is not None:
            own["org:resource"] = event.resource
        file.write("<event>\n")
        _attributes(file, {**own, **event.attributes})
        file.write("</event>\n")
    file.write("</trace>\n")


def _attributes(file: TextIO, attributes: Mapping[str, Any]) -> None:
    for key, value in attributes.items():
        _attribute(file, key, value)


def _attribute(file: TextIO, key: str, value: Any) -> None:
    children: Mapping[str, Any] = {}
    if isinstance(value, dict) and "children" in value:
        value, children = value["value"], value["children"]
    if isinstance(value, dict) and "list" in value:
        file.write(f"<list key={_quoted(key)}><values>\n")
        for item_key, item in value["list"]:
            _attribute(file, item_key, item)
        file.write("</values></list>\n")
        return
    if isinstance(value, dict):
        ((kind, text),) = value.items()
    else:
        kind = _TYPES[type(value)]
        text = (
            str(value).lower() if isinstance(value, bool) else repr(value) if kind == "float" else str(value)
        )
    file.write(f"<{kind} key={_quoted(key)} value={_quoted(text)}")
    if not children:
        file.write("/>\n")
        return
    file.write(">\n")
    _attributes(file, children)
    file.write(f"</{kind}>\n")


def _quoted(text: str) -> str:
    if _NOT_XML.search(text):
        raise CasewrightError(
            f"{text[:80]!r} holds a control character, which XML cannot; mend the source and import it."
        )
    return quoteattr(text, {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
