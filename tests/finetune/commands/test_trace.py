"""`casewright trace` from the shell: verify, export, replay."""

import gzip
import hashlib
import hmac
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from typer.testing import CliRunner, Result

from finetune.cli import COMMANDS
from finetune.commands.trace import app
from finetune.logs.importer import Import, import_log
from finetune.logs.trace import read_log
from scaffolds.engine import state_of
from scaffolds.environment import play
from scaffolds.errors import CasewrightError
from scaffolds.store import Store, canonical
from tests.postgres import new_database
from tests.scaffolds.gold import answering, archived
from tests.scaffolds.test_destruction import closed
from tests.workflows.letter.cases import decided
from workflows.desk import queue, worklist
from workflows.desk.tables import cases, jobs, metadata, words
from workflows.omgevingsvergunning import WORKFLOW

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> str:
    case = play(WORKFLOW, [archived()], answering())[0].case
    path = tmp_path / "traces.db"
    with Store(path, create=True) as opened:
        opened.append("Z-1", case.events, workflow=case.workflow, expected=0)
        opened.append("Z-2", case.events[:2], workflow=case.workflow, expected=0)
    return str(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def change(store: str, statement: str) -> None:
    with closing(sqlite3.connect(store)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


def erase(store: str, case_id: str) -> None:
    with Store(store) as opened:
        opened.erase(case_id, reason="verzoek", actor="person:bob", at=AT)


def test_the_command_is_mounted() -> None:
    assert "trace" in COMMANDS


def test_a_sound_store_is_told_so_with_its_head_and_a_changed_one_by_event(store: str) -> None:
    told = run("verify", store)
    assert told.exit_code == 0
    assert "in 2 cases: the chain holds." in told.stdout
    head = told.stdout.split()[-1]
    assert run("verify", store, "--head", head).exit_code == 0
    assert run("verify", store, "--head", "0a" * 32).exit_code == 1
    change(store, "UPDATE trace_events SET actor = 'person:' || char(27) || '[31m' WHERE position = 2")
    told = run("verify", store)
    assert told.exit_code == 1
    assert "event 2 (case Z-1, number 1): document_added was changed after it was written" in told.stdout
    change(store, "UPDATE trace_events SET case_id = char(27) || '[31m' WHERE position = 2")
    assert "\x1b" not in run("verify", store).stdout


def test_jsonl_holds_every_record_so_that_its_hashes_can_be_computed_again(
    store: str, tmp_path: Path
) -> None:
    erase(store, "Z-2")
    out = tmp_path / "traces.jsonl.gz"
    assert run("export", store, "-o", str(out)).exit_code == 0
    with Store(store) as opened:
        records = list(opened.records())
    lines = [json.loads(line) for line in gzip.decompress(out.read_bytes()).splitlines()]
    assert [line["hash"] for line in lines] == [record.hash for record in records]
    for line, record in zip(lines, records, strict=True):
        assert line["payload"] == record.payload
        if line["payload"] is not None:
            salted = hmac.new(bytes.fromhex(line["salt"]), canonical(line["payload"]), hashlib.sha256)
            assert salted.hexdigest() == line["payload_hash"]


def test_xes_comes_back_as_the_same_events_without_texts(store: str, tmp_path: Path) -> None:
    out, back = tmp_path / "traces.xes", tmp_path / "back.jsonl"
    assert "2 cases" in run("export", store, "-o", str(out)).stdout
    assert "Jan de Boer" not in out.read_text()
    import_log(out, back, how=Import(ties="file"))
    traces = {trace.case: trace for trace in read_log(back).traces}
    with Store(store) as opened:
        for case in opened.cases():
            assert list(traces[case.id].activities) == [event.kind for event in case.events]
            assert [event.time for event in traces[case.id].events] == [event.at for event in case.events]


@pytest.mark.parametrize("name", ["een.jsonl", "een.xes"])
def test_one_case_can_be_exported(store: str, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    assert "2 events" in run("export", store, "--case", "Z-2", "-o", str(out)).stdout
    assert "Z-1" not in out.read_text()
    with pytest.raises(CasewrightError, match="no case Z-9"):
        run("export", store, "--case", "Z-9", "-o", str(out))
    with pytest.raises(CasewrightError, match=r"name the file \.jsonl or \.xes"):
        run("export", store, "-o", str(tmp_path / "een.csv"))


def test_replay_counts_receipts_names_differences_and_passes_over_erased_cases(store: str) -> None:
    told = run("replay", store)
    assert (told.exit_code, "2 cases as recorded with 3 receipts; 0 differ, 0 erased" in told.stdout) == (
        0,
        True,
    )
    assert "Z-1: " in run("replay", store, "--case", "Z-1").stdout
    erase(store, "Z-2")
    with Store(store) as opened:
        case = opened.case("Z-1")
        opened.append("Z-3", case.events[1:], workflow=case.workflow, expected=0)
    told = run("replay", store)
    assert told.exit_code == 1
    assert "Z-3: event 0 (document_added)" in told.stdout
    assert "1 cases as recorded with 3 receipts; 1 differ, 1 erased" in told.stdout


@pytest.mark.parametrize("command", ["verify", "export", "replay"])
def test_a_missing_store_is_named_and_not_made(command: str, tmp_path: Path) -> None:
    more = ["-o", str(tmp_path / "x.jsonl")] if command == "export" else []
    with pytest.raises(CasewrightError, match=r"geen\.db: there is no such file"):
        run(command, str(tmp_path / "geen.db"), *more)
    assert list(tmp_path.iterdir()) == []


def test_what_is_due_is_listed_and_destroyed_under_a_name_and_the_chain_holds(tmp_path: Path) -> None:
    path = str(tmp_path / "traces.db")
    made = [("Z-1", "weigeren", 2010), ("Z-2", "verlenen", 2010), ("Z-3", "weigeren", 2026)]
    with Store(path, create=True) as opened:
        for case_id, decision, year in made:
            case = closed(decided(decision), datetime(year, 4, 2, tzinfo=UTC))
            opened.append(case_id, case.events, workflow=case.workflow, expected=0)
        opened.append("Z-4", decided("weigeren").events, workflow=WORKFLOW.name, expected=0)
    listed = run("retention", path, "--on", "2026-03-01").stdout
    assert listed.startswith("Z-1: weigeren, closed 2010-04-02, due since 2020-04-03 (Selectielijst")
    assert "1 cases due" in listed
    assert "Z-3" in run("retention", path, "--on", "2036-04-03").stdout
    for refused in (["--destroy"], ["--destroy", "--by", "ada", "--on", "2999-01-01"]):
        with pytest.raises(CasewrightError):
            run("retention", path, *refused)
    assert "1 cases destroyed" in run("retention", path, "--destroy", "--by", "ada").stdout
    assert "0 cases destroyed" in run("retention", path, "--destroy", "--by", "ada").stdout
    with Store(path) as opened:
        *_, last = opened.records("Z-1")
        assert last.payload is not None
        assert last.payload["reason"].startswith("retention period over on 2020-04-03: Selectielijst")
        assert last.actor == "person:ada"
        assert opened.case("Z-2").of("case_closed")
    assert "the chain holds" in run("verify", path).stdout
    assert "3 cases as recorded" in run("replay", path).stdout


def test_a_request_erases_a_closed_case_with_its_originals_and_no_open_one(tmp_path: Path) -> None:
    path, raw = str(tmp_path / "traces.db"), b"een brief van Jan de Boer"
    name = hashlib.sha256(raw).hexdigest()
    case = closed(decided(), AT)
    events = list(case.events)
    events[1] = replace(events[1], payload={**events[1].payload, "original": name})
    with Store(path, create=True) as opened:
        opened.append("Z-1", events, workflow=case.workflow, expected=0, originals={name: raw})
        opened.append("Z-2", events[:2], workflow=case.workflow, expected=0, originals={name: raw})
    by = ["--reason", "verzoek 12", "--by", "ada"]
    for refused, told in ((["Z-2"], "is open"), (["Z-1", "--case", "Z-9"], "no case Z-9")):
        with pytest.raises(CasewrightError, match=told):
            run("erase", path, "--case", *refused, *by)
    with Store(path) as opened:
        assert opened.original("Z-1", name) == raw
    assert f"Z-1: {len(events)} payloads erased." in run("erase", path, "--case", "Z-1", *by).stdout
    with Store(path) as opened:
        with pytest.raises(CasewrightError, match="no original"):
            opened.original("Z-1", name)
        assert opened.original("Z-2", name) == raw
    assert "the chain holds" in run("verify", path).stdout
    exported = tmp_path / "traces.jsonl"
    assert run("export", path, "-o", str(exported), "--case", "Z-1").exit_code == 0
    assert "Jan de Boer" not in exported.read_text()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_erasing_takes_a_case_from_the_desks_work_list_with_the_words_it_was_found_by(
    tmp_path: Path, database: str
) -> None:
    url = f"sqlite:///{tmp_path}/traces.db" if database == "sqlite" else new_database()
    case = closed(decided(), AT)
    with Store(url, create=True) as opened:
        metadata.create_all(opened.engine)
        for case_id in ("Z-1", "Z-2"):
            opened.append(case_id, case.events, workflow=case.workflow, expected=0, also=partial(listed, case_id))
    assert run("erase", url, "--case", "Z-1", "--reason", "verzoek 12", "--by", "ada").exit_code == 0
    with Store(url) as opened, opened.engine.connect() as connection:
        assert [row.id for row in connection.execute(select(cases))] == ["Z-2"]
        assert {row.case_id for row in connection.execute(select(words))} == {"Z-2"}
        assert {row.case_id for row in connection.execute(select(jobs))} == {"Z-2"}
    assert "the chain holds" in run("verify", url).stdout


def listed(case_id: str, connection: Connection) -> None:
    """Put a case on the desk's work list, and in its queue."""
    case = replace(closed(decided(), AT), id=case_id)
    worklist.write(connection, WORKFLOW, case, state_of(WORKFLOW, case))
    queue.add(connection, case_id, events=len(case.events))
