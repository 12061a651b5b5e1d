"""Opens the database of a desk: the trace store, with the desk's own tables beside it at their newest version."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from scaffolds.store import Store
from workflows.desk import tables

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7_163_201
"""Any number: PostgreSQL's advisory lock under which one process at a time migrates."""


def open_store(where: str) -> Store:
    """Open or make the database. Raises CasewrightError as Store does."""
    store = Store(where, create=True)
    with store.engine.begin() as connection:
        _alone(connection)
        migrate(connection)
    return store


def _alone(connection: Connection) -> None:
    """Let no other process migrate in the meantime."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    else:
        connection.exec_driver_sql("UPDATE trace_head SET events = events")


def migrate(connection: Connection) -> None:
    """Bring the desk's tables to their newest version."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def key(store: Store, name: str) -> str:
    """Give a random key that every process of this desk shares, made when it is first asked for."""
    query = select(tables.keys.c.value).where(tables.keys.c.name == name)
    with store.engine.connect() as connection:
        if found := connection.execute(query).scalar_one_or_none():
            return str(found)
    try:
        with store.engine.begin() as connection:
            connection.execute(tables.keys.insert().values(name=name, value=secrets.token_hex(32)))
    except IntegrityError:
        pass  # another process made it
    with store.engine.connect() as connection:
        return str(connection.execute(query).scalar_one())


def upsert(
    connection: Connection,
    table: Table,
    which: Mapping[str, Any],
    values: Mapping[str, Any],
    *,
    then: Mapping[str, Any] | None = None,
) -> None:
    """Write `values` to the row `which`, made where there is none; one that is there gets `then` in their place."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = dialect.insert(table).values({**which, **values})
    connection.execute(row.on_conflict_do_update(index_elements=list(which), set_=dict(then or values)))


def now() -> str:
    """This moment, as the desk's tables hold it."""
    return moment(datetime.now(UTC))


def moment(at: datetime) -> str:
    """A moment as the desk's tables hold it: of equal length, so that text sorts as time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def write_log(connection: Connection, *, actor: str, what: str, about: str) -> None:
    """Record an act on the desk itself: who signed in, who was given a role, what was switched."""
    values: dict[str, Any] = {"at": now(), "actor": actor, "what": what, "about": about}
    connection.execute(tables.log.insert().values(values))
