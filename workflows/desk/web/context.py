"""What every page needs: the desk, who is signed in, their language, and the form they sent with its token."""

from __future__ import annotations

import hmac
from calendar import month_name
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.datastructures import FormData, UploadFile

from scaffolds.case import AMSTERDAM
from scaffolds.files import sha256_file
from workflows.desk import sessions
from workflows.desk.desk import Desk
from workflows.desk.messages import LANGUAGES, catalogue, say
from workflows.desk.people import Person
from workflows.desk.roles import Right
from workflows.desk.settings import Settings
from workflows.desk.writing import Forbidden
from workflows.letter import day_nl

STATIC = Path(__file__).parents[1] / "static"
_ENGLISH_MONTHS = tuple(month_name[1:])


class NeedSignIn(Exception):
    """Nobody is signed in; a page sends them to sign in, the API says 401."""


class StaleForm(Forbidden):
    """A form that does not carry the token of the sign-in; it may be of one that ended."""

    def __init__(self) -> None:
        super().__init__("form")


class NeedPassword(Exception):
    """The first password has to be changed before anything else."""


@dataclass(frozen=True, kw_only=True)
class Here:
    """A request by someone who is signed in."""

    request: Request
    desk: Desk
    person: Person
    csrf: str
    language: str
    ends: datetime
    latest: datetime
    bearer: bool = False


def desk_of(request: Request) -> Desk:
    """The desk of this application."""
    desk: Desk = request.app.state.desk
    return desk


def cookie_name(settings: Settings) -> str:
    """The cookie that holds the sign-in."""
    return "__Host-desk" if settings.https else "desk"


def language_of(request: Request, person: Person | None = None) -> str:
    """The language to answer in: the person's, else the browser's choice kept in a cookie, else the desk's."""
    wanted = (person.language if person else "") or request.cookies.get("language", "")
    return wanted if wanted in LANGUAGES else desk_of(request).settings.language


def _find(request: Request, *, use: bool = True) -> Here | None:
    desk = desk_of(request)
    bearer = request.headers.get("authorization", "").startswith("Bearer ")
    token = (
        request.headers["authorization"].removeprefix("Bearer ")
        if bearer
        else request.cookies.get(cookie_name(desk.settings), "")
    )
    found = sessions.find(desk.engine, token, desk.settings, use=use) if token else None
    if found is None:
        return None
    return Here(
        request=request,
        desk=desk,
        person=found.person,
        csrf=found.csrf,
        language=language_of(request, found.person),
        ends=found.ends,
        latest=found.latest,
        bearer=bearer,
    )


def signed_in(request: Request) -> Here:
    """Who is signed in. Raises NeedSignIn, and NeedPassword while the first password stands."""
    here = _find(request)
    if here is None:
        raise NeedSignIn
    if here.person.must_change:
        raise NeedPassword
    return here


def anyhow_signed_in(request: Request) -> Here:
    """As `signed_in`, for the page that changes the first password and for signing out."""
    here = _find(request)
    if here is None:
        raise NeedSignIn
    return here


def only_looked_at(request: Request) -> Here:
    """As `anyhow_signed_in`, without being a use of the sign-in, so that it ends when it would have."""
    here = _find(request, use=False)
    if here is None:
        raise NeedSignIn
    return here


SignedIn = Annotated[Here, Depends(signed_in)]
AnyhowSignedIn = Annotated[Here, Depends(anyhow_signed_in)]
OnlyLookedAt = Annotated[Here, Depends(only_looked_at)]


async def form_of(request: Request) -> FormData:
    """The form that was sent."""
    return await request.form(max_files=20, max_fields=500, max_part_size=1_000_000)


Form = Annotated[FormData, Depends(form_of)]


def check_token(here: Here, form: FormData) -> None:
    """Refuse a form that does not carry the token of the sign-in. Raises Forbidden."""
    if not hmac.compare_digest(text(form, "csrf").encode(), here.csrf.encode()):
        raise StaleForm


def check_right(here: Here, right: Right) -> None:
    """Refuse who may not do this. Raises Forbidden."""
    if not here.person.may(right):
        raise Forbidden("role")


def text(form: FormData, name: str) -> str:
    """A field of the form; empty where it was not sent, or sent as a file."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> tuple[str, ...]:
    """Every value of a field."""
    return tuple(value for value in form.getlist(name) if isinstance(value, str))


def files(form: FormData, name: str) -> list[UploadFile]:
    """The files of a field that were chosen."""
    return [value for value in form.getlist(name) if isinstance(value, UploadFile) and value.filename]


def number(form: FormData, name: str) -> int:
    """A whole number of the form; -1 where it is none, which no case has as its count of events."""
    typed = text(form, name)
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def page(
    request: Request, template: str, *, here: Here | None = None, status: int = 200, **shown: Any
) -> HTMLResponse:
    """Render a page."""
    desk = desk_of(request)
    language = here.language if here else language_of(request)

    def told(key: str, **values: Any) -> str:
        return say(language, key, **values)

    def known(key: str, fallback: str = "") -> str:
        return catalogue(language).get(key, fallback)

    html = _environment().get_template(template).render(
        t=told,
        known=known,
        language=language,
        here=here,
        settings=desk.settings,
        path=request.url.path,
        static=_static,
        day=lambda value: day_in(language, value),
        moment=lambda value: moment_in(language, value),
        clock=clock_time,
        seconds_left=seconds_left,
        seconds_warned=seconds_warned(desk.settings),
        **shown,
    )
    return HTMLResponse(html, status_code=status)


def day_in(language: str, value: str | date) -> str:
    """Write a day in words."""
    on = date.fromisoformat(value) if isinstance(value, str) else value
    return day_nl(on) if language == "nl" else f"{on.day} {_ENGLISH_MONTHS[on.month - 1]} {on.year}"


def clock_time(at: datetime) -> str:
    """The time of day in the Netherlands."""
    return f"{at.astimezone(AMSTERDAM):%H:%M}"


def seconds_left(here: Here) -> int:
    """How long the sign-in still lasts, in whole seconds."""
    return max(0, int((here.ends - datetime.now(UTC)).total_seconds()))


def seconds_warned(settings: Settings) -> int:
    """How long before its end a person is warned: two minutes, and 20 seconds at least (WCAG 2.2.1)."""
    return min(120, settings.idle_minutes * 20)


def moment_in(language: str, value: str | datetime) -> str:
    """Write a moment in Dutch time."""
    at = (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(AMSTERDAM)
    return f"{day_in(language, at.date())}, {at:%H:%M}"


@cache
def _static(name: str) -> str:
    """The address of a file of the desk; it changes with the file, so that a browser may keep it."""
    return f"/static/{name}?{sha256_file(STATIC / name)[:12]}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("workflows.desk", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["drawing"] = Markup  # our own SVG, in which every text is escaped
    return made
