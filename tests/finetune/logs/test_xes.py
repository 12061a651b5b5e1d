"""XES comes in whole, or is refused with the place named."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from finetune.logs.importer import Import, import_log
from finetune.logs.source import CaseBuilder
from finetune.logs.trace import read_log
from finetune.logs.xes import MAX_TOKEN, read_xes
from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import case_xml, event_xml, imported, log_xml

GOOD = log_xml(case_xml("1", event_xml()))
DTD = '<?xml version="1.0"?><!DOCTYPE log [<!ENTITY a "{}">]><log>&a;</log>'


def test_events_keep_activity_label_resource_offset_and_attributes(tmp_path: Path) -> None:
    more = (
        '<string key="org:resource" value="Jan &amp; co"/><string key="activityNameNL" value="toetsen"/>'
        '<int key="n" value="3"/><float key="f" value="1.5"/><float key="nan" value="NaN"/>'
        '<boolean key="b" value="true"/><id key="i" value="x"/><date key="d" value="2020-02-02"/>'
        '<string key="outer" value="o"><int key="inner" value="1"/></string>'
        '<list key="l"><values><int key="k" value="1"/><int key="k" value="2"/></values></list>'
    )
    log = imported(tmp_path, "a.xes", log_xml(case_xml("zaak 1", event_xml(more=more))))
    event = log.traces[0].events[0]
    assert (event.activity, event.label, event.resource, event.offset) == ("A", "toetsen", "Jan & co", 60)
    assert event.time.isoformat() == "2020-01-01T09:00:00+00:00"
    assert event.local.isoformat() == "2020-01-01T10:00:00+01:00"
    assert event.attributes == {
        "activityNameNL": "toetsen",
        "n": 3,
        "f": 1.5,
        "nan": {"float": "NaN"},
        "b": True,
        "i": {"id": "x"},
        "d": {"date": "2020-02-02"},
        "outer": {"value": "o", "children": {"inner": 1}},
        "l": {"list": [["k", 1], ["k", 2]]},
    }


def test_mixed_offsets_are_ordered_as_moments(tmp_path: Path) -> None:
    events = event_xml("late", "2020-06-01T12:00:00+00:00"), event_xml("early", "2020-06-01T13:00:00+02:00")
    log = imported(tmp_path, "a.xes", log_xml(case_xml("1", *events)))
    assert log.traces[0].activities == ("early", "late")
    assert [event.index for event in log.traces[0].events] == [1, 0]


def test_ties_follow_the_named_rule(tmp_path: Path) -> None:
    content = log_xml(case_xml("1", event_xml("b"), event_xml("a")))
    assert imported(tmp_path, "a.xes", content, ties="activity").traces[0].activities == ("a", "b")
    assert imported(tmp_path, "a.xes", content, ties="file").traces[0].activities == ("b", "a")


def test_a_time_without_offset_needs_a_zone(tmp_path: Path) -> None:
    content = log_xml(case_xml("1", event_xml(time="2020-07-01T10:00:00")))
    with pytest.raises(CasewrightError, match=r"a\.xes, case '1', event 1: .*no offset.*--timezone"):
        imported(tmp_path, "a.xes", content)
    log = imported(tmp_path, "a.xes", content, timezone="Europe/Amsterdam")
    assert log.traces[0].events[0].offset == 120


def test_an_hour_that_the_clock_skips_is_refused(tmp_path: Path) -> None:
    content = log_xml(case_xml("1", event_xml(time="2020-03-29T02:30:00")))
    with pytest.raises(CasewrightError, match="does not exist in Europe/Amsterdam"):
        imported(tmp_path, "a.xes", content, timezone="Europe/Amsterdam")


def test_globals_and_log_attributes_do_not_leak_into_cases(tmp_path: Path) -> None:
    more = (
        '<global scope="event"><string key="g" value="UNKNOWN"/></global><string key="owner" value="town"/>'
    )
    log = imported(tmp_path, "a.xes", log_xml(case_xml("1", event_xml()), more=more))
    assert log.attributes == {"owner": "town"}
    assert log.traces[0].events[0].attributes == {}


def test_gzip_and_plain_give_the_same_traces(tmp_path: Path) -> None:
    plain = imported(tmp_path, "a.xes", GOOD)
    assert imported(tmp_path, "b.xes.gz", gzip.compress(GOOD.encode())).traces == plain.traces


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (DTD.format("x"), "document type"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd"><log/>', "document type"),
        ('<!DOCTYPE log [<!ENTITY % p SYSTEM "http://localhost/x"> %p;]><log/>', "document type"),
        ("<log>&undefined;</log>", "not well-formed"),
        (GOOD[:-20], "not well-formed"),
        ("", "not well-formed"),
        ("<html/>", "outermost element is <html>"),
        ('<string key="a" value="b"/>', "not XES"),
        (log_xml(event_xml()), "outside a trace"),
        (log_xml(f"<trace>{event_xml()}</trace>"), "a case has no id"),
        (
            log_xml(case_xml("7", event_xml()), case_xml("7", event_xml())),
            "case '7': this case id occurs twice",
        ),
        (log_xml(case_xml("1", event_xml(), "<event/>")), "case '1', event 2: no activity"),
        (
            log_xml(case_xml("1", '<event><string key="concept:name" value="A"/></event>')),
            "case '1', event 1: no time stamp",
        ),
        (
            log_xml(case_xml("1", event_xml(time="1-1-2020"))),
            "case '1', event 1: time stamp '1-1-2020' is not ISO",
        ),
        (
            log_xml(case_xml("1", event_xml(more='<int key="n" value="x"/>'))),
            "trace 1, event 1: 'x' is not a int",
        ),
        (log_xml(case_xml("1", event_xml(more='<string key="n"/>'))), "no usable key and value"),
        (
            log_xml(case_xml("1", event_xml(more='<string key="k" value="1"/><string key="k" value="2"/>'))),
            "'k' occurs twice",
        ),
        (log_xml(case_xml("1", event_xml(more='<global scope="event"/>'))), "no place here"),
        (log_xml("<log/>"), "no place here"),
        (log_xml(more='<string key="a" value="b">' * 30 + "</string>" * 30), "nested deeper"),
    ],
)
def test_bad_xes_is_refused_and_leaves_nothing_behind(tmp_path: Path, content: str, message: str) -> None:
    with pytest.raises(CasewrightError, match=message):
        imported(tmp_path, "bad.xes", content)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.xes"]


@pytest.mark.parametrize("damage", [lambda data: data[:-9], lambda data: data[:20] + b"xx" + data[22:]])
def test_broken_gzip_is_refused(tmp_path: Path, damage: object) -> None:
    packed = gzip.compress(GOOD.encode() + b" " * 1000)
    with pytest.raises(CasewrightError, match="damaged gzip"):
        imported(tmp_path, "a.xes.gz", damage(packed))  # type: ignore[operator]


def test_a_bomb_in_one_value_is_refused(tmp_path: Path) -> None:
    bomb = gzip.compress(b'<log><string key="a" value="' + b"x" * (MAX_TOKEN + (1 << 20)))
    with pytest.raises(CasewrightError, match="larger than 4 MiB"):
        imported(tmp_path, "a.xes.gz", bomb)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CasewrightError, match=r"gone\.xes: cannot be read"):
        import_log(tmp_path / "gone.xes", tmp_path / "out", how=Import())


def test_an_old_output_survives_a_refused_import(tmp_path: Path) -> None:
    before = imported(tmp_path, "a.xes", GOOD)
    with pytest.raises(CasewrightError):
        imported(tmp_path, "a.xes", GOOD[:-20])
    assert read_log(tmp_path / "traces.jsonl") == before


def test_memory_does_not_grow_with_the_log(tmp_path: Path) -> None:
    path = tmp_path / "log.xes"

    def peak(cases: int) -> int:
        path.write_text(log_xml(*(case_xml(str(number), *[event_xml()] * 5) for number in range(cases))))
        builder = CaseBuilder(path, "label", None)
        tracemalloc.start()
        for _ in read_xes(path, builder=builder, attributes={}):
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    small = peak(500)
    assert peak(5000) - small < 0.1 * path.stat().st_size
