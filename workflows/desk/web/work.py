"""The work list."""

from __future__ import annotations

from typing import get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from workflows.desk import people, worklist
from workflows.desk.web.context import SignedIn, check_right, page
from workflows.desk.worklist import Order, Wanted

router = APIRouter()
ROLES_THAT_WAIT = ("behandelaar", "tweede_ondertekenaar", "teamleider", "model", "applicant")


@router.get("/")
def start(here: SignedIn) -> Response:
    """Show the work list, or to who sees no cases what they keep running."""
    if not here.person.may("read"):
        return page(here.request, "start.html", here=here)
    return work(here)


@router.get("/cases")
def work(
    here: SignedIn,
    whose: str = "all",
    workflow: str = "",
    role: str = "",
    q: str = "",
    order: str = "target",
    closed: bool = False,
    after: str = "",
) -> Response:
    """Show a page of the cases that the person may see."""
    check_right(here, "read")
    wanted = Wanted(
        holder=here.person.id if whose == "mine" else None,
        workflow=workflow if workflow in here.desk.workflows else None,
        role=role if role in ROLES_THAT_WAIT else None,
        words=q[:200],
        closed=closed,
        order="doubt" if order == "doubt" else "target",
        after=after[:300],
    )
    found = worklist.find(here.desk.engine, wanted, person=here.person)
    kept = {"whose": whose, "workflow": workflow, "role": role, "q": q, "order": order}
    if closed:
        kept["closed"] = "true"
    return page(
        here.request,
        "work.html",
        here=here,
        lines=found.lines,
        onward=f"?{urlencode(kept | {'after': found.after})}" if found.after else "",
        wanted=kept,
        closed=closed,
        orders=get_args(Order),
        roles=ROLES_THAT_WAIT,
        workflows={name: w for name, w in here.desk.workflows.items() if here.person.sees(name)},
        today=here.desk.today.isoformat(),
        displays=people.displays(here.desk.engine, {line.holder for line in found.lines if line.holder}),
    )

