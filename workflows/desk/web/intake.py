"""Intake: an application is pasted or uploaded, and becomes a case."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from workflows.desk import arrivals
from workflows.desk.messages import Refused
from workflows.desk.web.context import Form, SignedIn, check_right, check_token, files, page, text
from workflows.desk.web.received import pasted, receive
from workflows.desk.writing import Forbidden
from workflows.documents import Upload
from workflows.intake import Intake

router = APIRouter()


@router.get("/intake")
def form(here: SignedIn) -> Response:
    """Show the form for a new application."""
    check_right(here, "take_in")
    return _form(here, FormData(), status=200, problem="")


def _form(here: SignedIn, typed: FormData, *, status: int, problem: str) -> Response:
    return page(
        here.request,
        "intake.html",
        here=here,
        status=status,
        problem=problem,
        typed=typed,
        today=here.desk.today,
        workflows={name: w for name, w in here.desk.workflows.items() if here.person.sees(name)},
    )


@router.post("/intake")
def take_in(here: SignedIn, form: Form) -> Response:
    """Open a case with what was sent."""
    check_token(here, form)
    check_right(here, "take_in")
    try:
        received = day_of(form, "received")
        sent = received_of(here, form, on=received)
        number = arrivals.take_in(
            here.desk,
            here.person,
            workflow=text(form, "workflow"),
            sent=sent,
            received=received,
        )
    except Forbidden:
        raise
    except Refused as refused:
        return _form(here, form, status=400, problem=refused.worded(here.language))
    return RedirectResponse(f"/cases/{number}", status_code=303)


def day_of(form: FormData, name: str) -> date:
    """A day of the form. Raises Refused."""
    try:
        return date.fromisoformat(text(form, name).strip())
    except ValueError:
        raise Refused("no_day") from None


def received_of(here: SignedIn, form: FormData, *, on: date, taken: Collection[str] = ()) -> Intake:
    """What a form brings: what was pasted and what was uploaded. Raises Refused."""
    uploads = [pasted(text(form, "text"))] if text(form, "text").strip() else []
    uploads += [Upload(name=one.filename or "", raw=one.file.read()) for one in files(form, "files")]
    return receive(uploads, on=on, language=here.language, taken=taken)
