"""What a caseworker changed of a reading or asked to set aside of a table becomes a task, with the reason given."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data_templates.labelling import form_of
from finetune.annotate.answer import answer_of, fields, results_of
from finetune.annotate.check import Refused
from finetune.annotate.ledger import Ledger
from finetune.annotate.source import from_cases
from finetune.cli import app
from scaffolds import engine
from scaffolds.case import Document, open_case
from scaffolds.facts import Fact
from tests.finetune.annotate.reading import RECEIVED, WORKFLOW, hostile_task
from tests.workflows.desk import office
from tests.workflows.desk.office import person, populate, see
from workflows.desk import actions
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
TABLE = "omgevingsvergunning/boom"
WHY = "De verordening kent voor zieke bomen een uitzondering."
ANSWER = {"step": "lees", "right": "medewerker", "cause": "ruimte", "reason": "De verordening laat dit toe."}


def overridden(where: Path, *, agreed: bool | None) -> str:
    """A desk's store with one case, of which someone asked to set a table aside; settled unless `agreed` is None."""
    with open_desk(Settings(database=str(where))) as opened:
        populate(opened)
        desk = replace(opened, clock=office.Clock())
        number = office.take_in(desk)
        case = office.to_decision(desk, number)
        asked = {"table": TABLE, "outputs": {"uitkomst": "vergunningvrij"}, "reason": WHY}
        actions.ask_override(desk, person(desk, "anna"), number, expected=len(case.events), **asked)  # type: ignore[arg-type]
        if agreed is not None:
            settled = {"expected": len(see(desk, number).events), "agreed": agreed, "reason": "Na overleg."}
            actions.settle_override(desk, person(desk, "carla"), number, **settled)  # type: ignore[arg-type]
        return number


@pytest.mark.parametrize("agreed", [None, True])
def test_the_desks_override_reasons_are_planned_as_tasks(tmp_path: Path, agreed: bool | None) -> None:
    number = overridden(tmp_path / "desk.db", agreed=agreed)
    (tmp_path / "wijs.txt").write_text("Zeg wie gelijk had.", encoding="utf-8")
    args = ["annotate", "plan", office.WORKFLOW, "--kind", "override", "--store", str(tmp_path / "desk.db")]
    args += ["--out", str(tmp_path / "plan"), "--instruction", str(tmp_path / "wijs.txt"), "--terms", "medewerkers"]
    ran = CliRunner().invoke(app, args)
    assert ran.exit_code == 0, ran.output
    with Ledger(tmp_path / "plan") as ledger:
        [task] = ledger.tasks()
    assert task.case == number
    difference = task.shown["verschil"]
    assert difference["reden"] == WHY
    assert difference["tabel"].startswith(f"{TABLE} ")
    assert difference["medewerker: uitkomst"] == "vergunningvrij"
    assert difference["tabel: uitkomst"] not in ("", "vergunningvrij")
    assert ("afloop" in difference, "Na overleg." in difference.values()) == (bool(agreed), bool(agreed))
    assert task.shown["gegevens"]["boomsoort"] == "kastanje"


def test_a_correction_with_its_reason_is_a_task_and_one_without_is_not() -> None:
    number = next(n for n in range(50) if hostile_task(n, documents=1)[1]["straat"].state == "stated")
    shown, facts = hostile_task(number, documents=1)
    document = Document(id="stuk-0", text=shown.shown["stuk"], received=RECEIVED)
    case = open_case("Z-1", workflow="alles", documents=[document], received=RECEIVED, at=AT)
    case = case.with_events([engine.propose(engine.state_of(WORKFLOW, case), facts, model="toy", at=AT)])
    right = {**facts, "straat": Fact(path="straat", state="not_stated")}
    state = engine.state_of(WORKFLOW, case)
    silent = case.with_events([engine.confirm(state, right, person="anna", at=AT)])
    assert list(from_cases(WORKFLOW, "override", [silent])) == []
    told = {"straat": "Dit is de straat van de buren."}
    spoken = case.with_events([engine.confirm(state, right, person="anna", at=AT, reasons=told)])
    [found] = from_cases(WORKFLOW, "override", [spoken])
    assert found.flagged
    assert (found.task.step, found.task.shown["stuk"]) == ("lees", shown.shown["stuk"])
    assert found.task.shown["verschil"] == {
        "gegeven": "straat",
        "model": facts["straat"].value,
        "medewerker": "niet vermeld",
        "reden": told["straat"],
    }


def test_what_an_annotator_says_of_an_override_is_read_back_and_compared_without_their_words() -> None:
    form = form_of(WORKFLOW, "override", "lees")
    task = replace(hostile_task(1)[0], kind="override")
    results = results_of(form, task, ANSWER)
    assert answer_of(WORKFLOW, form, task, results) == ANSWER
    assert fields(ANSWER) == {"oordeel": "medewerker", "oorzaak": "ruimte"}
    with pytest.raises(Refused, match="uitleg is not answered"):
        answer_of(WORKFLOW, form, task, results[:-1])
