"""Sign-ins, kept at the server: a browser holds a random token, the database its hash, who it is and since when.

A sign-in ends when it is revoked, was idle too long, or is too old. Failed ones are counted per name and address.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Select, bindparam, func, select

from workflows.desk import people, tables
from workflows.desk.database import moment, write_log
from workflows.desk.messages import Refused
from workflows.desk.people import Person
from workflows.desk.settings import Settings
from workflows.desk.tables import failures, sessions

WINDOW = timedelta(minutes=15)
_BY_TOKEN: Select[Any] = (
    select(*sessions.c, *tables.people.c)
    .join_from(sessions, tables.people)
    .where(sessions.c.token == bindparam("hashed"))
)


class TooMany(Refused):
    """Too many failed sign-ins; wait."""


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Who is signed in, and the token that every form of theirs has to carry."""

    person: Person
    csrf: str
    ends: datetime
    """When it ends if nothing more is asked of the desk."""

    latest: datetime
    """When it ends whatever is asked."""


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def begin(engine: Engine, person: Person) -> str:
    """Sign a person in; return the token for the browser."""
    token, at = secrets.token_urlsafe(32), moment(datetime.now(UTC))
    with engine.begin() as connection:
        connection.execute(
            sessions.insert().values(
                token=hashed(token), person=person.id, csrf=secrets.token_urlsafe(24), created=at, seen=at
            )
        )
        write_log(connection, actor=person.id, what="signed_in", about=person.id)
    return token


def find(engine: Engine, token: str, settings: Settings, *, use: bool = True) -> SignIn | None:
    """Find the sign-in of a token; unless it is only looked at, note that it is in use, at most once a minute."""
    at = datetime.now(UTC)
    with engine.connect() as connection:
        row = connection.execute(_BY_TOKEN, {"hashed": hashed(token)}).one_or_none()
    if row is None or row.revoked is not None:
        return None
    seen, idle = datetime.fromisoformat(row.seen), timedelta(minutes=settings.idle_minutes)
    latest = datetime.fromisoformat(row.created) + timedelta(hours=settings.session_hours)
    if at > min(seen + idle, latest) or not row.active:
        return None
    if use and at - seen > min(timedelta(minutes=1), idle / 6):
        seen = at
        with engine.begin() as connection:
            connection.execute(sessions.update().where(sessions.c.token == row.token).values(seen=moment(at)))
    return SignIn(person=people.of_row(row), csrf=row.csrf, ends=min(seen + idle, latest), latest=latest)


def whose(engine: Engine, csrf: str, *, token: str = "", person: str = "") -> str:
    """Whose form carries this token: that of a sign-in which was never revoked, in use or over; empty for no one's.

    It is looked for by the browser's `token`, and among the sign-ins of a `person`.
    """
    of = sessions.c.token == hashed(token) if token else sessions.c.person == person
    query = select(sessions.c.person).where(of, sessions.c.csrf == csrf, sessions.c.revoked.is_(None))
    with engine.connect() as connection:
        return connection.execute(query).scalars().first() or ""


def end(engine: Engine, token: str) -> None:
    """Sign out."""
    with engine.begin() as connection:
        connection.execute(
            sessions.update().where(sessions.c.token == hashed(token)).values(revoked=moment(datetime.now(UTC)))
        )


def end_all(engine: Engine, identity: str, *, by: str) -> None:
    """End every sign-in of a person at once."""
    with engine.begin() as connection:
        connection.execute(
            sessions.update().where(sessions.c.person == identity).values(revoked=moment(datetime.now(UTC)))
        )
        write_log(connection, actor=by, what="sign_ins_ended", about=identity)


def check_password(engine: Engine, name: str, password: str, *, address: str, settings: Settings) -> Person | None:
    """Find who signs in by name and password. Raises TooMany after too many failures of the name or the address."""
    since = moment(datetime.now(UTC) - WINDOW)
    counted = (f"name {name[:150]}", f"address {address[:150]}")
    recent = select(failures.c.who).where(failures.c.who.in_(counted), failures.c.at > since)
    most = select(func.count().label("n")).select_from(recent.subquery()).group_by("who")
    with engine.connect() as connection:
        if any(n >= settings.sign_in_attempts for n in connection.execute(most).scalars()):
            raise TooMany("too_many")
    if (person := people.verify(engine, name, password)) is not None:
        return person
    at = moment(datetime.now(UTC))
    with engine.begin() as connection:
        connection.execute(failures.delete().where(failures.c.at < since))
        connection.execute(failures.insert(), [{"who": who, "at": at} for who in counted])
    return None
