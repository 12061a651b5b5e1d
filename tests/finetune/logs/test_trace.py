"""A trace file says what was put in, byte for byte the same each time, and XES carries it out and back."""

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.logs.export_xes import export_xes
from finetune.logs.importer import Import, import_log
from finetune.logs.trace import Event, LogHeader, Trace, TraceFile, read_log, write_log
from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import trace

HEADER = LogHeader("source.xes", "0" * 64, "xes", "file")
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\t\n\r"), max_size=8
)
TEXT = TEXT.filter(lambda text: "\ufffe" not in text and "\uffff" not in text)
NAME = TEXT.filter(bool)
PLAIN = st.one_of(
    TEXT,
    st.integers(-(2**60), 2**60),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.builds(lambda text: {"id": text}, TEXT),
    st.sampled_from([{"float": "NaN"}, {"float": "-INF"}]),
)
VALUE = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.builds(
            lambda v, c: {"value": v, "children": c},
            PLAIN,
            st.dictionaries(NAME, inner, min_size=1, max_size=2),
        ),
        st.builds(
            lambda pairs: {"list": [list(p) for p in pairs]}, st.lists(st.tuples(NAME, inner), max_size=2)
        ),
    ),
    max_leaves=4,
)
ATTRIBUTES = st.dictionaries(NAME.filter(lambda name: ":" not in name), VALUE, max_size=3)


@st.composite
def traces(draw: st.DrawFn) -> list[Trace]:
    made = []
    for case in draw(st.lists(NAME, unique=True, max_size=3)):
        raw = draw(
            st.lists(
                st.tuples(NAME, st.integers(0, 10**9), st.integers(-840, 840), NAME, ATTRIBUTES), max_size=3
            )
        )
        raw.sort(key=lambda item: item[1])
        events = tuple(
            Event(
                name,
                name,
                datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=when),
                offset,
                who,
                index,
                more,
            )
            for index, (name, when, offset, who, more) in enumerate(raw)
        )
        made.append(Trace(case, events, draw(ATTRIBUTES)))
    return made


@settings(deadline=None, max_examples=60)
@given(traces(), ATTRIBUTES)
def test_a_log_goes_to_its_file_and_to_xes_and_comes_back(log: list[Trace], attributes: dict) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, xes, second = (Path(folder) / name for name in ("a.jsonl", "b.xes.gz", "c.jsonl"))
        write_log(first, HEADER, log, attributes=attributes)
        kept = read_log(first)
        assert list(kept.traces) == log
        export_xes(TraceFile(first), xes)
        import_log(xes, second, how=Import(ties="file", label="no label"))
        back = read_log(second)
        assert (back.traces, back.attributes) == (kept.traces, kept.attributes)


def test_equal_logs_give_equal_bytes(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a", "b")]
    for path in paths:
        write_log(path, HEADER, [trace("1", ("B", 1), ("A", 1))], attributes={})
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("number", [2**63 - 1, 2**64, -(10**40)])
def test_an_integer_of_any_size_comes_back(tmp_path: Path, number: int) -> None:
    case = replace(trace("1", ("A", 0.0), ("B", 0.5)), attributes={"n": number})
    write_log(tmp_path / "t.jsonl", HEADER, [case], attributes={"m": number})
    log = read_log(tmp_path / "t.jsonl")
    assert (log.traces, log.attributes) == ((case,), {"m": number})


def test_a_trace_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write_log(path, HEADER, [trace("1", ("A", 1)), trace("2", ("A", 1))], attributes={})
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    with pytest.raises(CasewrightError, match="cut short"):
        read_log(path)
    path.write_text("".join([*lines[:2], lines[-1]]))
    with pytest.raises(CasewrightError, match="counts other cases"):
        read_log(path)
    path.write_text("".join([lines[0], '{"kind": "trace"}\n', lines[-1]]))
    with pytest.raises(CasewrightError, match="line 2: not a trace"):
        read_log(path)


def test_another_file_is_no_trace_file(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("{}\n")
    with pytest.raises(CasewrightError, match="casewright log import"):
        TraceFile(path)


def test_control_characters_cannot_go_to_xml(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    write_log(path, HEADER, [trace("1\x01", ("A", 1))], attributes={})
    with pytest.raises(CasewrightError, match="control character"):
        export_xes(TraceFile(path), tmp_path / "out.xes")
    assert [found.name for found in tmp_path.iterdir()] == ["log.jsonl"]
