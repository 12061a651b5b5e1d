"""Guard: what holds for every request and every answer, errors too. Headers, size, rate, and where a form came from."""

from __future__ import annotations

import logging
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workflows.desk.sessions import hashed
from workflows.desk.settings import Settings

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_REMEMBERED = 20_000
_log = logging.getLogger("casewright.desk")
MOST_AT_ONE_ADDRESS = 20


class _TooLarge(Exception):
    pass


class Guard:
    """Middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, settings: Settings, defect: Callable[[Request, Exception], Response]) -> None:
        self._app, self._settings, self._defect = app, settings, defect
        self._seen: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is too large, too often, or from elsewhere; add the headers to what is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(scope, message)
            await send(message)

        if refusal := self._refused(scope, headers):
            await _plain(answer, *refusal)
            return
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._settings.upload_bytes:
                raise _TooLarge
            return message

        try:
            await self._app(scope, limited, answer)
        except _TooLarge:
            if not started:
                await _plain(answer, 413, "Too large.")
        except Exception as error:
            # What was raised may quote an applicant; where it was raised does not.
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("%s at %s %s\n%s", type(error).__name__, scope["method"], scope["path"], where)
            if started:
                raise
            await self._defect(Request(scope), error)(scope, receive, answer)

    def _refused(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._settings.upload_bytes:
            return 413, "Too large."
        site = headers.get("sec-fetch-site", "none")
        if scope["method"] not in SAFE and site not in ("same-origin", "none"):
            return 403, "A form of this desk is sent from this desk."
        most = float(self._settings.requests_per_minute)
        who, address = _who(scope, headers)
        # A made-up token has a measure of its own, so an address has one too, for the many people behind it.
        if not (self._in_time(f"who {who}", most) and self._in_time(f"at {address}", MOST_AT_ONE_ADDRESS * most)):
            return 429, "Too many requests; wait a minute."
        return None

    def _in_time(self, who: str, most: float) -> bool:
        """Whether this is not too often: a bucket that fills at the rate and holds a minute's worth."""
        at = time.monotonic()
        left, since = self._seen.pop(who, (most, at))
        left = min(most, left + (at - since) * most / 60)
        self._seen[who] = (max(0.0, left - 1), at)
        if len(self._seen) > MOST_REMEMBERED:
            self._seen.popitem(last=False)
        return left >= 1

    def _add_headers(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(raw=message.setdefault("headers", []))
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if not scope["path"].startswith("/static/"):
            headers["cache-control"] = "no-store"
        if self._settings.https:
            headers["strict-transport-security"] = "max-age=31536000"


def _who(scope: Scope, headers: Headers) -> tuple[str, str]:
    """Who asks (the sign-in where there is one, else the address), and from which address."""
    token = headers.get("authorization", "").removeprefix("Bearer ") or _cookie(headers)
    client: Any = scope.get("client")
    address = str(client[0] if client else "")
    return hashed(token) if token else address, address


def _cookie(headers: Headers) -> str:
    found = cookie_parser(headers.get("cookie", ""))
    return found.get("__Host-desk") or found.get("desk", "")


async def _plain(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
