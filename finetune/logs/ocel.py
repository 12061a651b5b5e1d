"""Reads OCEL 2.0 JSON for one object type: every object of that type is a case, with the events that relate
to it.
 An event that relates to several objects of the type stands in the trace of each; that is what flattening
means, and counts of events follow it. The file is read twice, objects first, and never held in memory.
Source: Berti et al., OCEL (Object-Centric Event Log) 2.0 Specification, 2023.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from finetune.logs.source import MAX_EVENTS_PER_CASE, CaseBuilder, Progress, RawEvent, open_source, refuse
from finetune.logs.spool import Spool
from finetune.logs.trace import Trace

MAX_DEPTH = 20  # of OCEL's own records: six

def read_ocel(
    path: Path, *, object_type: str, builder: CaseBuilder, progress: Progress | None = None
) -> Iterator[Trace]:
    """Yield one trace per object of `object_type`, in the order of the file.

    A case attribute has the value the object had first; later values stand beside it with their time as
    children, so that no value from the future passes for something known at the start. The event's other
    objects stay with it. Raises CasewrightError for what is not OCEL 2.0 JSON, an unknown type, repeated ids,
    and relations to no object.
    """
    with Spool() as spool:
        _spool_objects(path, object_type, spool, progress)
        _spool_events(path, object_type, spool, progress)
        for case, attributes, events in spool.cases():
            if len(events) > MAX_EVENTS_PER_CASE:
                refuse(path, f"more than {MAX_EVENTS_PER_CASE:,} events in one case.", case=case)
            raw = [
                RawEvent(event[0], event[1], event[2], index, event[3]) for index, event in enumerate(events)
            ]
            yield builder.build(case, attributes, raw)


def _items(path: Path, prefix: str, progress: Progress | None) -> Iterator[dict[str, Any]]:
    import ijson

    with open_source(path, progress=progress) as file:
        try:
            events = _shallow(path, ijson.basic_parse(file, use_float=True))
            for item in ijson.items(ijson.parse(events), prefix):
                if not isinstance(item, dict) or not isinstance(item.get("id"), str):
                    refuse(path, f"an entry of {prefix.partition('.')[0]!r} has no id.")
                if not isinstance(item.get("type"), str):
                    refuse(path, f"{item['id']!r} has no type.")
                yield item
        except (ijson.JSONError, UnicodeDecodeError) as error:
            refuse(path, f"not JSON ({error}); OCEL 2.0 is read from its JSON form.")


def _shallow(path: Path, events: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Pass JSON events on; for each level ijson keeps the whole path to it, so a deep file would fill the memory."""
    depth = 0
    for kind, value in events:
        if kind in ("start_map", "start_array"):
            depth += 1
            if depth > MAX_DEPTH:
                refuse(path, f"nested deeper than {MAX_DEPTH} levels; this is not OCEL 2.0 JSON.")
        elif kind in ("end_map", "end_array"):
            depth -= 1
        yield kind, value


def _spool_objects(path: Path, object_type: str, spool: Spool, progress: Progress | None) -> None:
    types = set()
    for item in _items(path, "objects.item", progress):
        if not spool.first("object", item["id"], note=item["type"]):
            refuse(path, "this object id occurs twice; make the ids unique.", case=item["id"])
        types.add(item["type"])
        if item["type"] == object_type:
            spool.add_case(item["id"], _object_attributes(path, item))
    if object_type not in types:
        known = ", ".join(repr(name) for name in sorted(types)[:40]) or "none; is this OCEL 2.0 JSON?"
        refuse(path, f"there is no object of type {object_type!r}; the types are {known}.")


def _spool_events(path: Path, object_type: str, spool: Spool, progress: Progress | None) -> None:
    for item in _items(path, "events.item", progress):
        if not spool.first("event", item["id"]):
            refuse(path, f"the event id {item['id']!r} occurs twice; make the ids unique.")
        time = item.get("time")
        if time is not None and not isinstance(time, str):
            refuse(path, f"the time of event {item['id']!r} is no text.")
        attributes: dict[str, Any] = {"ocel:id": item["id"]}
        for name, value, _ in _named(path, item):
            if name in attributes:
                refuse(path, f"event {item['id']!r} has two attributes {name!r}; a value would be lost.")
            attributes[name] = value
        resource = attributes.pop("org:resource", None)
        objects: dict[str, str] = {}
        cases = []
        for related, qualifier in _related(path, item):
            kind = spool.note("object", related)
            if kind is None:
                refuse(path, f"event {item['id']!r} relates to {related!r}, which is no object of the log.")
            if kind == object_type and related not in cases:
                cases.append(related)
            elif kind != object_type:
                objects[related] = qualifier
        if objects:
            attributes["ocel:objects"] = {"value": "", "children": objects}
        for case in cases:
            event = [item["type"], time, None if resource is None else str(resource), attributes]
            spool.add_event(case, event)


def _object_attributes(path: Path, item: dict[str, Any]) -> dict[str, Any]:
    history: dict[str, list[tuple[str, Any]]] = {}
    for name, value, time in _named(path, item):
        history.setdefault(name, []).append((time, value))
    attributes = {}
    for name, values in history.items():
        values.sort(key=lambda pair: pair[0])
        first = values[0][1]
        later = dict(values[1:])
        if len({time for time, _ in values}) < len(values):
            refuse(path, f"{item['id']!r} has two values of {name!r} at one time; a value would be lost.")
        attributes[name] = {"value": first, "children": later} if later else first
    return attributes


def _named(path: Path, item: dict[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield (name, value, time) of the attributes of an object or event."""
    for entry in _list(path, item, "attributes"):
        value = entry.get("value")
        if not isinstance(entry.get("name"), str) or isinstance(value, dict | list):
            refuse(path, f"{item['id']!r} has an attribute without a name or with a value that is no value.")
        if value is not None:
            yield entry["name"], value, str(entry.get("time", ""))


def _related(path: Path, item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in _list(path, item, "relationships"):
        if not isinstance(entry.get("objectId"), str):
            refuse(path, f"{item['id']!r} has a relationship without an objectId.")
        yield entry["objectId"], str(entry.get("qualifier") or "")


def _list(path: Path, item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    entries = item.get(name) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        refuse(path, f"{name!r} of {item['id']!r} is not a list of records.")
    return entries
