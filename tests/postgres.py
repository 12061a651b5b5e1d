"""A real PostgreSQL server for the tests: private, on loopback, started once and gone when the tests end.

It runs as an ordinary user, because PostgreSQL refuses root. Where the machine has no PostgreSQL the calling test is
skipped by name.
"""

import atexit
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

_names = count(1)
SECONDS_TO_START = 300


def new_database() -> str:
    """Return the URL of a new empty database, or skip the calling test."""
    psycopg = pytest.importorskip("psycopg")
    server = _shared().url
    name = f"test_{next(_names)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def _programs() -> Path | None:
    known = shutil.which("initdb")
    if known:
        return Path(known).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


class Server:
    """A server of its own, that a test can kill and start again with what it has on disk."""

    def __init__(self) -> None:
        programs = _programs()
        if programs is None:
            pytest.skip("PostgreSQL absent: install the package postgresql")
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="casewright-postgresql-"))
        user = _user()
        self._as_user: dict[str, Any] = {
            "user": user,
            "cwd": self._folder,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        }
        password = secrets.token_hex(16)
        (self._folder / "password").write_text(password)
        if user is not None:
            for path in (self._folder, self._folder / "password"):
                shutil.chown(path, user)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        initdb = f"{programs}/initdb -D data -U casewright -A scram-sha-256 -E UTF8 --pwfile password --no-sync"
        subprocess.run(initdb.split(), check=True, capture_output=True, **self._as_user)
        self.url = f"postgresql://casewright:{password}@127.0.0.1:{self._port}"
        self.start()
        atexit.register(self.stop)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        serve = f"{self._programs}/postgres -D data -p {self._port} -c listen_addresses=127.0.0.1"
        options = ["-c", "unix_socket_directories=", "-c", "max_connections=200"]
        with (self._folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                [*serve.split(), *options], stdout=log, stderr=log, start_new_session=True, **self._as_user
            )
        _wait(self.url, self._running, self._folder / "log")

    def kill(self) -> None:
        """End all its processes at once, as a loss of power does."""
        os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        self._running.terminate()
        try:
            self._running.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


@cache
def _shared() -> Server:
    return Server()


def _user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _wait(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    import psycopg

    until = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            psycopg.connect(f"{url}/postgres", connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}") from error
            time.sleep(0.1)
        else:
            return
