"""What a log is like: counted right, and shown on a page that stands alone and trusts nothing."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from finetune.logs.describe import Description, describe
from finetune.logs.trace import LogHeader, Trace, TraceFile, write_log
from finetune.report.log_page import log_page
from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import trace


def described(folder: Path, *traces: Trace, source: str = "log.xes") -> Description:
    path = folder / "log.jsonl"
    write_log(path, LogHeader(source, "0" * 64, "xes", "activity"), traces, attributes={})
    return describe(TraceFile(path))


def test_counts_variants_durations_and_ties(tmp_path: Path) -> None:
    log = described(tmp_path, trace("1", ("A", 0), ("B", 0), ("C", 2)), trace("2", ("A", 1)), Trace("3", ()))
    assert (log.cases, log.empty_cases, log.events, log.variants) == (3, 1, 4, 2)
    assert log.days == (2.0, 0.0)
    assert log.tied_share == 0.5
    assert log.activities == {"A": 2, "B": 1, "C": 1}
    assert log.first + timedelta(days=2) == log.last


def test_a_change_of_resolution_is_told_in_local_time(tmp_path: Path) -> None:
    hour = 1 / 24
    fine = trace("1", ("A", 0.123456), ("B", 0.25123))
    coarse = trace("2", ("A", 400 - hour), ("B", 401 - hour))
    log = described(tmp_path, fine, coarse)
    assert [year.usual for year in log.years] == ["finer", "day"]
    assert log.resolution_changes == ("From 2021 on most time stamps carry: day. Before: finer.",)


def test_the_page_stands_alone_and_escapes_what_the_log_says(tmp_path: Path) -> None:
    nasty = '"><script>alert(1)</script>'
    page = log_page(described(tmp_path, trace(nasty, (nasty, 0), ("B", 1)), source=nasty))
    assert "<script" not in page
    assert not re.search(r"(src|href)\s*=|url\(", page)
    for plot in re.findall(r"<svg.*?</svg>", page, re.S):
        assert ElementTree.fromstring(plot).find("{http://www.w3.org/2000/svg}desc").text  # type: ignore[union-attr]


def test_an_empty_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasewrightError, match="no events"):
        described(tmp_path)
