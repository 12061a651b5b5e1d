"""Opens the database of a trace store so that what it acknowledges is on disk: SQLite, or PostgreSQL.

SQLite runs with a write-ahead log, a sync at every commit, foreign keys, and overwriting of what is erased.
A PostgreSQL server that acknowledges before it has written is refused.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from scaffolds.errors import CasewrightError
from scaffolds.store import schema
from scaffolds.store.record import GENESIS

BUSY_SECONDS = 30
ATTEMPTS = 20
DAMAGED = (DBAPIError, sqlite3.Error, UnicodeDecodeError)
"""What a database raises that is broken; SQLite quotes a damaged schema in messages that are no UTF-8 themselves."""


def open_database(where: str | Path, *, create: bool) -> Engine:
    """Open a store's database by file or by URL; with `create` its tables are made where there are none.

    Raises CasewrightError when it cannot be reached, is no store, is of another version, or does not keep
    what it acknowledges.
    """
    url = _url(where)
    shown = str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string()
    try:
        engine = _engine(url)
        _retrying(lambda: _prepare(engine, shown=shown, create=create), attempts=ATTEMPTS if create else 1)
    except ModuleNotFoundError as error:
        raise CasewrightError(
            f"{shown}: PostgreSQL needs psycopg ({error}); install casewright[postgresql]."
        ) from error
    except DAMAGED as error:
        raise CasewrightError(
            f"{shown}: cannot be opened as a trace store ({getattr(error, 'orig', error)})."
        ) from error
    return engine


def _retrying(prepare: Callable[[], None], *, attempts: int) -> None:
    """Another process may be making the same tables at this moment; then they are there next time."""
    for left in reversed(range(attempts)):
        try:
            prepare()
        except DAMAGED:
            if not left:
                raise
            time.sleep(0.05)
        else:
            return


def _url(where: str | Path) -> URL:
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError):
        raise CasewrightError(f"{where.split('://')[0]}://… is not the URL of a database.") from None
    if backend == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or not url.database or url.database == ":memory:":
        raise CasewrightError("A trace store is a SQLite file or a PostgreSQL database; give one of these.")
    return url


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        # A writer that waited for its turn must see what the one before it wrote.
        return create_engine(url, pool_pre_ping=True, isolation_level="READ COMMITTED")
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _: Any) -> None:
        # A byte that is no UTF-8 must reach `verify` as a changed event, not as a crash.
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        for setting in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        # The driver by itself begins only at the first write, and reads would have no common snapshot.
        connection.exec_driver_sql("BEGIN")

    return engine


def _prepare(engine: Engine, *, shown: str, create: bool) -> None:
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, shown=shown, create=create)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            for setting in ("synchronous_commit", "fsync"):
                if connection.exec_driver_sql(f"SHOW {setting}").scalar_one() == "off":
                    raise CasewrightError(
                        f"{shown}: the server has {setting} off and can lose events; turn it on."
                    )
        if not inspect(connection).has_table(schema.schema.name):
            if not create:
                raise CasewrightError(f"{shown}: there is no trace store in this database.")
            schema.metadata.create_all(connection)
            connection.execute(schema.schema.insert().values(version=schema.SCHEMA_VERSION))
            connection.execute(schema.head.insert().values(id=1, events=0, hash=GENESIS))
        found = connection.execute(select(schema.schema.c.version)).scalars().all()
        if found == [1]:
            schema.upgrade(connection)
            found = [schema.SCHEMA_VERSION]
        if found != [schema.SCHEMA_VERSION]:
            raise CasewrightError(
                f"{shown}: the store has schema version {found}, this Casewright reads {schema.SCHEMA_VERSION}; "
                "use the Casewright that made it."
            )


def _prepare_sqlite(engine: Engine, *, shown: str, create: bool) -> None:
    path = Path(str(engine.url.database))
    if not create and not path.is_file():
        raise CasewrightError(f"{path}: there is no such file; name the store's database.")
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CasewrightError(f"{path}: cannot be made ({error.strerror}).") from error
    mode = pragma(engine, "journal_mode = WAL")
    if mode != "wal":
        raise CasewrightError(f"{shown}: this disk cannot hold a write-ahead log; choose a local one.")


def pragma(engine: Engine, text: str) -> object:
    """Run a SQLite PRAGMA outside any transaction and give the first value it answers."""
    with closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA {text}")
        row = cursor.fetchone()
    return row[0] if row else None
