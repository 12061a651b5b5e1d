"""Pages are made in turn; nothing that takes long, and nobody who reads slowly, holds up the others."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from workflows.desk.web.turns import AT_ONCE, Turns


class Pages:
    """An application that notes what it has begun, and ends a page when it is told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ends: dict[str, asyncio.Event] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"]
        self.begun.append(path)
        await self.ends.setdefault(path, asyncio.Event()).wait()
        if path == "/broken":
            raise RuntimeError
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def end(self, path: str) -> None:
        self.ends[path].set()


def asked(
    turns: Turns, path: str, *, method: str = "GET", send: Callable[[Any], Awaitable[None]] | None = None
) -> asyncio.Task[None]:
    async def none(_: Any = None) -> None:
        return None

    return asyncio.ensure_future(turns({"type": "http", "method": method, "path": path}, none, send or none))


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_pages_are_made_in_the_order_in_which_they_are_asked_for() -> None:
    async def run() -> None:
        pages = Pages()
        turns = Turns(pages)
        paths = [f"/cases/{place}" for place in range(AT_ONCE + 2)]
        tasks = [asked(turns, path) for path in paths]
        await settle()
        assert pages.begun == paths[:AT_ONCE]
        pages.end(paths[0])
        await settle()
        assert pages.begun == paths[: AT_ONCE + 1]
        for path in paths[1:]:
            await settle()
            pages.end(path)
        await asyncio.gather(*tasks)
        assert pages.begun == paths

    asyncio.run(run())


def test_what_takes_long_takes_no_turn() -> None:
    async def run() -> None:
        pages = Pages()
        turns = Turns(pages)
        tasks = [asked(turns, f"/cases/{place}") for place in range(AT_ONCE)]
        long = ["/cases/1/letter.pdf", "/sign-in/oidc/callback", "/static/desk.css"]
        tasks += [asked(turns, path) for path in long]
        tasks.append(asked(turns, "/cases/1/facts", method="POST"))
        await settle()
        assert pages.begun[AT_ONCE:] == [*long, "/cases/1/facts"]
        for path in pages.begun:
            pages.end(path)
        await asyncio.gather(*tasks)

    asyncio.run(run())


def test_a_slow_reader_and_a_failure_give_their_turn_on() -> None:
    async def run() -> None:
        pages = Pages()
        turns = Turns(pages)
        reads = asyncio.Event()

        async def slowly(_: Any) -> None:
            await reads.wait()

        slow = [asked(turns, f"/slow/{place}", send=slowly) for place in range(AT_ONCE)]
        broken = asked(turns, "/broken")
        await settle()
        for place in range(AT_ONCE):
            pages.end(f"/slow/{place}")
        await settle()
        assert pages.begun[AT_ONCE:] == ["/broken"]
        pages.end("/broken")
        next_ = [asked(turns, f"/next/{place}") for place in range(AT_ONCE)]
        await settle()
        assert isinstance(broken.exception(), RuntimeError)
        assert pages.begun[AT_ONCE + 1 :] == [f"/next/{place}" for place in range(AT_ONCE)]
        assert not any(task.done() for task in slow)
        reads.set()
        for place in range(AT_ONCE):
            pages.end(f"/next/{place}")
        await asyncio.gather(*slow, *next_)

    asyncio.run(run())
