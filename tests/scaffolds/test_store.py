"""The trace store, on SQLite and on PostgreSQL: what goes in comes out, once, in order, and stays."""

import hashlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from scaffolds.case import Case, Event
from scaffolds.errors import CasewrightError
from scaffolds.store import Conflict, Erased, Store
from tests.postgres import new_database

AT = datetime(2026, 3, 9, 12, tzinfo=UTC)
TEXT = st.text(st.characters(codec="utf-8"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
ZONES = st.integers(-12 * 60, 12 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
EVENTS = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(["document_added", "facts_proposed", "handed_over"]),
        actor=st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=40),
        at=st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=ZONES),
        payload=st.dictionaries(TEXT, JSON, max_size=4),
    ),
    max_size=5,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/traces.db" if request.param == "sqlite" else new_database()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url, create=True) as opened:
        yield opened


def said(*words: str) -> list[Event]:
    return [Event(kind="handed_over", actor="person:anna", at=AT, payload={"reason": word}) for word in words]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=EVENTS.filter(bool), more=EVENTS)
def test_a_case_is_read_as_it_was_appended(store: Store, first: list[Event], more: list[Event]) -> None:
    case_id = f"Z-{len(list(store.case_ids()))}"
    present = store.append(case_id, first, workflow="proef", expected=0)
    assert store.append(case_id, more, workflow="proef", expected=present) == len(first) + len(more)
    assert store.case(case_id) == Case(id=case_id, workflow="proef", events=(*first, *more))
    assert store.verify().problems == ()


def test_a_broken_character_in_a_document_comes_back(store: Store) -> None:
    events = said("half een emoji \ud83d", 'een "\\ud83d"', "nul \x00")
    store.append("Z-1", events, workflow="proef", expected=0)
    assert store.case("Z-1").events == tuple(events)


def test_who_comes_second_is_told_and_writes_nothing(store: Store) -> None:
    store.append("Z-1", said("een", "twee"), workflow="proef", expected=0)
    with pytest.raises(Conflict, match="expected to have 1 events and has 2") as conflict:
        store.append("Z-1", said("drie"), workflow="proef", expected=1)
    assert (conflict.value.expected, conflict.value.present) == (1, 2)
    with pytest.raises(Conflict):
        store.append("Z-2", said("een"), workflow="proef", expected=3)
    assert len(store.case("Z-1").events) == 2
    assert list(store.case_ids()) == ["Z-1"]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Event(kind="decided", actor="", at=AT), "named in 1 to 200"),
        (Event(kind="decided", actor="person:a\nb", at=AT), "named in 1 to 200"),
        (Event(kind="decided", actor="person:a", at=datetime(2026, 1, 1)), "has no zone"),
        (Event(kind="decided", actor="person:a", at=AT, payload={"x": float("nan")}), "not plain JSON"),
        (Event(kind="decided", actor="person:a", at=AT, payload={"x": (1, 2)}), "not plain JSON"),
        (Event(kind="decided", actor="person:a", at=AT, payload={"x": "\ud83d\ude00"}), "not plain JSON"),
        (Event(kind="payload_erased", actor="person:a", at=AT), "not a kind"),  # type: ignore[arg-type]
    ],
)
def test_what_could_not_be_given_back_is_refused_and_nothing_of_it_is_written(
    store: Store, event: Event, message: str
) -> None:
    with pytest.raises(CasewrightError, match=message):
        store.append("Z-1", [*said("goed"), event], workflow="proef", expected=0)
    assert list(store.records()) == []
    store.append("Z-1", said("goed"), workflow="proef", expected=0)
    assert store.verify().problems == ()


def test_a_case_stays_in_its_workflow_and_an_unknown_case_is_named(store: Store) -> None:
    store.append("Z-1", said("een"), workflow="proef", expected=0)
    with pytest.raises(CasewrightError, match="belongs to workflow proef, not anders"):
        store.append("Z-1", said("twee"), workflow="anders", expected=1)
    with pytest.raises(CasewrightError, match="no case Z-9"):
        store.case("Z-9")


def test_cases_are_given_one_by_one_and_by_workflow(store: Store) -> None:
    for number in range(70):
        store.append(f"Z-{number:03}", said("een"), workflow=f"proef{number % 2}", expected=0)
    assert list(store.case_ids()) == [f"Z-{number:03}" for number in range(70)]
    assert [case.id for case in store.cases(workflow="proef1")] == [f"Z-{n:03}" for n in range(1, 70, 2)]


