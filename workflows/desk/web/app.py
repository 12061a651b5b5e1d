"""The application: `create_app(settings)` opens the desk when it starts and closes it when it stops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse
from sqlalchemy.exc import DataError, InterfaceError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from scaffolds.errors import CasewrightError
from scaffolds.store import Conflict, Erased
from workflows.desk import queue
from workflows.desk.desk import Desk
from workflows.desk.inbox import Inbox
from workflows.desk.messages import Refused
from workflows.desk.opening import open_desk
from workflows.desk.sessions import TooMany
from workflows.desk.settings import Settings
from workflows.desk.web import api, case, figures, files, intake, office, oidc, sign_in, staying, work
from workflows.desk.web.context import STATIC, NeedPassword, NeedSignIn, StaleForm, desk_of, language_of, page
from workflows.desk.web.guard import Guard
from workflows.desk.web.turns import Turns
from workflows.desk.worker import Workers
from workflows.desk.writing import Forbidden, NotFound


def create_app(settings: Settings, *, desk: Desk | None = None) -> FastAPI:
    """Make the application. A `desk` that is open already is used as it is and left open."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with ExitStack() as opened:
            app.state.desk = desk or opened.enter_context(open_desk(settings))
            opened.enter_context(Workers(app.state.desk, count=settings.workers))
            if settings.inbox is not None:
                opened.enter_context(Inbox(app.state.desk, settings.inbox))
            yield

    app = FastAPI(
        title="Casewright desk",
        version="1",
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Turns)
    app.add_middleware(Guard, settings=settings, defect=_answer)
    for pages in (sign_in, staying, oidc, work, intake, case, files, figures, office):
        app.include_router(pages.router, include_in_schema=False)
    app.include_router(api.router)
    if settings.theme is not None:
        theme = settings.theme

        @app.get("/static/theme.css", include_in_schema=False)
        def municipality() -> FileResponse:
            return FileResponse(theme, media_type="text/css")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.get("/health", include_in_schema=False)
    def health(request: Request) -> Response:
        queue.left(desk_of(request).engine)  # fails where the database is away
        return PlainTextResponse("ok")

    for kind in (CasewrightError, HTTPException, RequestValidationError, NeedPassword):
        app.add_exception_handler(kind, _answer)
    for late in (NeedSignIn, StaleForm):
        app.add_exception_handler(late, _late)
    return app


async def _late(request: Request, error: Exception) -> Response:
    """Answer a form whose sign-in has ended: what was typed in it is not lost."""
    kept = await staying.keep(request, error)
    return kept if kept is not None else await run_in_threadpool(_answer, request, error)


def _answer(request: Request, error: Exception) -> Response:
    """Answer an error: as JSON to the API, as a page to a browser."""
    status, key = _status(error)
    language = language_of(request)
    if request.url.path.startswith("/api/"):
        if isinstance(error, RequestValidationError):
            problems = [{"at": list(one["loc"]), "problem": one["msg"]} for one in error.errors()]
            return JSONResponse({"error": "invalid", "problems": problems}, status_code=status)
        body: dict[str, object] = {"error": key, "message": str(error) if isinstance(error, CasewrightError) else key}
        if isinstance(error, Conflict):
            body |= {"expected": error.expected, "present": error.present}
        if problems_of := getattr(error, "problems", None):
            body["problems"] = dict(problems_of)
        return JSONResponse(body, status_code=status)
    if isinstance(error, NeedSignIn):
        onward = request.url.path if request.method == "GET" else "/"
        return RedirectResponse(f"/sign-in?onward={onward}", status_code=303)
    if isinstance(error, NeedPassword):
        return RedirectResponse("/password", status_code=303)
    told = error.worded(language) if isinstance(error, Refused) else ""
    if not told and isinstance(error, CasewrightError) and not isinstance(error, Conflict):
        told = str(error)
    return page(request, "error.html", status=status, key=key, told=told)


def _status(error: Exception) -> tuple[int, str]:
    match error:
        case NeedSignIn():
            return 401, "sign_in"
        case NeedPassword():
            return 403, "password"
        case Forbidden():
            return 403, "forbidden"
        case NotFound():
            return 404, "not_found"
        case Conflict():
            return 409, "conflict"
        case TooMany():
            return 429, "too_many"
        case Erased():
            return 410, "erased"
        case CasewrightError() | DataError():  # a sign that the database cannot hold, as NUL
            return 400, "refused"
        case OperationalError() | InterfaceError() | TimeoutError():
            return 503, "unavailable"
        case RequestValidationError():
            return 422, "invalid"
        case HTTPException():
            known = {404: "not_found", 405: "method", 403: "forbidden"}
            return error.status_code, known.get(error.status_code, "refused")
    return 500, "defect"
