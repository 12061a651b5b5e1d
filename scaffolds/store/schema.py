"""The tables of the trace store, made through SQLAlchemy metadata, and the triggers that keep them append-only.

SQLite and PostgreSQL hold the same tables. The triggers stop mistakes: an event can be inserted and nothing else,
a payload can be inserted and erased and nothing else. Who may drop a trigger can still change a row; that is what
the chain is for. `trace_head` holds the length and the last hash of the chain, so that a missing tail is found;
its one row is also the lock that puts all writers in one line.

`trace_schema` says which version of the schema a store has; version 2 added `trace_originals`, and `upgrade` brings
a store of version 1 there. What is added so needs no migration tool; one comes with the first column that changes.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

SCHEMA_VERSION = 2

metadata = MetaData()
_position = BigInteger().with_variant(Integer, "sqlite")

schema = Table("trace_schema", metadata, Column("version", Integer, primary_key=True, autoincrement=False))

head = Table(
    "trace_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("events", _position, nullable=False),
    Column("hash", String(64), nullable=False),
)

payloads = Table(
    "trace_payloads",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("salt", LargeBinary),
    Column("body", LargeBinary),
)

originals = Table(
    "trace_originals",
    metadata,
    Column("hash", String(64), ForeignKey(payloads.c.hash), primary_key=True),
    Column("raw", LargeBinary),
)
"""The file that a document was taken from, by the hash of the payload that tells of it."""

events = Table(
    "trace_events",
    metadata,
    Column("position", _position, primary_key=True, autoincrement=False),
    Column("case_id", String, nullable=False),
    Column("workflow", String, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("at", String(32), nullable=False),
    Column("payload_hash", String(64), ForeignKey(payloads.c.hash), nullable=False, unique=True),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("case_id", "seq"),
)

_ERASING = {
    "trace_payloads": "NEW.hash = OLD.hash AND NEW.salt IS NULL AND NEW.body IS NULL",
    "trace_originals": "NEW.hash = OLD.hash AND NEW.raw IS NULL",
}
# SQLite's REPLACE removes a row without a DELETE, hence a guard on INSERT too.
_REFUSED = {
    "trace_events": (
        ("UPDATE", "1"),
        ("DELETE", "1"),
        (
            "INSERT",
            "EXISTS (SELECT 1 FROM trace_events WHERE position = NEW.position OR payload_hash = NEW.payload_hash "
            "OR (case_id = NEW.case_id AND seq = NEW.seq))",
        ),
    ),
    **{
        table: (
            ("UPDATE", f"NOT ({erasing})"),
            ("DELETE", "1"),
            ("INSERT", f"EXISTS (SELECT 1 FROM {table} WHERE hash = NEW.hash)"),
        )
        for table, erasing in _ERASING.items()
    },
    "trace_head": (("UPDATE", "NEW.events < OLD.events"), ("DELETE", "1")),
}
_SQLITE = tuple(
    f"CREATE TRIGGER {table}_{action.lower()} BEFORE {action} ON {table} WHEN {when} "
    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for table, guards in _REFUSED.items()
    for action, when in guards
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION trace_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    *(
        f"CREATE TRIGGER {table}_keep BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION trace_append_only()"
        for table in _REFUSED
    ),
    "CREATE TRIGGER trace_events_fixed BEFORE UPDATE ON trace_events FOR EACH ROW EXECUTE FUNCTION trace_append_only()",
    *(
        f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} "
        f"FOR EACH ROW WHEN (NOT ({erasing})) EXECUTE FUNCTION trace_append_only()"
        for table, erasing in _ERASING.items()
    ),
    "CREATE TRIGGER trace_head_fixed BEFORE UPDATE ON trace_head "
    "FOR EACH ROW WHEN (NEW.events < OLD.events) EXECUTE FUNCTION trace_append_only()",
)
_GUARDS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}

for _dialect, _statements in _GUARDS.items():
    for _statement in _statements:
        # DDL formats its text with %, of which PL/pgSQL has one of its own.
        _made = DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        event.listen(metadata, "after_create", _made)


def upgrade(connection: Connection) -> None:
    """Bring a store of version 1 to version 2: it has no originals yet."""
    originals.create(connection)
    for statement in _GUARDS[connection.dialect.name]:
        if f" ON {originals.name} " in statement:
            connection.exec_driver_sql(statement)
    connection.execute(schema.update().values(version=SCHEMA_VERSION))
