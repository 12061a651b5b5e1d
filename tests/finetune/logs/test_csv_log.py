"""CSV with named columns: scattered rows come together, doubtful ones are refused."""

import gzip
from pathlib import Path

import pytest

from finetune.logs.csv_log import Columns
from finetune.logs.trace import Log
from scaffolds.errors import CasewrightError
from tests.finetune.logs.traces import imported

COLUMNS = Columns(case="zaak", activity="stap", time="tijd", resource="wie", delimiter=";")
GOOD = (
    "zaak;stap;tijd;wie;omschrijving;case:soort\n"
    "1;B;2020-01-02 09:00;Jan;besluit;kap\n"
    '2;A;2020-01-01 09:00;;"ont;vangst";bouw\n'
    "1;A;2020-01-01 09:00;;;kap\n"
)


def read(folder: Path, content: str | bytes, name: str = "log.csv") -> Log:
    return imported(folder, name, content, columns=COLUMNS, timezone="Europe/Amsterdam", label="omschrijving")


def test_rows_are_grouped_by_case_and_ordered_by_time(tmp_path: Path) -> None:
    first, second = read(tmp_path, GOOD).traces
    assert (first.case, first.activities, first.attributes) == ("1", ("A", "B"), {"soort": "kap"})
    assert [(event.label, event.resource, event.index) for event in first.events] == [
        ("A", None, 1),
        ("besluit", "Jan", 0),
    ]
    assert second.events[0].label == "ont;vangst"


def test_a_byte_order_mark_and_gzip_change_nothing(tmp_path: Path) -> None:
    packed = gzip.compress(b"\xef\xbb\xbf" + GOOD.encode())
    assert read(tmp_path, packed, "log.csv.gz").traces == read(tmp_path, GOOD).traces


def test_an_empty_line_is_no_event(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD + "\n\r\n").traces == read(tmp_path, GOOD).traces


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a;b\n", "no column 'zaak'"),
        ("", "no column 'zaak'"),
        (GOOD + "1;A\n", "row 5 has 2 cells, the heading 6"),
        (GOOD + ";A;2020-01-01;;;\n", "row 5 has no case id"),
        (GOOD + "1;;2020-01-01;;;kap\n", "case '1', event 3: no activity"),
        (GOOD + "1;A;;;;kap\n", "case '1', event 3: no time stamp"),
        (GOOD + "1;A;2020-01-01;;;bouw\n", "case '1': row 5: the case attribute 'soort' differs"),
        (GOOD + '1;"A', "not CSV"),
        (b"zaak;stap;tijd\n\xff;A;2020\n", "not UTF-8"),
        ("zaak;stap;tijd;zaak\n", "two columns"),
    ],
)
def test_bad_csv_is_refused(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(CasewrightError, match=message):
        read(tmp_path, content)
