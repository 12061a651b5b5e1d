"""Forget a case: what the desk wrote down of it beside the trace goes in the transaction that erases its payloads."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from workflows.desk import kept
from workflows.desk.tables import cases, jobs, taken, words


def forget(connection: Connection, case_id: str) -> None:
    """Take a case, and the words it was found by, from the work list and the queue; there may be no desk at all."""
    if not inspect(connection).has_table(cases.name):
        return
    connection.execute(words.delete().where(words.c.case_id == case_id))
    connection.execute(taken.delete().where(taken.c.case_id == case_id))
    connection.execute(jobs.delete().where(jobs.c.case_id == case_id))
    connection.execute(cases.delete().where(cases.c.id == case_id))
    kept.forget(connection, f"/cases/{case_id}")
