"""A desk as a process of its own, to be killed: `python -m tests.workflows.desk.served DATABASE PORT`.

Server, workers, queue and database are the real ones. What reads is a rule that takes a moment and is sure of
nothing, so that a process is up in a second; that a bundle reads in a process of the desk is shown elsewhere.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

import httpx2
import uvicorn

from scaffolds.case import Case
from scaffolds.facts import Fact, Facts
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.desk.web.app import create_app
from workflows.omgevingsvergunning import WORKFLOW as PERMIT
from workflows.serve.bundle import Bundle, workflow_schema
from workflows.serve.reader import Reading

SECONDS_TO_READ = 0.1
SECONDS_TO_START = 300


@dataclass(frozen=True)
class Rule:
    """Reads nothing for certain."""

    bundle: Bundle
    name: str = "regel/proef@0"

    def reader(self) -> "Rule":
        """The same for every case."""
        return self

    def remember(self, workflow: Any, case: Case) -> None:
        """It remembers nothing."""

    def read(self, case: Case, *, step: str, facts: type[Facts]) -> Reading:
        """Leave every fact to a person, after a moment."""
        time.sleep(SECONDS_TO_READ)
        return Reading(facts={path: Fact(path=path, state="unsure") for path in facts.kinds}, parts=1)


def serve(database: str, port: int) -> None:
    """Serve until the process is ended, or the one that started it is gone."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    settings = Settings(
        database=database, port=port, workers=2, lease_seconds=2, attempts=50, requests_per_minute=1_000_000
    )
    bundle = Bundle(
        name="regel", workflow=PERMIT.name, workflow_version=PERMIT.version, schema=workflow_schema(PERMIT),
        base="regel", base_sha256="0" * 64, hub=False, quantise="none", describe=False, stage="proef",
    )
    with open_desk(settings) as opened:
        desk = replace(opened, models={PERMIT.name: Rule(bundle)})
        uvicorn.run(create_app(settings, desk=desk), port=port, log_level="critical")


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)


class Process:
    """The desk in a process that can be killed and started again on the same database and port."""

    def __init__(self, database: str, port: int) -> None:
        self._command = [sys.executable, "-m", "tests.workflows.desk.served", database, str(port)]
        self.url = f"http://127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._running = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            assert self._running.poll() is None, "the desk did not start"
            assert time.monotonic() < until, "the desk does not answer"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.url}/health", timeout=30).status_code == 200
        except httpx2.TransportError:
            return False

    def kill(self) -> None:
        """`kill -9`."""
        self._running.kill()
        self._running.wait()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
