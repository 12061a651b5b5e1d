"""The desk's own tables. The trace store lies in the same database and is the only record of a case.

What is here about a case (the work list, its words, the tallies) is written in the transaction that appends the
events it follows from, and can be made again from them. Moments are UTC in ISO 8601, days ISO 8601.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
_sorted = String().with_variant(String(collation="C"), "postgresql")
"""Sorted by code point on both databases, so that a prefix is a range."""

people = Table(
    "desk_people",
    metadata,
    Column("id", String(200), primary_key=True),
    Column("display", String(200), nullable=False),
    Column("password", String(200)),
    Column("must_change", Boolean, nullable=False),
    Column("roles", String(200), nullable=False),
    Column("workflows", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("language", String(2), nullable=False),
)

sessions = Table(
    "desk_sessions",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("person", ForeignKey(people.c.id), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created", String(32), nullable=False),
    Column("seen", String(32), nullable=False),
    Column("revoked", String(32)),
)

sign_ins = Table(
    "desk_sign_ins",
    metadata,
    Column("state", String(64), primary_key=True),
    Column("browser", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("onward", String(500), nullable=False),
    Column("created", String(32), nullable=False),
)

kept = Table(
    "desk_kept",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", ForeignKey(people.c.id), nullable=False),
    Column("path", String(500), nullable=False),
    Column("form", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Index("desk_kept_at", "at"),
)

failures = Table(
    "desk_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("who", String(200), nullable=False),
    Column("at", String(32), nullable=False),
    Index("desk_failures_who", "who", "at"),
)

cases = Table(
    "desk_cases",
    metadata,
    Column("id", _sorted, primary_key=True),
    Column("workflow", String(100), nullable=False),
    Column("title", String(200), nullable=False),
    Column("received", String(10), nullable=False),
    Column("events", Integer, nullable=False),
    Column("step", String(100), nullable=False),
    Column("phase", String(20), nullable=False),
    Column("role", String(30), nullable=False),
    Column("holder", String(200)),
    Column("target", _sorted, nullable=False),
    Column("deadline", String(10), nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("doubt", Float, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("updated", String(32), nullable=False),
    Index("desk_cases_target", "closed", "target", "id"),
    Index("desk_cases_doubt", "closed", "doubt", "id"),
    Index("desk_cases_workflow", "workflow", "closed", "target", "id"),
    Index("desk_cases_holder", "holder", "closed", "target", "id"),
    Index("desk_cases_role", "role", "closed", "target", "id"),
)

taken = Table(
    "desk_taken",
    metadata,
    Column("content", String(64), primary_key=True),
    Column("case_id", ForeignKey(cases.c.id), nullable=False, index=True),
)

words = Table(
    "desk_words",
    metadata,
    Column("word", _sorted, primary_key=True),
    Column("case_id", ForeignKey(cases.c.id), primary_key=True),
    Index("desk_words_case", "case_id", "word"),
)

jobs = Table(
    "desk_jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", String, nullable=False),
    Column("events", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("lease", String(32), nullable=False),
    Column("worker", String(100)),
    Column("created", String(32), nullable=False),
    Column("error", Text),
    UniqueConstraint("case_id", "events"),
    Index("desk_jobs_next", "state", "lease", "id"),
)

switches = Table(
    "desk_switches",
    metadata,
    Column("kind", String(10), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("mode", String(10), nullable=False),
)

tallies = Table(
    "desk_tallies",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("workflow", String(100), primary_key=True),
    Column("what", String(30), primary_key=True),
    Column("about", String(200), primary_key=True),
    Column("count", Integer, nullable=False),
)

log = Table(
    "desk_log",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("what", String(50), nullable=False),
    Column("about", Text, nullable=False),
)

keys = Table(
    "desk_keys",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("value", String(200), nullable=False),
)
