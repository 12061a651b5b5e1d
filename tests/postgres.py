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
    """A server of its own, that a test can kill and start again with what it has on disk.

    In a `folder` that is given it keeps what it has, and goes on with what is there.
    """

    def __init__(self, folder: Path | None = None) -> None:
        programs = _programs()
        if programs is None:
            pytest.skip("PostgreSQL absent: install the package postgresql")
        self._programs = programs
        self._kept = folder is not None
        self._folder = folder or Path(tempfile.mkdtemp(prefix="casewright-postgresql-"))
        self._folder.mkdir(parents=True, exist_ok=True)
        user = _user()
        self._as_user: dict[str, Any] = {
            "user": user,
            "cwd": self._folder,
            "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        }
        known = self._folder / "password"
        made = known.exists()
        if not made:
            known.write_text(secrets.token_hex(16))
        password = known.read_text()
        if user is not None:
            for path in (self._folder, known):
                shutil.chown(path, user)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        initdb = f"{programs}/initdb -D data -U casewright -A scram-sha-256 -E UTF8 --pwfile password --no-sync"
        if made:
            self._end_left_over()
        else:
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
        if not self._kept:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _end_left_over(self) -> None:
        """End the server that an interrupted run left on this data."""
        data = (self._folder / "data").resolve()
        try:
            number = int((data / "postmaster.pid").read_text().split()[0])
            if Path(f"/proc/{number}/cwd").resolve() == data:
                os.killpg(number, signal.SIGKILL)
                time.sleep(1)
        except (OSError, ValueError):
            return  # there is none


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
