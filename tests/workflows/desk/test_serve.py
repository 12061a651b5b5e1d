"""One desk with several processes: they share sign-ins and work, are started again, and end with the first."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from tests.workflows.desk.bundle import bundle_folder
from tests.workflows.desk.command import Command, answers, running
from tests.workflows.desk.office import WORKFLOW, populate
from tests.workflows.desk.test_processes import TEXT
from workflows.desk import people, sessions
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings

SECONDS = 200


def until(so: Callable[[], bool]) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + SECONDS
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def sign_in(where: str) -> str:
    """Give a caseworker of the database a sign-in."""
    with open_desk(Settings(database=where)) as desk:
        populate(desk)
        anna = people.find(desk.engine, "anna")
        assert anna is not None
        return sessions.begin(desk.engine, anna)


def ask(desk: Command, token: str, path: str, body: object = None) -> httpx2.Response:
    """Ask over a new connection, so that any of the processes may take it."""
    headers = {"authorization": f"Bearer {token}"}
    method = "GET" if body is None else "POST"
    return httpx2.request(method, f"{desk.url}/api/v1{path}", headers=headers, json=body, timeout=60)


def test_a_sign_in_and_a_case_are_those_of_every_process(where: str, tmp_path: Path) -> None:
    token = sign_in(where)
    options = ("--processes", "2", "--bundle", str(bundle_folder()), "--inbox", str(tmp_path))
    with running(where, *options) as desk:
        until(lambda: len(desk.serving) == 2)
        body = {"workflow": WORKFLOW, "received": "2026-03-10", "documents": [{"name": "a.txt", "text": TEXT}]}
        case = ask(desk, token, "/cases", body)
        assert case.status_code == 201
        where_to = f"/cases/{case.json()['id']}"
        # The first process reads, with the bundle that it alone has loaded, and empties the inbox.
        until(lambda: ask(desk, token, where_to).json()["phase"] == "confirm")
        (tmp_path / WORKFLOW / "post.txt").write_text(TEXT, encoding="utf-8")
        until(lambda: any((tmp_path / "taken").glob("* post.txt")))
        assert {ask(desk, token, where_to).status_code for _ in range(20)} == {200}


def test_a_process_that_dies_is_started_again(where: str) -> None:
    token = sign_in(where)
    with running(where, "--processes", "2") as desk:
        until(lambda: len(desk.serving) == 2)
        killed, left = desk.serving
        os.kill(killed, signal.SIGKILL)
        assert ask(desk, token, "/cases").status_code == 200
        until(lambda: len(desk.serving) == 2 and killed not in desk.serving)
        assert left in desk.serving
        assert ask(desk, token, "/cases").status_code == 200


def test_the_processes_end_with_the_first(tmp_path: Path) -> None:
    with running(str(tmp_path / "desk.db"), "--processes", "2") as desk:
        until(lambda: len(desk.serving) == 2)
        serving = desk.serving
        desk.process.kill()
        until(lambda: not any(Path(f"/proc/{one}").exists() for one in serving))
        assert not answers(desk.url)
