"""Forget a case: what the desk wrote down of it beside the trace goes in the transaction that erases its payloads."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from workflows.desk import kept
from workflows.desk.tables import cases, jobs, taken, words
from workflows.desk.tables import kept as kept_table


def forget(connection: Connection, case_id: str) -> None:
    """Take a case, and the words it was found by, from the work list, the queue, the inbox and what was typed.

    There may be no desk at all, or one that an earlier version made and has not been opened since.
    """
    there = set(inspect(connection).get_table_names())
    for table in (taken, words, jobs):
        if table.name in there:
            connection.execute(table.delete().where(table.c.case_id == case_id))
    if cases.name in there:
        connection.execute(cases.delete().where(cases.c.id == case_id))
    if kept_table.name in there:
        kept.forget(connection, f"/cases/{case_id}")
