"""People of the desk: local accounts with a password (argon2id), and those an identity provider vouches for.

A person's id is stable and stands in the trace: the name of a local account, or issuer and subject. Names that are
shown can change; who is who is never told by them.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from sqlalchemy import Engine, Row, func, select
from sqlalchemy.exc import IntegrityError

from workflows.desk.database import upsert, write_log
from workflows.desk.messages import Refused
from workflows.desk.roles import ROLES, Right, Role, may
from workflows.desk.tables import people, sessions

ALL = "*"
SHORTEST_PASSWORD = 12
FIRST = "beheerder"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone who can sign in. `workflows` are those whose cases the person may see; `("*",)` is all of them."""

    id: str
    display: str
    roles: tuple[Role, ...]
    workflows: tuple[str, ...] = (ALL,)
    active: bool = True
    must_change: bool = False
    language: str = ""
    local: bool = True

    def may(self, right: Right) -> bool:
        """Whether one of the person's roles gives the right."""
        return self.active and may(self.roles, right)

    def sees(self, workflow: str) -> bool:
        """Whether cases of this workflow are the person's business."""
        return ALL in self.workflows or workflow in self.workflows


def of_row(row: Row[Any]) -> Person:
    """The person that a row of the table of people tells of."""
    return Person(
        id=row.id,
        display=row.display,
        roles=tuple(role for role in json.loads(row.roles) if role in get_args(Role)),
        workflows=tuple(json.loads(row.workflows)),
        active=row.active,
        must_change=row.must_change,
        language=row.language,
        local=row.password is not None,
    )


def find(engine: Engine, identity: str) -> Person | None:
    """Find a person by id."""
    with engine.connect() as connection:
        row = connection.execute(select(people).where(people.c.id == identity)).one_or_none()
    return of_row(row) if row else None


def everyone(engine: Engine) -> list[Person]:
    """Everyone who was ever given an account, by name."""
    with engine.connect() as connection:
        return [of_row(row) for row in connection.execute(select(people).order_by(people.c.display))]


def displays(engine: Engine, identities: Iterable[str]) -> dict[str, str]:
    """How people are called, by id."""
    wanted = select(people.c.id, people.c.display).where(people.c.id.in_(set(identities)))
    with engine.connect() as connection:
        return {row.id: row.display for row in connection.execute(wanted)}


def create(
    engine: Engine, identity: str, *, display: str, roles: Sequence[str], by: str, workflows: Sequence[str] = (ALL,)
) -> str:
    """Make a local account; return its first password, which has to be changed at the first sign-in."""
    if not re.fullmatch(r"[a-z][a-z0-9._-]{1,59}", identity):
        raise Refused("account_name")
    password = "-".join(secrets.token_hex(3) for _ in range(3))
    values = {
        "id": identity, "display": _name(display), "password": _hasher().hash(password), "must_change": True,
        "roles": json.dumps(_roles(roles)), "workflows": json.dumps(list(workflows)), "active": True, "language": "",
    }
    try:
        with engine.begin() as connection:
            connection.execute(people.insert().values(values))
            write_log(connection, actor=by, what="account_made", about=f"{identity}: {', '.join(roles)}")
    except IntegrityError:
        raise Refused("account_taken", name=identity) from None
    return password


def first_account(engine: Engine) -> tuple[str, str] | None:
    """Make the first account of an empty desk; return its name and password, or None where there are people."""
    with engine.connect() as connection:
        if connection.execute(select(func.count()).select_from(people)).scalar_one():
            return None
    try:
        return FIRST, create(engine, FIRST, display="Beheerder", roles=["beheerder"], by="desk")
    except Refused:
        return None  # another process made it


def vouched(
    engine: Engine, identity: str, *, display: str, roles: Sequence[Role], workflows: Sequence[str]
) -> Person:
    """Take over what an identity provider says of a person; one who was switched off here stays off."""
    values = {
        "display": _name(display),
        "roles": json.dumps(list(roles)),
        "workflows": json.dumps(list(workflows)),
    }
    new = {"must_change": False, "active": True, "language": "", **values}
    with engine.begin() as connection:
        upsert(connection, people, {"id": identity}, new, then=values)
    found = find(engine, identity)
    assert found is not None
    return found


def change(
    engine: Engine, identity: str, *, roles: Sequence[str], workflows: Sequence[str], active: bool, by: str
) -> None:
    """Change what a person may do. Their sign-ins end at once where they are switched off."""
    values = {"roles": json.dumps(_roles(roles)), "workflows": json.dumps(list(workflows)), "active": active}
    with engine.begin() as connection:
        if not connection.execute(people.update().where(people.c.id == identity).values(values)).rowcount:
            raise Refused("no_account", name=identity[:60])
        if not active:
            connection.execute(sessions.delete().where(sessions.c.person == identity))
        about = f"{identity}: {', '.join(roles)}; {', '.join(workflows)}; {'on' if active else 'off'}"
        write_log(connection, actor=by, what="account_changed", about=about)


def set_password(engine: Engine, identity: str, password: str) -> None:
    """Set the password that a person chose; all their sign-ins end."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused("short_password", least=SHORTEST_PASSWORD)
    if identity in password.lower():
        raise Refused("named_password")
    with engine.begin() as connection:
        connection.execute(
            people.update()
            .where(people.c.id == identity)
            .values(password=_hasher().hash(password), must_change=False)
        )
        connection.execute(sessions.delete().where(sessions.c.person == identity))
        write_log(connection, actor=identity, what="password_changed", about=identity)


def speak(engine: Engine, identity: str, language: str) -> None:
    """Keep the language a person chose."""
    with engine.begin() as connection:
        connection.execute(people.update().where(people.c.id == identity).values(language=language))


def verify(engine: Engine, identity: str, password: str) -> Person | None:
    """Find the person with this name and password. It takes as long for a name that does not exist."""
    from argon2.exceptions import VerificationError

    with engine.connect() as connection:
        row = connection.execute(select(people).where(people.c.id == identity)).one_or_none()
    known = row.password if row and row.password else _decoy()
    try:
        _hasher().verify(known, password)
    except VerificationError:
        return None
    return of_row(row) if row and row.active and known == row.password else None


def _roles(roles: Sequence[str]) -> list[str]:
    if not set(roles) <= set(ROLES):
        raise Refused("no_role", roles=", ".join(ROLES))
    return list(roles)


def _name(display: str) -> str:
    shown = "".join(sign if sign.isprintable() else " " for sign in display).strip()[:200]
    if not shown:
        raise Refused("no_name")
    return shown


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _decoy() -> str:
    return str(_hasher().hash(secrets.token_hex(16)))
