"""Keeping the desk: people and what they may do, the switches, and the log of both."""

from __future__ import annotations

from typing import Annotated, get_args

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from scaffolds.bsn import mask
from workflows.desk import people, sessions, switches
from workflows.desk.messages import Refused
from workflows.desk.roles import ROLES
from workflows.desk.switches import Mode
from workflows.desk.tables import log
from workflows.desk.web.context import Form, SignedIn, check_right, check_token, page, text, texts
from workflows.desk.writing import Forbidden

router = APIRouter()
LINES = 100


@router.get("/people")
def show_people(here: SignedIn) -> Response:
    """Show who has an account."""
    check_right(here, "people")
    return _people(here)


def _people(here: SignedIn, *, status: int = 200, problem: str = "", made: tuple[str, str] = ("", "")) -> Response:
    return page(
        here.request,
        "people.html",
        here=here,
        status=status,
        problem=problem,
        made=made,
        everyone=people.everyone(here.desk.engine),
        roles=ROLES,
        workflows=list(here.desk.workflows),
    )


@router.post("/people")
def make(here: SignedIn, form: Form) -> Response:
    """Make an account; its first password is shown once."""
    check_token(here, form)
    check_right(here, "people")
    name = text(form, "name").strip()
    try:
        password = people.create(
            here.desk.engine,
            name,
            display=text(form, "display"),
            roles=texts(form, "role"),
            workflows=texts(form, "workflow") or (people.ALL,),
            by=here.person.id,
        )
    except Refused as refused:
        return _people(here, status=400, problem=refused.worded(here.language))
    return _people(here, made=(name, password))


@router.post("/people/change")
def change(here: SignedIn, form: Form) -> Response:
    """Change what a person may do, or end their sign-ins."""
    check_token(here, form)
    check_right(here, "people")
    identity = text(form, "id")
    if identity == here.person.id and (text(form, "active") != "yes" or "beheerder" not in texts(form, "role")):
        raise Forbidden("yourself")
    try:
        people.change(
            here.desk.engine,
            identity,
            roles=texts(form, "role"),
            workflows=texts(form, "workflow") or (people.ALL,),
            active=text(form, "active") == "yes",
            by=here.person.id,
        )
        if text(form, "end") == "yes":
            sessions.end_all(here.desk.engine, identity, by=here.person.id)
    except Refused as refused:
        return _people(here, status=400, problem=refused.worded(here.language))
    return RedirectResponse("/people", status_code=303)


@router.get("/switches")
def show_switches(here: SignedIn) -> Response:
    """Show how suggestions are used."""
    check_right(here, "switch")
    return _switches(here)


def _switches(here: SignedIn, *, status: int = 200, problem: str = "") -> Response:
    return page(
        here.request,
        "switches.html",
        here=here,
        status=status,
        problem=problem,
        switches=[(*switch, mode) for switch, mode in here.desk.every_switch().items()],
        modes=get_args(Mode),
    )


@router.post("/switches")
def switch(here: SignedIn, form: Form) -> Response:
    """Set a switch."""
    check_token(here, form)
    check_right(here, "switch")
    try:
        switches.set_mode(
            here.desk.engine,
            text(form, "kind"),
            text(form, "name"),
            text(form, "mode"),
            known=here.desk.every_switch(),
            reason=text(form, "reason"),
            by=here.person.id,
        )
    except Refused as refused:
        return _switches(here, status=400, problem=refused.worded(here.language))
    return RedirectResponse("/switches", status_code=303)


@router.get("/log")
def show_log(here: SignedIn, before: Annotated[int, Query(ge=0, lt=2**31)] = 0) -> Response:
    """Show what was done to the desk itself, the newest first."""
    check_right(here, "log")
    query = select(log).order_by(log.c.id.desc()).limit(LINES + 1)
    if before > 0:
        query = query.where(log.c.id < before)
    with here.desk.engine.connect() as connection:
        rows = connection.execute(query).all()
    onward = rows[LINES - 1].id if len(rows) > LINES else 0
    displays = people.displays(here.desk.engine, {row.actor for row in rows})
    return page(
        here.request, "log.html", here=here, rows=rows[:LINES], onward=onward, displays=displays, masked=mask
    )
