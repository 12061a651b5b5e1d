"""Serves an open desk until it is told to stop: in this process, or with several that share the work of pages.

With several, this process does the model work and empties the inbox, and the others serve pages and the API: they
share the address and the database, and nothing else. One that dies is started again; where this process dies, they
end with it.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import ExitStack
from functools import partial
from multiprocessing import connection, parent_process
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from workflows.desk.desk import Desk
from workflows.desk.inbox import Inbox
from workflows.desk.settings import Settings
from workflows.desk.web.app import create_app
from workflows.desk.worker import Workers

SECONDS_TO_START = 120
"""How long a process may be silent before another takes its place; starting takes long on a busy machine."""


def serve(desk: Desk) -> None:
    """Serve a desk as its settings say."""
    settings = desk.settings
    if settings.processes == 1:
        uvicorn.run(create_app(settings, desk=desk), **_options(settings))
        return
    pages = settings.model_copy(update={"workers": 0, "inbox": None, "processes": 1})
    config = uvicorn.Config(
        partial(one_of_several, pages),
        factory=True,
        workers=settings.processes,
        timeout_worker_healthcheck=SECONDS_TO_START,
        **_options(settings),
    )
    with ExitStack() as opened:
        opened.enter_context(Workers(desk, count=settings.workers))
        if settings.inbox is not None:
            opened.enter_context(Inbox(desk, settings.inbox))
        Multiprocess(config, sockets=[config.bind_socket()]).run()


def _options(settings: Settings) -> dict[str, Any]:
    return {"host": settings.host, "port": settings.port, "log_level": "warning", "server_header": False}


def one_of_several(settings: Settings) -> FastAPI:
    """The application of a process that only serves pages, and that ends with the one which started it."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return create_app(settings)


def _end_with_parent() -> None:
    if parent := parent_process():
        connection.wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
