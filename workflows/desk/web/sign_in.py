"""Signing in and out, the first password, and the language."""

from __future__ import annotations

import hmac
import secrets

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from workflows.desk import people, sessions
from workflows.desk.messages import LANGUAGES, Refused
from workflows.desk.web.context import (
    AnyhowSignedIn,
    Form,
    check_token,
    cookie_name,
    desk_of,
    language_of,
    page,
    text,
)
from workflows.desk.writing import Forbidden

router = APIRouter()
BEFORE = "before"
"""The cookie that ties the sign-in form to the browser that asked for it, while nobody is signed in."""


@router.get("/sign-in")
def form(request: Request, onward: str = "/") -> Response:
    """Show the sign-in form."""
    return _form(request, onward=onward)


def _form(request: Request, *, onward: str, status: int = 200, name: str = "", problem: str = "") -> Response:
    token = request.cookies.get(BEFORE) or secrets.token_urlsafe(24)
    answer = page(
        request, "sign_in.html", status=status, csrf=token, onward=own(onward), name=name, problem=problem
    )
    answer.set_cookie(BEFORE, token, httponly=True, samesite="lax", secure=desk_of(request).settings.https)
    return answer


@router.post("/sign-in")
def sign_in(request: Request, form: Form) -> Response:
    """Sign in by name and password."""
    desk = desk_of(request)
    before = request.cookies.get(BEFORE, "")
    if not before or not hmac.compare_digest(before.encode(), text(form, "csrf").encode()):
        raise Forbidden("form")
    name, onward = text(form, "name").strip(), own(text(form, "onward"))
    address = request.client.host if request.client else ""
    person = sessions.check_password(
        desk.engine, name, text(form, "password"), address=address, settings=desk.settings
    )
    if person is None:
        return _form(request, onward=onward, status=403, name=name, problem="wrong")
    return signed(request, sessions.begin(desk.engine, person), onward=onward)


def signed(request: Request, token: str, *, onward: str) -> Response:
    """Give the browser its sign-in and send it on; what it held before is gone."""
    settings = desk_of(request).settings
    answer = RedirectResponse(own(onward), status_code=303)
    answer.delete_cookie(BEFORE)
    answer.set_cookie(
        cookie_name(settings), token, httponly=True, samesite="lax", secure=settings.https, path="/"
    )
    return answer


def own(onward: str) -> str:
    """A place on this desk, and nowhere else."""
    safe = onward.startswith("/") and not onward.startswith("//") and onward.isprintable()
    return onward if safe and "\\" not in onward and len(onward) < 500 else "/"


@router.post("/sign-out")
def sign_out(here: AnyhowSignedIn, form: Form) -> Response:
    """Sign out."""
    check_token(here, form)
    name = cookie_name(here.desk.settings)
    sessions.end(here.desk.engine, here.request.cookies.get(name, ""))
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(name)
    return answer


@router.get("/password")
def password_form(here: AnyhowSignedIn) -> Response:
    """Show the form for a new password."""
    return page(here.request, "password.html", here=here, problem="")


@router.post("/password")
def password(here: AnyhowSignedIn, form: Form) -> Response:
    """Set a new password; every sign-in of the person ends, and this browser gets a new one."""
    check_token(here, form)
    desk, new = here.desk, text(form, "new")
    try:
        if not here.person.local:
            raise Forbidden("role")
        if people.verify(desk.engine, here.person.id, text(form, "old")) is None:
            raise Refused("wrong_password")
        if new != text(form, "again"):
            raise Refused("not_twice")
        people.set_password(desk.engine, here.person.id, new)
    except Forbidden:
        raise
    except Refused as refused:
        problem = refused.worded(here.language)
        return page(here.request, "password.html", here=here, status=400, problem=problem)
    return signed(here.request, sessions.begin(desk.engine, here.person), onward="/")


@router.post("/language")
def language(request: Request, form: Form) -> Response:
    """Choose a language; it is kept with the person, or in the browser where nobody is signed in."""
    chosen = text(form, "language")
    if chosen not in LANGUAGES:
        chosen = language_of(request)
    desk = desk_of(request)
    token = request.cookies.get(cookie_name(desk.settings), "")
    if token and (found := sessions.find(desk.engine, token, desk.settings)):
        if not hmac.compare_digest(text(form, "csrf").encode(), found.csrf.encode()):
            raise Forbidden("form")
        people.speak(desk.engine, found.person.id, chosen)
    answer = RedirectResponse(own(text(form, "onward")), status_code=303)
    answer.set_cookie("language", chosen, samesite="lax", secure=desk.settings.https)
    return answer
