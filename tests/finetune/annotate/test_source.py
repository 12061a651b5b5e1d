"""Where tasks come from: cases as the desk left them, dossiers with their gold, and pairs of drafts."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from finetune.annotate.answer import fields
from finetune.annotate.export import export_trl
from finetune.annotate.ledger import Annotation, Ledger
from finetune.annotate.plan import Mix, make_plan
from finetune.annotate.source import from_cases, from_dossiers, from_drafts
from finetune.annotate.task import join_documents
from scaffolds import engine
from scaffolds.case import Case, Document, Event, open_case
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from tests.finetune import small
from tests.finetune.annotate.plans import SETTINGS
from tests.finetune.annotate.reading import RECEIVED, WORKFLOW, hostile_task

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)


def handled(number: int, *, change: bool = False, close: bool = True, hand_over: bool = False) -> Case:
    """A case that was read, confirmed and decided; `change` corrects what the model read of the street."""
    task, facts = hostile_task(number, documents=1)
    document = Document(id="stuk-0", text=task.shown["stuk"], received=RECEIVED)
    case = open_case(f"Z-{number}", workflow="alles", documents=[document], received=RECEIVED, at=AT)
    state = engine.state_of(WORKFLOW, case)
    case = case.with_events([engine.propose(state, facts, model="toy", at=AT)])
    if hand_over:
        case = case.with_events([Event(kind="handed_over", actor="model:toy", at=AT)])
    right: Mapping[str, Fact] = facts
    if change:
        other = "unsure" if facts["straat"].state == "not_stated" else "not_stated"
        right = {**facts, "straat": Fact(path="straat", state=other)}
    case = case.with_events([engine.confirm(engine.state_of(WORKFLOW, case), right, person="anna", at=AT)])
    state = engine.state_of(WORKFLOW, case)
    decided = engine.decide(state, "verlenen", reason="Past.", norms={"evenredig": "Ja."}, person="anna", at=AT)
    case = case.with_events([decided])
    if close:
        read = {"step": "brief", "facts": [], "parts": 1}
        proposed = Event(kind="facts_proposed", actor="model:toy", at=AT, payload=read)
        sent = Event(kind="letter_sent", actor="person:anna", at=AT)
        case = case.with_events([proposed, sent, Event(kind="case_closed", actor="table", at=AT)])
    return case


def quiet(number: int) -> int:
    """The first number from here on whose case has nothing that the model was unsure of."""
    while any(fact.state == "unsure" for fact in hostile_task(number, documents=1)[1].values()):
        number += 1
    return number


def test_what_a_person_changed_or_was_handed_over_is_flagged_and_what_was_left_is_not() -> None:
    one = quiet(0)
    cases = [handled(one), handled(one, change=True), handled(one, hand_over=True)]
    assert [found.flagged for found in from_cases(WORKFLOW, "facts", cases)] == [False, True, True]


def test_only_a_closed_case_is_gold_and_its_gold_is_what_was_confirmed() -> None:
    one = quiet(0)
    [closed] = from_cases(WORKFLOW, "facts", [handled(one, change=True)])
    [still_open] = from_cases(WORKFLOW, "facts", [handled(one, close=False)])
    assert still_open.task.gold is None
    assert fields(closed.task.gold or {})["straat"] == ["not_stated"]
    assert fields(closed.task.proposed or {})["straat"] != ["not_stated"]


def test_a_decision_is_asked_with_the_facts_that_were_known_and_nothing_is_suggested() -> None:
    [found] = from_cases(WORKFLOW, "decision", [handled(quiet(0))])
    assert found.task.step == "besluit"
    assert found.task.shown["gegevens"].keys() == WORKFLOW.kinds.keys() - {"reden"}
    assert found.task.proposed is None
    assert fields(found.task.gold or {}) == {"besluit": "verlenen"}


def test_a_trace_is_shown_event_by_event() -> None:
    case = handled(quiet(0))
    [found] = from_cases(WORKFLOW, "trace", [case])
    turns = found.task.shown["verloop"]
    assert [turn["wie"] for turn in turns] == [e.actor for e in case.events if e.kind != "document_added"]
    assert "decision: verlenen" in next(turn["wat"] for turn in turns if "decided" in turn["wat"])


def test_drafts_are_not_made_from_cases() -> None:
    with pytest.raises(CasewrightError, match="come from a file"):
        list(from_cases(WORKFLOW, "drafts", [handled(quiet(0))]))


def test_every_reading_of_a_dossier_is_a_task_with_its_gold() -> None:
    made = small.dossiers(3)
    found = list(from_dossiers(small.WORKFLOW, made))
    asked = [(dossier.id, step) for dossier in made for step in ("wat", "waarom")]
    assert [(one.task.case, one.task.step) for one in found] == asked
    assert all(one.task.gold and one.task.proposed is None for one in found)


def write_drafts(path: Path, count: int = 12) -> Path:
    lines = []
    for number in range(count):
        drafts = [
            {"text": f"Geachte heer, {number}", "answer": '{"reden":{"bron":"Zaak"}}', "model": "sft"},
            {"text": f"Beste, {number}", "answer": '{"reden":"niet vermeld"}', "model": "rl"},
        ]
        documents = [{"id": "stuk", "text": f"Zaak {number}."}]
        about = {"case": f"Z-{number}", "received": "2026-03-02", "step": "brief"}
        lines.append(json.dumps(about | {"documents": documents, "drafts": drafts}))
    path.write_text("\n".join(lines))
    return path


def test_which_draft_is_a_is_drawn_from_the_seed(tmp_path: Path) -> None:
    path = write_drafts(tmp_path / "drafts.jsonl")
    sides = [one.task.drafts["a"]["model"] for one in from_drafts(WORKFLOW, path, seed=1) if one.task.drafts]
    assert set(sides) == {"sft", "rl"}
    assert sides == [one.task.drafts["a"]["model"] for one in from_drafts(WORKFLOW, path, seed=1) if one.task.drafts]


def test_a_line_that_is_no_pair_is_refused_with_its_number(tmp_path: Path) -> None:
    path = write_drafts(tmp_path / "drafts.jsonl", 2)
    path.write_text(path.read_text() + "\n" + json.dumps({"case": "Z", "received": "gisteren"}))
    with pytest.raises(CasewrightError, match="line 3 is no pair of drafts"):
        list(from_drafts(WORKFLOW, path, seed=1))


def test_a_preferred_draft_is_exported_over_the_other_and_a_tie_over_none(tmp_path: Path) -> None:
    found = list(from_drafts(WORKFLOW, write_drafts(tmp_path / "drafts.jsonl", 4), seed=1))
    tasks = make_plan(found, count=4, mix=Mix(), seed=1, kinds=WORKFLOW.kinds)
    with Ledger(tmp_path / "plan", create=True) as ledger:
        ledger.create(tasks, settings=SETTINGS | {"kind": "drafts", "annotators": 1})
        with ledger.writing():
            for number, task in enumerate(tasks):
                side = ("a", "b", None, "a")[number]
                answer = {"step": "brief", "preferred": side, "difference": "klein" if side else "geen", "reason": "x"}
                ledger.record(annotation(number, task.key, answer))
        rows = export_trl(ledger, WORKFLOW, out=tmp_path / "trl", describe=False)
    assert rows == {"sft": 0, "dpo": 3, "kto": 6}
    for line in (tmp_path / "trl" / "dpo.jsonl").read_text().splitlines():
        row = json.loads(line)
        task = next(task for task in tasks if task.key == row["provenance"]["task"])
        answer = tasks.index(task)
        assert task.drafts is not None
        assert row["chosen"][0]["content"] == task.drafts[("a", "b", "", "a")[answer]]["answer"]


def annotation(number: int, key: str, answer: dict[str, object]) -> Annotation:
    return Annotation(
        project=1, id=number, key=key, annotator="anna@example.nl", at="2026-03-03T09:00:00+00:00", seconds=5.0,
        status="answered", answer=answer, suggestion={}, reasons=(), results=[], instruction="",
    )  # fmt: skip


def test_a_correction_is_preferred_over_what_the_model_read_and_a_planted_suggestion_is_not(tmp_path: Path) -> None:
    tasks = []
    for number in range(40, 60):
        task, facts = hostile_task(number, documents=1)
        if facts["straat"].state == "stated":
            tasks.append(replace(task, planted=len(tasks) == 0))
    with Ledger(tmp_path / "plan", create=True) as ledger:
        ledger.create(tasks, settings=SETTINGS | {"annotators": 1})
        with ledger.writing():
            for number, task in enumerate(tasks):
                answer = dict(task.proposed or {})
                if number < 3:
                    gone = {"path": "straat", "state": "not_stated", "values": [], "evidence": [], "problems": []}
                    answer["facts"] = [gone if item["path"] == "straat" else item for item in answer["facts"]]
                ledger.record(annotation(number, task.key, answer))
        rows = export_trl(ledger, WORKFLOW, out=tmp_path / "trl", describe=True)
    assert rows == {"sft": len(tasks), "dpo": 2, "kto": len(tasks) - 1}
    for line in (tmp_path / "trl" / "dpo.jsonl").read_text().splitlines():
        row = json.loads(line)
        assert json.loads(row["chosen"][0]["content"])["straat"] == "niet vermeld"
        assert json.loads(row["rejected"][0]["content"])["straat"] != "niet vermeld"
        assert "- straat: straat" in row["prompt"][0]["content"]


def test_a_second_reading_is_asked_in_the_conversation_of_the_first(tmp_path: Path) -> None:
    found = list(from_dossiers(small.WORKFLOW, small.dossiers(2)))
    tasks = [one.task for one in found]
    with Ledger(tmp_path / "plan", create=True) as ledger:
        ledger.create(tasks, settings=SETTINGS | {"workflow": "klein", "annotators": 1})
        with ledger.writing():
            for number, task in enumerate(tasks):
                ledger.record(annotation(number, task.key, dict(task.gold or {})))
        export_trl(ledger, small.WORKFLOW, out=tmp_path / "trl", describe=False)
    rows = [json.loads(line) for line in (tmp_path / "trl" / "sft.jsonl").read_text().splitlines()]
    assert [len(row["prompt"]) for row in rows] == [1, 3, 1, 3]
    for first, second in zip(rows[::2], rows[1::2], strict=True):
        assert second["prompt"][:2] == [*first["prompt"], *first["completion"]]


def test_decisions_train_no_model(tmp_path: Path) -> None:
    with Ledger(tmp_path / "plan", create=True) as ledger:
        ledger.create([hostile_task(1)[0]], settings=SETTINGS | {"kind": "decision"})
        with pytest.raises(CasewrightError, match="the model never decides"):
            export_trl(ledger, WORKFLOW, out=tmp_path / "trl", describe=False)


def test_annotators_see_no_bsn_and_every_place_stays_true() -> None:
    texts = ("BSN: 111222333. Ik wil een boom kappen.", "Nogmaals: 111.222.333")
    documents = [Document(id=f"stuk-{n}", text=text, received=RECEIVED) for n, text in enumerate(texts)]
    shown, parts = join_documents(documents)
    assert shown == "BSN: •••••••••. Ik wil een boom kappen.\n\nNogmaals: •••.•••.•••"
    assert [shown[part.start : part.end][-3:] for part in parts] == ["en.", "•••"]
