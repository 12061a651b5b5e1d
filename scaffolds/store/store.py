"""Store: the append-only record of every case, in SQLite or PostgreSQL.

A writer says how many events it believes a case to have; where another was first it gets `Conflict` and nothing is
written. What `append` returned for is on disk. All writers stand in one line, which one chain needs; each waits for
one sync of the disk, whatever the number of events and cases in the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast, get_args

from sqlalchemy import Connection, Engine, Select, bindparam, func, select

from scaffolds.case import Case, Event, EventKind
from scaffolds.errors import CasewrightError
from scaffolds.store.database import DAMAGED, open_database, pragma
from scaffolds.store.record import ERASURE, Head, Record, canonical, chained, told
from scaffolds.store.schema import events as _events
from scaffolds.store.schema import head as _head
from scaffolds.store.schema import originals as _originals
from scaffolds.store.schema import payloads as _payloads
from scaffolds.store.verify import Problem, Report, check_chain, check_originals, original_of

_AT_ONCE = 50
Row = TypeVar("Row")
_NAMES = [column.name for column in _events.c]
_JOINED = select(_events, _payloads.c.salt, _payloads.c.body).outerjoin_from(_events, _payloads)
_FOLDED = (
    select(_events.c.workflow, _events.c.kind, _events.c.actor, _events.c.at, _payloads.c.body)
    .outerjoin_from(_events, _payloads)
    .where(_events.c.case_id == bindparam("case"))
    .order_by(_events.c.seq)
)
"""What a case is folded from, without the hashes that only `verify` needs."""
_WORKFLOW = select(_events.c.workflow).where(_events.c.case_id == bindparam("case"), _events.c.seq == 0)


class Conflict(CasewrightError):
    """Someone else went on with the case in the meantime. `expected` and `present` count its events."""

    def __init__(self, case: str, *, expected: int, present: int) -> None:
        super().__init__(
            f"Case {case} was expected to have {expected} events and has {present}: someone else went on with it. "
            "Read the case again."
        )
        self.case, self.expected, self.present = case, expected, present


class Erased(CasewrightError):
    """A case of which a payload was erased on request: its records can be read, its state cannot be folded."""


class Store:
    """An open trace store; close it, or use it in a `with`. Threads may share one, processes each open their own."""

    def __init__(self, where: str | Path, *, create: bool = False) -> None:
        """Open a SQLite file or the URL of a database; raises as `open_database` does."""
        self._engine = open_database(where, create=create)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def engine(self) -> Engine:
        """The database, for tables that a user of the store keeps beside the trace."""
        return self._engine

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def append(
        self,
        case_id: str,
        events: Iterable[Event],
        *,
        workflow: str,
        expected: int,
        originals: Mapping[str, bytes] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> int:
        """Append `events` to a case of `expected` events, all or none; return how many it has then.

        Expecting 0 opens the case. `originals` holds the file of every document added, by its SHA-256, and is written
        with them; `also` writes what must be there exactly when the events are, in the same transaction. Raises
        Conflict where the case has another number of events, and CasewrightError for an event that cannot be stored,
        an original that is missing or another, or a case of another workflow.
        """
        added = tuple(events)
        files = originals or {}
        for event in added:
            named = event.payload.get("original") if event.kind == "document_added" else None
            if named and (named not in files or hashlib.sha256(files[named]).hexdigest() != named):
                raise CasewrightError(
                    f"Case {case_id}: the original of {event.payload.get('id')} is missing or is another file; "
                    "give the bytes with this SHA-256."
                )
        if unknown := {event.kind for event in added} - set(get_args(EventKind)):
            raise CasewrightError(f"{', '.join(sorted(unknown))} is not a kind of event; see scaffolds.case.")
        with self._engine.begin() as connection:
            head = _locked(connection)
            present = _count(connection, case_id)
            if present != expected:
                raise Conflict(case_id, expected=expected, present=present)
            of = select(_events.c.workflow).where(_events.c.case_id == case_id, _events.c.seq == 0)
            if present and (known := connection.execute(of).scalar_one()) != workflow:
                raise CasewrightError(f"Case {case_id} belongs to workflow {known}, not {workflow}.")
            records = chained(added, case_id=case_id, workflow=workflow, seq=present, head=head)
            _write(connection, head, records)
            kept = [
                {"hash": record.payload_hash, "raw": files[named]}
                for record in records
                if (named := original_of(record))
            ]
            if kept:
                connection.execute(_originals.insert(), kept)
            if also is not None:
                also(connection)
        return present + len(added)

    def case(self, case_id: str) -> Case:
        """Read one case. Raises CasewrightError where there is none, Erased where a payload of it was erased."""
        with self._engine.connect() as connection:
            found = connection.execute(_FOLDED, {"case": case_id}).all()
        if not found:
            raise CasewrightError(f"There is no case {case_id} in the store.")
        if holes := sum(row.body is None for row in found):
            raise Erased(
                f"Of the {len(found)} events of case {case_id} {holes} have an erased payload; it can be listed, "
                "but no longer handled or replayed."
            )
        events = tuple(told(kind=kind, actor=actor, at=at, body=body) for _, kind, actor, at, body in found)
        return Case(id=case_id, workflow=found[0].workflow, events=events)

    def workflow_of(self, case_id: str) -> str | None:
        """Give the workflow of a case, whether it was erased or not; None where there is no such case."""
        with self._engine.connect() as connection:
            return connection.execute(_WORKFLOW, {"case": case_id}).scalar_one_or_none()

    def cases(self, *, workflow: str | None = None) -> Iterator[Case]:
        """Read every case, one in memory at a time, in the order of `case_ids`; erased cases are left out."""
        for case_id in self.case_ids(workflow=workflow):
            try:
                yield self.case(case_id)
            except Erased:
                continue

    def case_ids(self, *, workflow: str | None = None) -> Iterator[str]:
        """Give the id of every case, in the database's order of text; no transaction stays open in between."""
        firsts = select(_events.c.case_id).where(_events.c.seq == 0).order_by(_events.c.case_id)
        if workflow is not None:
            firsts = firsts.where(_events.c.workflow == workflow)
        page = firsts
        while True:
            with self._engine.connect() as connection:
                ids = connection.execute(page.limit(_AT_ONCE)).scalars().all()
            yield from ids
            if len(ids) < _AT_ONCE:
                return
            page = firsts.where(_events.c.case_id > ids[-1])

    def records(self, case_id: str | None = None) -> Iterator[Record]:
        """Give the records of one case, or of the whole store, in the order in which they were written."""
        with self._engine.connect() as connection:
            query = _JOINED.order_by(_events.c.position)
            if case_id is not None:
                query = _JOINED.where(_events.c.case_id == case_id).order_by(_events.c.seq)
            yield from _stream(connection, query)

    def original(self, case_id: str, sha256: str) -> bytes:
        """Give the file that a document of the case was taken from. Raises CasewrightError where there is none."""
        for record in tuple(self.records(case_id)):  # read to its end, so that one connection is held at a time
            if original_of(record) == sha256:
                with self._engine.connect() as connection:
                    query = select(_originals.c.raw).where(_originals.c.hash == record.payload_hash)
                    raw = connection.execute(query).scalar_one_or_none()
                if raw is not None:
                    return bytes(raw)
        raise CasewrightError(f"Case {case_id} has no original {sha256[:12]}…; it may have been erased.")

    def erase(
        self,
        case_id: str,
        *,
        reason: str,
        actor: str,
        at: datetime,
        seqs: Collection[int] | None = None,
        also: Callable[[Connection], None] | None = None,
    ) -> int:
        """Erase the payloads of a case, or of its events `seqs`, with their originals; return how many payloads.

        `also` erases what lies beside, in the same transaction. That it was done, by whom and why is appended to the
        chain, so `reason` must name no one. A case with an erased payload can no longer be folded: erase when it is
        closed. SQLite overwrites the bytes at once; on PostgreSQL they leave the disk with `VACUUM FULL`, and leave
        backups as those expire.
        """
        with self._engine.begin() as connection:
            head = _locked(connection)
            doomed = [
                one
                for one in _stream(connection, _JOINED.where(_events.c.case_id == case_id))
                if not one.erased and one.kind != ERASURE and (seqs is None or one.seq in seqs)
            ]
            if not doomed:
                raise CasewrightError(f"Case {case_id} has no such payload to erase.")
            for one in doomed:
                connection.execute(
                    _payloads.update()
                    .where(_payloads.c.hash == one.payload_hash)
                    .values(salt=None, body=None)
                )
                connection.execute(
                    _originals.update().where(_originals.c.hash == one.payload_hash).values(raw=None)
                )
            listed = [{"seq": one.seq, "payload_hash": one.payload_hash} for one in doomed]
            done = Event(
                kind=cast(EventKind, ERASURE),
                actor=actor,
                at=at,
                payload={"erased": listed, "reason": reason},
            )
            if also is not None:
                also(connection)
            workflow, seq = doomed[0].workflow, _count(connection, case_id)
            _write(connection, head, chained([done], case_id=case_id, workflow=workflow, seq=seq, head=head))
        if self._engine.dialect.name == "sqlite":
            pragma(self._engine, "wal_checkpoint(TRUNCATE)")
        return len(doomed)

    def verify(self, *, anchor: str | None = None) -> Report:
        """Check every byte of the store against the chain; see `scaffolds.store.verify`.

        `anchor` is a head that was written down elsewhere before: only with it can be found that the whole end
        of the chain, its head included, was replaced.
        """
        damage = self._damage()
        with self._engine.connect() as connection:
            # One snapshot on both databases, so that appends meanwhile are seen wholly or not at all.
            connection = connection.execution_options(isolation_level="SERIALIZABLE")
            try:
                row = connection.execute(select(_head)).one_or_none()
                owned = select(_events.c.position).where(_events.c.payload_hash == _payloads.c.hash)
                loose = select(func.count()).select_from(_payloads).where(~owned.exists())
                if orphans := connection.execute(loose).scalar_one():
                    damage.append(f"{orphans} payloads belong to no event")
            except DAMAGED as error:
                raise CasewrightError(f"The store cannot be read: {getattr(error, 'orig', error)}.") from error
            noted: dict[str, Record] = {}
            chain = _noted(_readable(_stream(connection, _JOINED.order_by(_events.c.position)), damage), noted)
            report = check_chain(chain, head=Head(row.events, row.hash) if row else None, anchor=anchor)
            files = _readable(_files(connection), damage)
            found = (*report.problems, *check_originals(files, told=noted))
        return replace(report, problems=(*found, *(Problem(what=what) for what in damage)))

    def _damage(self) -> list[str]:
        """What SQLite itself finds wrong with its file: an index that lies is no part of the chain."""
        if self._engine.dialect.name != "sqlite":
            return []
        try:
            found = pragma(self._engine, "integrity_check")
        except DAMAGED as error:
            found = error
        return [] if found == "ok" else [f"the database file is damaged: {found}"]


