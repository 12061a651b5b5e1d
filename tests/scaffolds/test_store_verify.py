"""What was changed behind the store's back is found, and the event is named."""

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from scaffolds.case import Event
from scaffolds.errors import CasewrightError
from scaffolds.store import Record, Report, Store
from scaffolds.store.schema import events, originals, payloads
from tests.postgres import new_database

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
TABLES = (events, payloads, originals)
COLUMNS = [(table.name, column.name) for table in TABLES for column in table.c]
FILES = [f"{word} als bestand ".encode() * 400 for word in ("brief", "weg", "plan")]
ORIGINALS = {hashlib.sha256(raw).hexdigest(): raw for raw in FILES}


def said(*words: str) -> list[Event]:
    return [Event(kind="handed_over", actor="person:anna", at=AT, payload={"reason": word}) for word in words]


def sent(number: int) -> list[Event]:
    """A document that came as the file of this number."""
    payload = {"id": f"stuk {number}", "original": list(ORIGINALS)[number]}
    return [Event(kind="document_added", actor="applicant", at=AT, payload=payload)]


def fill(store: Store) -> None:
    """Five events in two cases, each of a document with its original but the second; event 3 is erased, by event 4."""
    store.append("Z-1", [*sent(0), *said("twee")], workflow="proef", expected=0, originals=ORIGINALS)
    store.append("Z-2", sent(1), workflow="proef", expected=0, originals=ORIGINALS)
    store.erase("Z-2", reason="verzoek", actor="person:bob", at=AT)
    store.append("Z-1", sent(2), workflow="proef", expected=2, originals=ORIGINALS)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "traces.db"
    with Store(path, create=True) as store:
        fill(store)
    return path


copies = count()


def tampered(file: Path, *statements: str, values: Iterable[Any] = ()) -> Path:
    """A copy of a store after the statements of someone who dropped every guard first."""
    copy = file.with_name(f"copy-{next(copies)}.db")
    copy.write_bytes(file.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement, tuple(values))
        connection.commit()
    return copy


def verify(where: Path | str, **options: Any) -> Report:
    with Store(where) as store:
        return store.verify(**options)


def other(value: Any, place: int, bit: int) -> Any:
    """`value` with one bit changed; a number becomes another."""
    if isinstance(value, int):
        return value + 1000
    if isinstance(value, str):
        place %= len(value)
        return value[:place] + chr(ord(value[place]) ^ 1) + value[place + 1 :]
    raw = bytearray(value)
    raw[place % len(raw)] ^= 1 << bit
    return bytes(raw)


def test_an_untouched_store_is_sound(file: Path) -> None:
    report = verify(tampered(file))
    assert (report.events, report.cases, report.erased, report.problems) == (5, 2, 1, ())


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(COLUMNS), st.sampled_from([1, 5]), st.integers(0, 4000), st.integers(0, 7))
def test_any_changed_byte_is_found_and_its_event_named(
    file: Path, where: tuple[str, str], position: int, place: int, bit: int
) -> None:
    table, column = where
    row = (
        "position = ?"
        if table == "trace_events"
        else "hash = (SELECT payload_hash FROM trace_events WHERE position = ?)"
    )
    with closing(sqlite3.connect(file)) as connection:
        query = f"SELECT {column} FROM {table} WHERE {row}"
        (value,) = connection.execute(query, (position,)).fetchone()
    copy = tampered(
        file, f"UPDATE {table} SET {column} = ? WHERE {row}", values=(other(value, place, bit), position)
    )
    named = {problem.position for problem in verify(copy).problems}
    assert (position + 1000 if column == "position" else position) in named
    if (table, column) == ("trace_originals", "hash"):
        assert len(named) == 2
    elif column not in ("position", "hash"):
        assert named <= {position, None}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "CAST(x'ff' AS TEXT)"),
        ("seq", "'nul'"),
        ("at", "12"),
        ("kind", "upper(kind)"),
        ("hash", "''"),
    ],
)
def test_a_value_of_another_type_or_encoding_is_found_too(file: Path, column: str, value: str) -> None:
    report = verify(tampered(file, f"UPDATE trace_events SET {column} = {value} WHERE position = 2"))
    assert 2 in {problem.position for problem in report.problems}


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["DELETE FROM trace_events WHERE position = 2"], "event 3 .*1 events before it are missing"),
        (["DELETE FROM trace_events WHERE case_id = 'Z-2'"], "event 5 .*2 events before it are missing"),
        (["DELETE FROM trace_events WHERE position = 5"], "chain ends at event 4; its head remembers 5"),
        (["DELETE FROM trace_events"], "chain ends at event 0"),
        (
            [
                "UPDATE trace_events SET position = 9 WHERE position = 2",
                "UPDATE trace_events SET position = 2 WHERE position = 1",
                "UPDATE trace_events SET position = 1 WHERE position = 9",
            ],
            "event 1 .*does not follow",
        ),
        (["UPDATE trace_payloads SET salt = NULL, body = NULL"], "event 1 .*gone and no erasure"),
        (["UPDATE trace_payloads SET salt = NULL"], "event 1 .*gone and no erasure"),
        (["DELETE FROM trace_payloads WHERE body IS NULL"], None),
        (["DELETE FROM trace_originals"], "event 1 .*the original of document_added is missing"),
        (["UPDATE trace_originals SET raw = NULL"], "event 1 .*original .* is gone and no erasure"),
        (["UPDATE trace_originals SET raw = x'00' WHERE raw IS NULL"], "1 originals belong to no event"),
        (["UPDATE trace_originals SET raw = 'tekst' WHERE raw IS NOT NULL"], "event 5 .*original"),
        (["UPDATE trace_payloads SET body = x'7b7d', salt = x'00' WHERE body IS NULL"], "event 3 .*payload"),
        (["INSERT INTO trace_payloads VALUES ('aa', x'00', x'00')"], "1 payloads belong to no event"),
        (["UPDATE trace_head SET hash = 'ab'"], "head of the chain is not the hash"),
        (["UPDATE trace_head SET events = 6"], "head remembers 6"),
        (["DELETE FROM trace_head"], "lost the head"),
    ],
)
def test_what_is_missing_moved_or_added_is_found(
    file: Path, statements: list[str], found: str | None
) -> None:
    report = verify(tampered(file, *statements))
    if found is None:
        assert report.sound
    else:
        import re

        assert any(re.search(found, str(problem)) for problem in report.problems), report.problems


