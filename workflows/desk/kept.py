"""What was typed in a form that came after its sign-in had ended, kept for an hour for who typed it.

Nothing is done with it: after signing in again the person sees it and sends it, and it is then checked like any form.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, select

from workflows.desk.database import moment
from workflows.desk.tables import kept

FOR = timedelta(hours=1)
MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A form: where it was sent, its fields in their order, and the names of the fields that held files."""

    path: str
    fields: Sequence[tuple[str, str]]
    files: Sequence[str] = ()


def keep(engine: Engine, person: str, typed: Typed) -> str:
    """Keep what a person typed; return the name under which they find it, empty where it is too much."""
    form = json.dumps({"fields": list(typed.fields), "files": list(typed.files)})
    if len(form) > MOST_CHARACTERS or len(typed.path) > 500:
        return ""
    name, now = secrets.token_urlsafe(24), datetime.now(UTC)
    with engine.begin() as connection:
        connection.execute(kept.delete().where(kept.c.at < moment(now - FOR)))
        connection.execute(
            kept.insert().values(id=name, person=person, path=typed.path, form=form, at=moment(now))
        )
    return name


def find(engine: Engine, name: str, *, person: str) -> Typed | None:
    """Find what the person typed; None where it is not theirs, or an hour has passed."""
    since = moment(datetime.now(UTC) - FOR)
    query = select(kept).where(kept.c.id == name, kept.c.person == person, kept.c.at >= since)
    with engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    form = json.loads(row.form)
    return Typed(path=row.path, fields=[(key, value) for key, value in form["fields"]], files=form["files"])


def forget(connection: Connection, path: str) -> None:
    """Forget what was typed on a page and below it."""
    below = kept.c.path.startswith(f"{path}/", autoescape=True)
    connection.execute(kept.delete().where((kept.c.path == path) | below))
