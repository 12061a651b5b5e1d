"""`casewright table` from the shell: check, show, eval, export, import."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from finetune.commands.table import app
from scaffolds.errors import CasewrightError
from tests.scaffolds.tables import TREES
from tests.shared import shared_file


@pytest.fixture
def trees(tmp_path: Path) -> Path:
    path = tmp_path / "kap.yaml"
    path.write_text(TREES, "utf-8")
    return path


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == code
    return result.stdout


def test_check_says_proven_and_exits_1_with_a_witness_where_it_is_not(trees: Path) -> None:
    assert "kap/vergunningplicht 1.0.0: proven, 4 rows" in run("check", trees)
    trees.write_text(TREES.replace('"< 100"', '"< 99"'))
    told = run("check", trees, code=1)
    assert "NOT PROVEN" in told
    assert "soort = kap, omtrek = 99" in told


def test_eval_prints_the_receipt(trees: Path) -> None:
    receipt = json.loads(run("eval", trees, "soort=kap", "omtrek=120", "--on", "2026-09-01"))
    assert receipt["outputs"] == {"uitkomst": "vergunningplicht"}
    assert receipt["rows"] == ["dik"]
    with pytest.raises(CasewrightError, match="outside"):
        run("eval", trees, "soort=kap", "omtrek=-1", "--on", "2026-09-01")
    with pytest.raises(CasewrightError, match="no input hoogte"):
        run("eval", trees, "soort=kap", "omtrek=1", "hoogte=3", "--on", "2026-09-01")
    with pytest.raises(CasewrightError, match="not a date"):
        run("eval", trees, "soort=kap", "omtrek=1", "--on", "morgen")


def test_show_prints_the_rows_and_writes_a_page_to_sign(trees: Path, tmp_path: Path) -> None:
    assert "vergunningplicht" in run("show", trees)
    page = tmp_path / "kap.html"
    run("show", trees, "--html", page)
    assert "Handtekening" in page.read_text("utf-8")


def test_export_then_import_gives_the_same_table(trees: Path, tmp_path: Path) -> None:
    run("export", trees, "-o", tmp_path / "kap.dmn")
    run("import", tmp_path / "kap.dmn", "-o", tmp_path / "tables")
    (again,) = (tmp_path / "tables").iterdir()
    receipts = [run("eval", path, "soort=kap", "omtrek=unknown", "--on", "2026-09-01") for path in (trees, again)]
    assert receipts[0] == receipts[1]
    with pytest.raises(CasewrightError, match="already holds"):
        run("import", tmp_path / "kap.dmn", "-o", tmp_path / "tables")


def test_a_dmn_model_is_checked_evaluated_and_imported_as_it_stands(tmp_path: Path) -> None:
    trees = shared_file("dmn/tree-felling.dmn")
    assert "'Meldingsplicht'" in run("check", trees)
    facts = ("erf=true", "beschermd=true", "plan=Kappen", "vormboom=false")
    receipts = json.loads(run("eval", trees, *facts, "--on", "2026-09-01"))
    assert receipts["ConclusieBoomKappen"]["outputs"] == {"ConclusieBoomKappen": "Vergunningplicht"}
    told = run("import", trees, "-o", tmp_path / "out")
    assert "dropped: 4 x Content:toelichting" in told
    assert len(list((tmp_path / "out").iterdir())) == 3
    with pytest.raises(CasewrightError, match="missing"):
        run("check", next((tmp_path / "out").iterdir()))
