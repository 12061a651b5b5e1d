"""Staying signed in: until when, one action that extends it, and what was typed in a form that came too late."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from workflows.desk import kept, sessions
from workflows.desk.kept import Typed
from workflows.desk.web.context import (
    AnyhowSignedIn,
    OnlyLookedAt,
    SignedIn,
    StaleForm,
    clock_time,
    cookie_name,
    desk_of,
    form_of,
    page,
    seconds_left,
    text,
)
from workflows.desk.writing import NotFound

router = APIRouter()
KEPT = ("/cases/", "/intake")
"""Below these people write; what they write elsewhere is short, or a password."""


@router.get("/session")
def stay(here: AnyhowSignedIn) -> Response:
    """Say until when the person is signed in; asking for it, as for any page, extends it."""
    return page(here.request, "session.html", here=here)


@router.get("/session/left")
def left(here: OnlyLookedAt) -> dict[str, Any]:
    """How long the sign-in lasts, for the page that warns of its end; asking for it extends nothing."""
    return {"seconds": seconds_left(here), "until": clock_time(here.ends), "final": here.ends == here.latest}


@router.get("/kept/{name}")
def show(here: SignedIn, name: str) -> Response:
    """Show what the person typed, to be sent after all."""
    typed = kept.find(here.desk.engine, name, person=here.person.id)
    if typed is None:
        raise NotFound("not_kept")
    fields = [(key, value) for key, value in typed.fields if key != "csrf"]
    return page(here.request, "kept.html", here=here, typed=typed, fields=fields)


async def keep(request: Request, error: Exception) -> Response | None:
    """Keep the form of who is signed in no longer, or again, and lead there; None where there is nothing to keep."""
    token = request.cookies.get(cookie_name(desk_of(request).settings), "")
    if request.method != "POST" or not request.url.path.startswith(KEPT) or not token:
        return None
    try:
        form = await form_of(request)
    except HTTPException:
        return None  # no form at all
    name = await run_in_threadpool(_keep, request, form, token)
    if not name:
        return None
    where = f"/kept/{name}"
    return RedirectResponse(where if isinstance(error, StaleForm) else f"/sign-in?onward={where}", status_code=303)


def _keep(request: Request, form: FormData, token: str) -> str:
    desk, csrf = desk_of(request), text(form, "csrf")
    here = sessions.find(desk.engine, token, desk.settings, use=False)
    person = (
        sessions.whose(desk.engine, csrf, person=here.person.id)
        if here
        else sessions.whose(desk.engine, csrf, token=token)
    )
    if not person:
        return ""
    sent = form.multi_items()
    fields = [(key, value) for key, value in sent if isinstance(value, str)]
    files = [key for key, value in sent if isinstance(value, UploadFile) and value.filename]
    typed = Typed(path=request.scope["path"], fields=fields, files=list(dict.fromkeys(files)))
    return kept.keep(desk.engine, person, typed)
