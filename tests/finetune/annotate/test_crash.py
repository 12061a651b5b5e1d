"""kill -9 of the command or of the server, in the middle of a push or a pull: then the same again, and all is well."""

import json
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from finetune.annotate.client import Client, connect
from finetune.annotate.ledger import Ledger
from finetune.annotate.pull import pull
from finetune.annotate.push import push
from finetune.annotate.server import read_token, serving
from scaffolds.errors import CasewrightError
from tests.finetune.annotate.plans import annotate, as_proposed, new_plan, on_server, projects
from tests.finetune.annotate.reading import WORKFLOW
from tests.label_studio import EMAIL, Server, copy_fresh, free_port, running_server

TASKS = 250


@pytest.fixture(scope="module")
def server() -> Server:
    return running_server()


def run(what: str, folder: Path, server: Server, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    program = [sys.executable, "-m", "tests.finetune.annotate.work", what, str(folder), server.login.url]
    command = [*program, str(server.folder / "token"), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def each_once(ledger: Ledger, client: Client) -> bool:
    """Whether the server has every planned task exactly once, with its suggestion."""
    there = Counter(task.key for _, task in on_server(ledger, client))
    suggestions = Counter(
        task["data"]["casewright"]["key"]
        for project in projects(ledger)
        for task in json.loads(client.export(project, ledger.folder / "there.json").read_text())
        if len(task["predictions"]) == 1
    )
    planned = {task.key: 1 for task in ledger.tasks()}
    shown = {task.key: 1 for task in ledger.tasks("shown")}
    return there == planned and suggestions == shown


@pytest.mark.parametrize("options", [("--die-at", "1"), ("--die-during", "2")])
def test_a_push_that_is_killed_goes_on_and_sends_nothing_twice(
    server: Server, tmp_path: Path, options: tuple[str, str]
) -> None:
    new_plan(tmp_path / "plan", TASKS, first=10_000, blind=0.1)
    killed = run("push", tmp_path / "plan", server, *options)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with Ledger(tmp_path / "plan") as ledger:
        push(ledger, server.client, WORKFLOW)
        # What the server was still doing for the killed one is done by now; what it did twice is taken away.
        push(ledger, server.client, WORKFLOW)
        assert each_once(ledger, server.client)


def test_a_pull_that_is_killed_keeps_nothing_and_then_everything(server: Server, tmp_path: Path) -> None:
    new_plan(tmp_path / "plan", 12, first=20_000)
    with Ledger(tmp_path / "plan") as ledger:
        push(ledger, server.client, WORKFLOW)
        entered = annotate(server.annotator("anna").client, on_server(ledger, server.client), as_proposed)
    killed = run("pull", tmp_path / "plan", server, "--die-at", "7")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with Ledger(tmp_path / "plan") as ledger:
        assert ledger.counts() == {}
        assert pull(ledger, server.client, WORKFLOW).new == len(entered)
        assert pull(ledger, server.client, WORKFLOW).new == 0
        assert {key: ledger.annotations(key)[0].answer for key in entered} == entered


@contextmanager
def own_server(folder: Path) -> Iterator[Client]:
    """A server that may be killed, and the client of its first account."""
    with serving(folder, port=free_port(), email=EMAIL) as login:
        yield connect(login.url, read_token(folder))


def kill(folder: Path) -> None:
    """kill -9 of a server and of what it started."""
    leader = psutil.Process(int((folder / "server.pid").read_text()))
    for process in [*leader.children(recursive=True), leader]:
        process.kill()


@pytest.mark.timeout(1200)
def test_a_server_that_is_killed_in_the_middle_costs_no_task_and_no_annotation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, plan = tmp_path / "server", tmp_path / "plan"
    copy_fresh(folder)
    new_plan(plan, TASKS, first=30_000, blind=0)
    send: Any = Client.send
    batches = 0

    def send_and_kill(self: Client, project: int, tasks: Any) -> None:
        nonlocal batches
        batches += 1
        if batches == 2:
            threading.Timer(0.1, kill, [folder]).start()
        send(self, project, tasks)

    with own_server(folder) as client, Ledger(plan) as ledger:
        monkeypatch.setattr(Client, "send", send_and_kill)
        with pytest.raises(CasewrightError, match="cannot be reached"):
            push(ledger, client, WORKFLOW)
        monkeypatch.undo()
    with own_server(folder) as client, Ledger(plan) as ledger:
        push(ledger, client, WORKFLOW)
        assert each_once(ledger, client)
        entered = annotate(client, on_server(ledger, client)[:10], as_proposed)
        threading.Timer(0.05, kill, [folder]).start()
        with pytest.raises(CasewrightError, match=r"cannot be reached|refused"):
            pull(ledger, client, WORKFLOW)
        assert ledger.counts() == {}
    with own_server(folder) as client, Ledger(plan) as ledger:
        assert pull(ledger, client, WORKFLOW).new == len(entered)
        assert {key: ledger.annotations(key)[0].answer for key in entered} == entered
