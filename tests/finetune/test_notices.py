"""Real notices are read field by field, and what was said is kept beside what was marked by hand."""

from pathlib import Path

import pytest

from finetune.evaluate.notices import FIELDS, NoticeReading, load_notices, notice_figures, read_notices
from scaffolds.decode import Decoder
from scaffolds.errors import CasewrightError
from scaffolds.prompt import Prompts
from tests.finetune.invented_notices import write_notices
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer
from workflows.omgevingsvergunning import WORKFLOW


def test_every_field_of_every_notice_is_read_from_its_text(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    readings = read_notices(
        Decoder(tiny_model("llama"), tokenizer),
        Prompts(tokenizer=tokenizer, describe=False),
        workflow=WORKFLOW,
        notices=load_notices(write_notices(tmp_path)),
        batch_size=2,
    )
    assert [(one.notice, one.field) for one in readings] == [(name, field) for name in ("n0", "n1") for field in FIELDS]
    assert [one.gold for one in readings[:3]] == ["Lindelaan", "12", "1234AB"]
    assert all(one.said in one.text for one in readings if one.said and one.field not in ("postcode",))


def test_a_field_that_is_not_stated_is_right_when_nothing_is_said() -> None:
    said = {"n0": "Lindelaan", "n1": None, "n2": "Bomenbuurt", "n3": "Kalf"}
    gold = {"n0": "Lindelaan", "n1": None, "n2": None, "n3": "Schoot"}
    figures = notice_figures([
        NoticeReading(notice=name, field=field, text="", gold=gold[name], said=said[name])
        for name in said
        for field in FIELDS
    ])
    assert figures["street"] == {"exact": 0.5, "exact_where_stated": 0.5, "stated": 2}


def test_a_line_that_is_no_notice_is_named(tmp_path: Path) -> None:
    with pytest.raises(CasewrightError, match="line 1 is not a notice"):
        load_notices(write_notices(tmp_path, publisher_metadata={}))


def test_a_file_without_notices_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(CasewrightError, match="holds no notices"):
        load_notices(tmp_path / "empty.jsonl")


def test_a_field_that_no_notice_states_has_no_figure_where_stated() -> None:
    figures = notice_figures([
        NoticeReading(notice="n0", field=field, text="", gold=None, said=None) for field in FIELDS
    ])
    assert figures["street"] == {"exact": 1.0, "stated": 0}
