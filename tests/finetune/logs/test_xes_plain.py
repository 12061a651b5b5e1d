"""The quick reading of a trace is the reading of the XML parser, or none at all."""

import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finetune.logs import xes
from finetune.logs.source import CaseBuilder
from finetune.logs.trace import Trace
from finetune.logs.xes_plain import plain_trace
from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import case_xml, event_xml, log_xml

PIECES = (
    "<trace>", "</trace>", "<trace >", "<event>", "</event>", "<event/>", "<event >", " ", "\n\t", "\r\n", "x", '"',
    '<string key="concept:name" value="A"/>', '<string key="b" value="&lt;&amp;amp;&apos;"/>',
    '<date key="time:timestamp" value="2020-01-01T10:00:00Z"/>', '<id key="i" value="x"/>',
    '<int key="n" value="7" />', '<int key="n" value="x"/>', '<float key="f" value="INF"/>',
    '<boolean key="t" value="True"/>', '<boolean key="t" value="ja"/>',
    '<string key="c" value="&#65;"/>', '<string key="c" value="&nee;"/>', '<string key="c" value="a & b"/>',
    '<string key="d" value="a\tb\nc"/>', '<string key="e" value="<trace>"/>', '<string key="e" value="></trace>"/>',
    "<string key='q' value='1'/>", '<string value="1" key="v"/>', '<string  key="s" value="1"/>', "<x:string/>",
    '<string key="o" value="1"><int key="k" value="1"/></string>', '<list key="l"><values/></list>', "</string>",
    "<!-- <trace> -->", "<!--", "-->", "<![CDATA[<trace>]]>", "<![CDATA[", "]]>", "<?p <trace>?>", "<!DOCTYPE log>",
    '<string key="', '" value="', '"/>', '<string key="u" value="\x07"/>', '<string key="w" value="\ufffe"/>',
)  # fmt: skip
GOOD = log_xml(
    case_xml("1", event_xml("A"), event_xml("B", more='\n <int key="n" value="1" />')),
    case_xml("2", event_xml("C &amp; D"), more='<string key="parts" value="Bouw"/>\n'),
    more='<string key="owner" value="gemeente"/>',
)


def read(content: bytes, *, chunk: int, plain: bool) -> tuple[list[Trace], dict[str, Any]] | str:
    """What comes of reading `content`: traces and attributes of the log, or the refusal."""
    with tempfile.TemporaryDirectory() as folder, patch.object(xes, "CHUNK", chunk):
        path = Path(folder) / "a.xes"
        path.write_bytes(content)
        attributes: dict[str, Any] = {}
        with patch.object(xes, "plain_trace", plain_trace if plain else lambda _: None):
            try:
                builder = CaseBuilder(path, "label", None)
                return list(xes.read_xes(path, builder=builder, attributes=attributes)), attributes
            except CasewrightError as error:
                return str(error)


def same(content: bytes, chunk: int) -> None:
    assert read(content, chunk=chunk, plain=True) == read(content, chunk=chunk, plain=False)


@settings(max_examples=250, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.integers(1, 90))
def test_whatever_stands_in_a_trace_is_read_alike(pieces: list[str], chunk: int) -> None:
    body = f'<string key="concept:name" value="1"/>{"".join(pieces)}'
    same(log_xml(f"<trace>{body}</trace>", case_xml("2", event_xml())).encode(), chunk)


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 4000))
def test_a_damaged_log_is_read_alike(data: st.DataObject, chunk: int) -> None:
    start, size = data.draw(st.integers(0, len(GOOD))), data.draw(st.integers(0, 40))
    piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=5))
    same((GOOD[:start] + piece + GOOD[start + size :]).encode("utf-8", "replace"), chunk)


@pytest.mark.parametrize(
    "content",
    [
        # Inside what is no markup, a whole plain trace is no trace.
        f"<log><!-- {case_xml('1', event_xml())} --></log>",
        f"<log><trace ><![CDATA[{case_xml('1', event_xml())}]]></trace></log>",
        f"<log><?note {case_xml('1', event_xml())}?></log>",
        f'<log><string key="{case_xml("1", event_xml())}" value="x"/></log>',
        f"<log><string key='{case_xml('1', event_xml())}' value='x'/></log>",
        # Other encodings are read by the parser alone.
        '<?xml version="1.0" encoding="ISO-8859-1"?>' + log_xml(case_xml("caf\u00e9", event_xml())).split("?>", 1)[1],
    ],
)  # fmt: skip
def test_only_markup_is_read(content: str) -> None:
    encoded = content.encode("latin-1")
    for chunk in (1, 7, 64, 1 << 16):
        same(encoded, chunk)


def test_a_tag_that_expat_kept_waiting_does_not_hide_where_it_stands() -> None:
    # Expat may leave an unfinished tag alone until twice as much has come; here a CDATA section begins meanwhile.
    inside = case_xml("1", event_xml())
    for length in range(1, 200, 13):
        text = f'<log><string key="{"k" * length}" value="1"/><trace ><![CDATA[{inside}]]></trace></log>'
        for chunk in range(20, 220, 20):
            assert read(text.encode(), chunk=chunk, plain=True) == read(text.encode(), chunk=chunk, plain=False)


def test_the_plain_spelling_is_taken_and_keeps_every_type() -> None:
    content = (
        b'\n<string key="a" value="1 &gt; 0"/>\r\n <event><int key="n" value="3"/><float key="f" value="NaN" /></event>'
        b'<event>\n<boolean key="b" value="1"/><id key="i" value="x"/><date key="d" value="2020"/></event>\n'
    )
    assert plain_trace(content) == (
        {"a": "1 > 0"},
        [{"n": 3, "f": {"float": "NaN"}}, {"b": True, "i": {"id": "x"}, "d": {"date": "2020"}}],
    )


@pytest.mark.parametrize(
    "content",
    [
        '<event><string key="a" value="1"><int key="b" value="2"/></string></event>',
        '<event><string key="a" value="1"/><string key="a" value="2"/></event>',
        '<event><string key="a" value="1"/>', '<string key="a" value="1"/></event>', '<event/>', "tekst",
        '<event><event><string key="a" value="1"/></event></event>', '<string key="a" value="1\n2"/>',
        '<string key="a" value="<"/>', '<string key="a" value="&#65;"/>', '<string key="a" value="&amp"/>',
        '<string key="a" value="\x00"/>', '<string key="a" value="\uffff"/>', '<int key="a" value="x"/>',
        "<string key='a' value='1'/>", '<string value="1" key="a"/>', '<!-- --><string key="a" value="1"/>',
    ],
)  # fmt: skip
def test_nothing_else_is_taken(content: str) -> None:
    assert plain_trace(content.encode()) is None
