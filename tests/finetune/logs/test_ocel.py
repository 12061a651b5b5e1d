"""OCEL 2.0 JSON, flattened for one object type."""

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import imported


def ocel() -> dict[str, Any]:
    def event(name: str, kind: str, day: int, *objects: str) -> dict[str, Any]:
        related = [{"objectId": name, "qualifier": "of"} for name in objects]
        value = [{"name": "channel", "value": "web"}]
        return {
            "id": name,
            "type": kind,
            "time": f"2020-01-{day:02}T10:00:00Z",
            "attributes": value,
            "relationships": related,
        }

    history = [
        {"name": "status", "time": "2020-01-09T00:00:00Z", "value": "closed"},
        {"name": "status", "time": "1970-01-01T00:00:00Z", "value": "open"},
    ]
    return {
        "events": [
            event("e2", "Decide", 3, "p1"),
            event("e1", "Apply", 1, "p1", "p2", "d1"),
            event("e3", "File", 5, "d1"),
        ],
        "objects": [
            {"id": "p1", "type": "permit", "attributes": history},
            {"id": "d1", "type": "document"},
            {"id": "p2", "type": "permit"},
        ],
    }


def test_each_object_of_the_type_is_a_case_with_its_events(tmp_path: Path) -> None:
    one, two = imported(tmp_path, "log.json", json.dumps(ocel()), object_type="permit").traces
    assert (one.case, one.activities) == ("p1", ("Apply", "Decide"))
    assert (two.case, two.activities) == ("p2", ("Apply",))
    assert one.events[0].attributes == {
        "ocel:id": "e1",
        "channel": "web",
        "ocel:objects": {"value": "", "children": {"d1": "of"}},
    }


def test_a_case_attribute_has_its_first_value_and_keeps_the_later_ones_apart(tmp_path: Path) -> None:
    one = imported(tmp_path, "log.json", json.dumps(ocel()), object_type="permit").traces[0]
    assert one.attributes["status"] == {"value": "open", "children": {"2020-01-09T00:00:00Z": "closed"}}


def test_the_type_must_be_named_and_known(tmp_path: Path) -> None:
    with pytest.raises(CasewrightError, match="--object-type"):
        imported(tmp_path, "log.json", json.dumps(ocel()))
    with pytest.raises(CasewrightError, match="no object of type 'case'; the types are 'document', 'permit'"):
        imported(tmp_path, "log.json", json.dumps(ocel()), object_type="case")


def test_repeated_ids_and_relations_to_nothing_are_refused(tmp_path: Path) -> None:
    twice = ocel()
    twice["objects"].append({"id": "p1", "type": "permit"})
    with pytest.raises(CasewrightError, match="case 'p1': this object id occurs twice"):
        imported(tmp_path, "log.json", json.dumps(twice), object_type="permit")
    dangling = ocel()
    dangling["events"][0]["relationships"].append({"objectId": "ghost"})
    with pytest.raises(CasewrightError, match="'e2' relates to 'ghost'"):
        imported(tmp_path, "log.json", json.dumps(dangling), object_type="permit")


@pytest.mark.parametrize(
    "content", ["", "[", '{"objects": [{"id": "p"', '{"objects": [3]}', '{"objects": [{"id": 1}]}']
)
def test_what_is_not_ocel_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(CasewrightError, match=r"log\.json: "):
        imported(tmp_path, "log.json", content, object_type="permit")


def test_an_event_without_time_is_refused(tmp_path: Path) -> None:
    log = ocel()
    del log["events"][0]["time"]
    with pytest.raises(CasewrightError, match="case 'p1', event 1: no time stamp"):
        imported(tmp_path, "log.json", json.dumps(log), object_type="permit")


def test_what_would_lose_a_value_is_refused(tmp_path: Path) -> None:
    twice = ocel()
    twice["events"][0]["attributes"] *= 2
    with pytest.raises(CasewrightError, match="event 'e2' has two attributes 'channel'"):
        imported(tmp_path, "log.json", json.dumps(twice), object_type="permit")
    at_once = ocel()
    at_once["objects"][0]["attributes"][0]["time"] = at_once["objects"][0]["attributes"][1]["time"]
    with pytest.raises(CasewrightError, match="'p1' has two values of 'status' at one time"):
        imported(tmp_path, "log.json", json.dumps(at_once), object_type="permit")


def test_a_time_that_is_no_text_is_refused(tmp_path: Path) -> None:
    log = ocel()
    log["events"][0]["time"] = 20200103
    with pytest.raises(CasewrightError, match="the time of event 'e2' is no text"):
        imported(tmp_path, "log.json", json.dumps(log), object_type="permit")


@pytest.mark.parametrize("before", ["", '{"objects": ', '{"objects": [{"id": "p", "type": "permit", "attributes": '])
def test_a_deep_file_is_refused_before_it_fills_the_memory(tmp_path: Path, before: str) -> None:
    tracemalloc.start()
    with pytest.raises(CasewrightError, match="nested deeper than 20 levels"):
        imported(tmp_path, "log.json", before + "[" * 20_000, object_type="permit")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 << 20
