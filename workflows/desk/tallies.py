"""Tallies: what happened on a day, counted in the transaction in which it happened; a dashboard adds up days.

What is counted is the work: volumes, hand-overs, corrections per field, lateness, agreement with suggestions. Nothing
is counted per person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, Engine, func, select

from workflows.desk.database import upsert
from workflows.desk.tables import tallies

Tally = tuple[str, str]
"""What, and about which fact, table or other thing."""


def count(connection: Connection, *, day: date, workflow: str, tallied: Iterable[Tally]) -> None:
    """Add to the tallies of a day. Always in the same order, so that two writers never wait for each other."""
    for (what, about), number in sorted(Counter(tallied).items()):
        which = {"day": day.isoformat(), "workflow": workflow, "what": what, "about": about[:200]}
        upsert(connection, tallies, which, {"count": number}, then={"count": tallies.c.count + number})


def totals(engine: Engine, *, since: date, workflows: Iterable[str]) -> dict[Tally, int]:
    """Add up what was counted since a day."""
    query = (
        select(tallies.c.what, tallies.c.about, func.sum(tallies.c.count))
        .where(tallies.c.day >= since.isoformat(), tallies.c.workflow.in_(list(workflows)))
        .group_by(tallies.c.what, tallies.c.about)
    )
    with engine.connect() as connection:
        return {(what, about): int(number) for what, about, number in connection.execute(query)}


def by_day(engine: Engine, what: str, *, since: date, workflows: Iterable[str]) -> dict[str, int]:
    """What was counted of one thing, per day."""
    query = (
        select(tallies.c.day, func.sum(tallies.c.count))
        .where(
            tallies.c.day >= since.isoformat(), tallies.c.what == what, tallies.c.workflow.in_(list(workflows))
        )
        .group_by(tallies.c.day)
        .order_by(tallies.c.day)
    )
    with engine.connect() as connection:
        return {day: int(number) for day, number in connection.execute(query)}
