"""The tables of the trace store, made through SQLAlchemy metadata, and the triggers that keep them append-only.

SQLite and PostgreSQL hold the same tables. The triggers stop mistakes: an event can be inserted and nothing else,
a payload can be inserted and erased and nothing else. Who may drop a trigger can still change a row; that is what
the chain is for. `trace_head` holds the length and the last hash of the chain, so that a missing tail is found;
its one row is also the lock that puts all writers in one line.

There is one schema version so far and `trace_schema` says which; a migration tool (Alembic) comes with the second.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    event,
)

SCHEMA_VERSION = 1

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

_ERASING = "NEW.hash = OLD.hash AND NEW.salt IS NULL AND NEW.body IS NULL"
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
    "trace_payloads": (
        ("UPDATE", f"NOT ({_ERASING})"),
        ("DELETE", "1"),
        ("INSERT", "EXISTS (SELECT 1 FROM trace_payloads WHERE hash = NEW.hash)"),
    ),
    "trace_head": (("UPDATE", "NEW.events < OLD.events"), ("DELETE", "1")),
}
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION trace_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
    *(
        f"CREATE TRIGGER {table}_keep BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION trace_append_only()"
        for table in _REFUSED
    ),
    "CREATE TRIGGER trace_events_fixed BEFORE UPDATE ON trace_events "
    "FOR EACH ROW EXECUTE FUNCTION trace_append_only()",
    "CREATE TRIGGER trace_payloads_fixed BEFORE UPDATE ON trace_payloads "
    f"FOR EACH ROW WHEN (NOT ({_ERASING})) EXECUTE FUNCTION trace_append_only()",
    "CREATE TRIGGER trace_head_fixed BEFORE UPDATE ON trace_head "
    "FOR EACH ROW WHEN (NEW.events < OLD.events) EXECUTE FUNCTION trace_append_only()",
)


def _after_create(statement: str, dialect: str) -> None:
    # DDL formats its text with %, of which PL/pgSQL has one of its own.
    event.listen(metadata, "after_create", DDL(statement.replace("%", "%%")).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


for _table, _guards in _REFUSED.items():
    for _action, _when in _guards:
        _after_create(
            f"CREATE TRIGGER {_table}_{_action.lower()} BEFORE {_action} ON {_table} WHEN {_when} "
            f"BEGIN SELECT RAISE(ABORT, '{_table} is append-only'); END",
            "sqlite",
        )
for _statement in _POSTGRESQL:
    _after_create(_statement, "postgresql")
