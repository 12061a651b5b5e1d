"""Intake: an application is pasted or uploaded, and becomes a case."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from scaffolds.case import Document
from scaffolds.errors import CasewrightError
from workflows.desk import actions
from workflows.desk.messages import Refused
from workflows.desk.web.context import Form, SignedIn, check_right, check_token, files, page, text
from workflows.desk.web.received import Received, from_upload, pasted, told_apart
from workflows.desk.writing import Forbidden, Original

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
    try:
        received = day_of(form, "received")
        sent = received_of(here, form, on=received)
        number = actions.take_in(
            here.desk,
            here.person,
            workflow=text(form, "workflow"),
            documents=sent.documents,
            originals=sent.originals,
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


def received_of(here: SignedIn, form: FormData, *, on: date) -> Received:
    """The documents of a form: what was pasted and what was uploaded. Raises Refused."""
    documents: list[Document] = []
    originals: list[Original] = []
    if text(form, "text").strip():
        documents.append(pasted(text(form, "text"), on=on))
    for upload in files(form, "files"):
        raw = upload.file.read()
        try:
            document, original = from_upload(raw, name=upload.filename or "", on=on)
        except Refused:
            raise
        except CasewrightError as error:
            raise Refused("unreadable", why=str(error)) from error
        documents.append(document)
        originals.append(original)
    return told_apart(Received(documents=tuple(documents), originals=tuple(originals)))
