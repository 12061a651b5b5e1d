"""`casewright desk` as a process of its own, as a person starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

SECONDS_TO_START = SECONDS_TO_STOP = 300


@dataclass(frozen=True)
class Command:
    """The desk that runs: its address, and its first process."""

    url: str
    process: "subprocess.Popen[bytes]"

    @property
    def serving(self) -> list[int]:
        """The processes that serve pages, by id: those that the first one started, or itself."""
        return [one for one in children(self.process.pid) if "spawn_main" in _words(one)] or [self.process.pid]


def children(parent: int) -> list[int]:
    """The processes that a process started and that still are, by id."""
    stats = [_read(folder / "stat") for folder in Path("/proc").glob("[0-9]*")]
    found = [(stat.partition(" ")[0], stat.rpartition(")")[2].split()) for stat in stats if stat]
    return [int(number) for number, told in found if int(told[1]) == parent and told[0] != "Z"]


def _words(number: int) -> str:
    return _read(Path(f"/proc/{number}/cmdline"))


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


@contextmanager
def running(where: str, *options: str) -> Iterator[Command]:
    """Run `casewright desk` on a database with these options until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "finetune.cli", "desk", "--database", where, "--port", str(port), *options]
    environment = {**os.environ, "CASEWRIGHT_DESK_REQUESTS_PER_MINUTE": "1000000", "OMP_NUM_THREADS": "1"}
    first = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    desk = Command(f"http://127.0.0.1:{port}", first)
    try:
        until = time.monotonic() + SECONDS_TO_START
        while not answers(desk.url):
            assert first.poll() is None, "the desk did not start"
            assert time.monotonic() < until, "the desk does not answer"
            time.sleep(0.2)
        yield desk
    finally:
        first.terminate()
        first.wait(SECONDS_TO_STOP)


def answers(url: str) -> bool:
    """Whether a desk answers there."""
    try:
        return httpx2.get(f"{url}/health", timeout=30).status_code == 200
    except httpx2.TransportError:
        return False