def test_an_end_that_was_cut_off_together_with_its_head_is_found_by_a_noted_head(file: Path) -> None:
    noted = verify(tampered(file)).head
    cut = tampered(
        file,
        "DELETE FROM trace_events WHERE position = 5",
        "DELETE FROM trace_originals WHERE hash NOT IN (SELECT payload_hash FROM trace_events)",
        "DELETE FROM trace_payloads WHERE hash NOT IN (SELECT payload_hash FROM trace_events)",
        "UPDATE trace_head SET events = 4, hash = (SELECT hash FROM trace_events WHERE position = 4)",
    )
    assert verify(cut).sound
    assert f"no event has the hash {noted}" in str(verify(cut, anchor=noted).problems[0])
    longer = tampered(file)
    with Store(longer) as store:
        store.append("Z-3", said("later"), workflow="proef", expected=0)
        assert store.verify(anchor=noted).sound


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(0, 7))
def test_any_changed_byte_of_the_file_is_found_or_held_nothing(file: Path, place: int, bit: int) -> None:
    copy = file.with_name(f"copy-{next(copies)}.db")
    raw = bytearray(file.read_bytes())
    raw[place % len(raw)] ^= 1 << bit
    copy.write_bytes(raw)
    with Store(file) as store:
        before = list(store.records())
    try:
        with Store(copy) as store:
            if store.verify().sound:
                assert list(store.records()) == before
    except CasewrightError:
        pass


@pytest.mark.parametrize("column", ["case_id", "kind", "actor", "payload_hash", "previous", "hash"])
def test_a_column_that_became_another_type_is_found_and_its_event_named(file: Path, column: str) -> None:
    copy = tampered(file, f"UPDATE trace_events SET {column} = CAST({column} AS BLOB) WHERE position = 2")
    assert 2 in {problem.position for problem in verify(copy).problems}


def test_any_changed_byte_over_the_whole_file_is_found_or_held_nothing(file: Path) -> None:
    """Bytes from end to end, and more of those that are part of a payload or original: there the event is named."""
    raw = file.read_bytes()
    with Store(file) as store:
        before = list(store.records())
    held = dict(_held(raw, before))
    copy = file.with_name("flipped.db")
    sound = named = 0
    for place in sorted({*range(7, len(raw), 97), *list(held)[::11]}):
        copy.write_bytes(raw[:place] + bytes([raw[place] ^ (1 << place % 8)]) + raw[place + 1 :])
        for ending in ("-wal", "-shm"):
            copy.with_name(copy.name + ending).unlink(missing_ok=True)
        try:
            with Store(copy) as store:
                report = store.verify()
                if report.sound:
                    assert place not in held
                    assert list(store.records()) == before
                    assert {store.original("Z-1", list(ORIGINALS)[number]) for number in (0, 2)} == {FILES[0], FILES[2]}
                    sound += 1
                elif place in held:
                    assert held[place] in {problem.position for problem in report.problems}
                    named += 1
        except CasewrightError:
            assert place not in held
    assert sound > 20
    assert named > 50


def _held(raw: bytes, records: list[Record]) -> Iterable[tuple[int, int]]:
    """The places in a file that hold the beginning of a payload or original, with the position of their event."""
    for one in records:
        for text in (one.body, ORIGINALS.get((one.payload or {}).get("original", ""))):
            start = raw.find(text[:400]) if text else -1
            if text and start >= 0:
                yield from ((start + step, one.position) for step in range(len(text[:400])))


def test_on_postgresql_any_changed_column_is_found_and_its_event_named() -> None:
    url = new_database()
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with Store(url, create=True) as store:
        fill(store)
        (one, *_) = store.records()
        for table in TABLES:
            key = events.c.position == 1 if table is events else table.c.hash == one.payload_hash
            for column in table.c:
                with engine.begin() as connection:
                    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                    value = connection.execute(select(column).where(key)).scalar_one()
                    wrong = other(value, 7, 3)
                    connection.execute(table.update().where(key).values({column: wrong}))
                named = {problem.position for problem in store.verify().problems}
                assert (1001 if column.name == "position" else 1) in named, column
                back = column == wrong if column.primary_key else key
                with engine.begin() as connection:
                    connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                    connection.execute(table.update().where(back).values({column: value}))
        assert store.verify().sound
    engine.dispose()


def test_an_erasure_that_was_recorded_and_not_done_is_found(file: Path) -> None:
    with Store(tampered(file)) as store:
        (one, *rest) = store.records()
        from scaffolds.store.verify import check_chain

        kept = [
            replace(record, salt=one.salt, body=one.body) if record.position == 3 else record
            for record in rest
        ]
        found = [str(problem) for problem in check_chain([one, *kept], head=None).problems]
    assert any("event 4" in problem and "still there" in problem for problem in found)
