"""Turns: pages are made in the order in which they are asked for.

One process makes pages with one interpreter. If twenty are begun at once, each is done when nearly all are; in turn,
the first is done twenty times as early and the last no later. What takes long by nature (a letter as PDF, a document,
a question to the identity provider, a form that is sent) waits for no turn and takes none.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

AT_ONCE = 1
"""Pages that a process makes at once: two would share its interpreter, and both be done later."""
_LONG = ("/letter.", "/documents/", "/oidc")


class Turns:
    """Middleware around what answers a request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._free = app, asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for a turn, and give it on as soon as the page is made: a slow reader holds nobody up."""
        if not _is_page(scope):
            await self._app(scope, receive, send)
            return
        await self._free.acquire()
        held = True

        def give_on() -> None:
            nonlocal held
            if held:
                held = False
                self._free.release()

        async def answer(message: Message) -> None:
            give_on()
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            give_on()


def _is_page(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET" or scope["path"].startswith("/static/"):
        return False
    return not any(part in scope["path"] for part in _LONG)
