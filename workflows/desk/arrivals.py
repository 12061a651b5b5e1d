"""Taking in: an application becomes a case, whether it was pasted, sent to the API or laid in the inbox.

Raises Forbidden, and Refused with what to do.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from scaffolds.case import open_case
from scaffolds.errors import CasewrightError
from scaffolds.store import Conflict
from workflows.desk import worklist
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.people import Person
from workflows.desk.tables import taken
from workflows.desk.writing import Forbidden, write
from workflows.intake import Intake


class Taken(CasewrightError):
    """The same was taken in before, as case `number`."""

    def __init__(self, number: str) -> None:
        super().__init__(f"The same was taken in before, as case {number}.")
        self.number = number


def take_in(
    desk: Desk,
    person: Person,
    *,
    workflow: str,
    sent: Intake,
    received: date,
    content: str = "",
) -> str:
    """Open a case; return its number.

    With `content`, a name of what was sent, one case is opened for it, however often it is sent: raises Taken.
    """
    if not person.may("take_in") or not person.sees(workflow):
        raise Forbidden("take_in")
    if workflow not in desk.workflows:
        raise Refused("no_workflow", workflow=workflow[:60])
    if not sent.documents:
        raise Refused("no_document")
    if received > desk.today:
        raise Refused("future", day=received)
    number = ""

    def once(connection: Connection) -> None:
        # All writers stand in one line here, so no other can come between looking and writing.
        if content:
            if before := connection.execute(select(taken.c.case_id).where(taken.c.content == content)).scalar():
                raise Taken(before)
            connection.execute(taken.insert().values(content=content, case_id=number))

    while True:
        number = _next_number(desk, beyond=number)
        case = open_case(number, workflow=workflow, documents=sent.documents, received=received, at=desk.clock())
        try:
            write(desk, case, expected=0, originals=sent.originals, also=once)
        except Conflict:
            continue  # another process took this number, or the store has it from elsewhere
        return number


def _next_number(desk: Desk, *, beyond: str) -> str:
    prefix = f"Z-{desk.today.year}-"
    last = max(worklist.ids(desk.engine, prefix=prefix) or "", beyond if beyond.startswith(prefix) else "")
    return f"{prefix}{int(last.removeprefix(prefix)) + 1 if last else 1:07d}"