@pytest.mark.parametrize("same", [True, False])
def test_of_eight_writers_that_expect_the_same_exactly_one_wins(store: Store, same: bool) -> None:
    rounds, writers = 4, 8
    won: list[tuple[int, int]] = []
    lost: list[Conflict] = []
    start = threading.Barrier(writers)

    def write(writer: int) -> None:
        for number in range(rounds):
            start.wait()
            try:
                events = said(f"{writer}/{number}")
                store.append("Z" if same else f"Z-{writer}", events, workflow="proef", expected=number)
                won.append((writer, number))
            except Conflict as conflict:
                lost.append(conflict)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = [one.event.payload["reason"] for one in store.records()]
    assert sorted(stored) == sorted(f"{writer}/{number}" for writer, number in won)
    assert len(won) == (rounds if same else rounds * writers)
    assert len(won) + len(lost) == rounds * writers
    assert sorted({number for _, number in won}) == list(range(rounds))
    assert store.verify().problems == ()


def test_a_store_verifies_while_others_write_and_erase(store: Store) -> None:
    store.append("Z-0", said("een"), workflow="proef", expected=0)
    done = threading.Event()

    def write() -> None:
        for number in range(1, 15):
            store.append(f"Z-{number}", said("een", "twee"), workflow="proef", expected=0)
            store.erase(f"Z-{number}", reason="verzoek", actor="person:bob", at=AT)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = [store.verify()]
    while not done.is_set():
        seen.append(store.verify())
    writer.join()
    assert [report.problems for report in seen] == [()] * len(seen)
    assert len({report.events for report in seen}) > 1


CHANGES = (
    "UPDATE trace_events SET actor = 'person:bob' WHERE position = 1",
    "DELETE FROM trace_events WHERE position = 2",
    "UPDATE trace_payloads SET body = salt",
    "UPDATE trace_payloads SET hash = 'x', salt = NULL, body = NULL",
    "DELETE FROM trace_payloads",
    "UPDATE trace_head SET events = 0",
    "DELETE FROM trace_head",
)
REPLACES = (
    "REPLACE INTO trace_events SELECT * FROM trace_events",
    "REPLACE INTO trace_payloads SELECT hash, salt, salt FROM trace_payloads",
)
TRUNCATES = ("TRUNCATE trace_events CASCADE", "TRUNCATE trace_payloads CASCADE", "TRUNCATE trace_head")


def test_the_database_itself_refuses_to_change_what_was_written(store: Store, url: str) -> None:
    store.append("Z-1", said("een", "twee"), workflow="proef", expected=0)
    before = list(store.records())
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    for statement in (*CHANGES, *(REPLACES if "sqlite" in url else TRUNCATES)):
        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))
    engine.dispose()
    assert list(store.records()) == before
    assert store.verify().problems == ()


def test_one_case_is_read_by_index(store: Store, url: str) -> None:
    from scaffolds.store import store as module

    query = module._JOINED.where(module._events.c.case_id == "Z-1").order_by(module._events.c.seq)
    with store._engine.connect() as connection:
        sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        if "sqlite" in url:
            plan = [row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}")]
    assert not [line for line in plan if "SCAN" in line.split() or "Seq Scan" in line]
    assert not [line for line in plan if "TEMP B-TREE" in line]


def test_erasing_leaves_the_chain_whole_and_says_so(store: Store) -> None:
    store.append("Z-1", said("geheim", "ook geheim"), workflow="proef", expected=0)
    store.append("Z-2", said("blijft"), workflow="proef", expected=0)
    assert store.erase("Z-1", reason="verzoek 12", actor="person:bob", at=AT) == 2
    with pytest.raises(Erased, match="Z-1"):
        store.case("Z-1")
    assert [case.id for case in store.cases()] == ["Z-2"]
    *gone, erasure = store.records("Z-1")
    assert [(one.kind, one.payload, one.salt) for one in gone] == [("handed_over", None, None)] * 2
    assert erasure.kind == "payload_erased"
    assert erasure.payload is not None
    assert erasure.payload["reason"] == "verzoek 12"
    report = store.verify()
    assert (report.events, report.cases, report.erased, report.problems) == (4, 2, 2, ())
    with pytest.raises(CasewrightError, match="no such payload"):
        store.erase("Z-1", reason="nog eens", actor="person:bob", at=AT)
    assert store.append("Z-2", said("verder"), workflow="proef", expected=1) == 2


def test_one_payload_of_a_case_can_be_erased(store: Store) -> None:
    store.append("Z-1", said("een", "twee"), workflow="proef", expected=0)
    assert store.erase("Z-1", seqs=[1], reason="verzoek", actor="person:bob", at=AT) == 1
    assert [one.erased for one in store.records("Z-1")] == [False, True, False]
    assert store.verify().erased == 1


def test_what_is_erased_is_no_longer_in_the_files_of_sqlite(tmp_path: Path) -> None:
    with Store(tmp_path / "traces.db", create=True) as store:
        for number in range(30):
            store.append(f"Z-{number}", said(f"geheim-{number}-" + "x" * 5000), workflow="proef", expected=0)
        store.erase("Z-17", reason="verzoek", actor="person:bob", at=AT)
        found = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"geheim-16-" in found
    assert b"geheim-17-" not in found


def test_equal_short_texts_have_different_hashes(store: Store) -> None:
    store.append("Z-1", said("ja", "ja"), workflow="proef", expected=0)
    one, other = store.records()
    assert one.body == other.body
    assert one.payload_hash != other.payload_hash