def _locked(connection: Connection) -> Head:
    """Take the one lock of all writers. It is a write, so SQLite too takes it before anything is read."""
    lock = _head.update().values(events=_head.c.events).returning(_head.c.events, _head.c.hash)
    row = connection.execute(lock).one()
    return Head(row.events, row.hash)


def _count(connection: Connection, case_id: str) -> int:
    last = select(func.max(_events.c.seq)).where(_events.c.case_id == case_id)
    seq = connection.execute(last).scalar_one()
    return 0 if seq is None else seq + 1


def _write(connection: Connection, head: Head, added: Sequence[Record]) -> None:
    if not added:
        return
    connection.execute(
        _payloads.insert(), [{"hash": one.payload_hash, "salt": one.salt, "body": one.body} for one in added]
    )
    connection.execute(_events.insert(), [{name: getattr(one, name) for name in _NAMES} for one in added])
    connection.execute(_head.update().values(events=head.events + len(added), hash=added[-1].hash))


def _stream(connection: Connection, query: Select[Any]) -> Iterator[Record]:
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield Record(**row._mapping)


def _files(connection: Connection) -> Iterator[tuple[str, bytes | None]]:
    """Give every original by the hash of its payload, one in memory at a time."""
    for row in connection.execute(select(_originals).execution_options(yield_per=1)):
        yield row.hash, row.raw


def _noted(records: Iterator[Record], noted: dict[str, Record]) -> Iterator[Record]:
    """Give records, and note in `noted`, without their payload's text, those that tell of an original."""
    for one in records:
        if named := original_of(one):
            noted[one.payload_hash] = replace(one, body=canonical({"original": named}))
        yield one


def _readable(rows: Iterator[Row], damage: list[str]) -> Iterator[Row]:
    """Give rows until one cannot be read, which is added to `damage`."""
    try:
        yield from rows
    except DAMAGED as error:
        damage.append(f"the database cannot be read to its end: {getattr(error, 'orig', error)}")