def test_eight_openers_of_a_new_store_all_find_it_made(url: str) -> None:
    failed: list[BaseException] = []

    def use(writer: int) -> None:
        try:
            with Store(url, create=True) as store:
                store.append(f"Z-{writer}", said("een"), workflow="proef", expected=0)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=use, args=(writer,)) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with Store(url) as store:
        assert store.verify().events == 8


def test_what_is_no_store_is_refused_by_name(tmp_path: Path, url: str) -> None:
    with pytest.raises(CasewrightError, match=r"no such file|no trace store"):
        Store(url)
    text_file = tmp_path / "brief.txt"
    text_file.write_text("Geachte heer, mevrouw, " * 100)
    for create in (True, False):
        with pytest.raises(CasewrightError, match=r"brief\.txt: cannot be opened"):
            Store(text_file, create=create)
    assert text_file.read_text().startswith("Geachte")
    for wrong in ("mysql://localhost/x", "sqlite://", "geen://iets", "://"):
        with pytest.raises(CasewrightError):
            Store(wrong, create=True)
    with pytest.raises(CasewrightError, match=r"cannot be opened") as refused:
        Store("postgresql://anna:geheim@127.0.0.1:1/zaken", create=True)
    assert "geheim" not in str(refused.value)


def test_a_store_of_a_later_version_is_refused(store: Store, url: str) -> None:
    with store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE trace_schema SET version = 3")
    with pytest.raises(CasewrightError, match=r"schema version \[3\].*reads 2"):
        Store(url)


def test_a_postgresql_server_that_does_not_keep_its_word_is_refused() -> None:
    url = new_database()
    name = url.rpartition("/")[2]
    with Store(url, create=True) as store, store._engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    with pytest.raises(CasewrightError, match="synchronous_commit off"):
        Store(url)


def test_sqlite_syncs_at_every_commit(tmp_path: Path) -> None:
    with Store(tmp_path / "traces.db", create=True) as store, store._engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in pragmas]
    assert found == ["wal", 2, 1, 1, 30_000]


FILE = b"%PDF een brief " * 3000
NAME = hashlib.sha256(FILE).hexdigest()


def document(name: str = NAME) -> list[Event]:
    payload = {"id": "brief.pdf", "text": "een brief", "original": name}
    return [Event(kind="document_added", actor="applicant", at=AT, payload=payload)]


def test_an_original_is_kept_with_its_document_and_given_back(store: Store) -> None:
    store.append("Z-1", document(), workflow="proef", expected=0, originals={NAME: FILE})
    store.append("Z-2", document(), workflow="proef", expected=0, originals={NAME: FILE})
    assert store.original("Z-1", NAME) == FILE
    assert store.verify().problems == ()
    with pytest.raises(CasewrightError, match="no original"):
        store.original("Z-1", "0" * 64)


@pytest.mark.parametrize("originals", [{}, {NAME: b"iets anders"}])
def test_a_document_without_its_original_is_refused_and_nothing_is_written(
    store: Store, originals: dict[str, bytes]
) -> None:
    with pytest.raises(CasewrightError, match=r"original of brief\.pdf is missing or is another file"):
        store.append("Z-1", [*said("een"), *document()], workflow="proef", expected=0, originals=originals)
    assert list(store.records()) == []


def test_erasing_a_case_erases_its_originals_and_leaves_those_of_others(store: Store, url: str) -> None:
    for case_id in ("Z-1", "Z-2"):
        store.append(case_id, document(), workflow="proef", expected=0, originals={NAME: FILE})
    store.erase("Z-1", reason="verzoek", actor="person:bob", at=AT)
    with pytest.raises(CasewrightError, match="no original"):
        store.original("Z-1", NAME)
    assert store.original("Z-2", NAME) == FILE
    assert store.verify().problems == ()
    store.erase("Z-2", reason="verzoek", actor="person:bob", at=AT)
    if "sqlite" in url:
        folder = Path(url.removeprefix("sqlite:///")).parent
        assert b"een brief" not in b"".join(path.read_bytes() for path in folder.iterdir())
        assert NAME.encode() not in b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_store_of_version_1_is_brought_to_this_one_with_its_guards(url: str) -> None:
    with Store(url, create=True) as store:
        store.append("Z-1", said("een"), workflow="proef", expected=0)
        with store._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE trace_originals")
            connection.exec_driver_sql("UPDATE trace_schema SET version = 1")
    with Store(url) as store:
        store.append("Z-2", document(), workflow="proef", expected=0, originals={NAME: FILE})
        assert store.verify().problems == ()
        for statement in ("UPDATE trace_originals SET raw = hash", "DELETE FROM trace_originals"):
            if "postgresql" in url:
                statement = statement.replace("= hash", "= '\\x00'")
            with pytest.raises(DBAPIError, match="append-only"), store._engine.begin() as connection:
                connection.execute(text(statement))
