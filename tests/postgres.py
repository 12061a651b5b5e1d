"""A real PostgreSQL server for the tests: private, on loopback, started once and gone when the tests end.

It runs as an ordinary user, because PostgreSQL refuses root. Where the machine has no PostgreSQL the calling test is
skipped by name.
"""

import atexit
import os
import pwd
import secrets
import shutil
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
SECONDS_TO_START = 60


def new_database() -> str:
    """Return the URL of a new empty database, or skip the calling test."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL absent: install the package postgresql")
    psycopg = pytest.importorskip("psycopg")
    server = _server(programs)
    name = f"test_{next(_names)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def _programs() -> Path | None:
    known = shutil.which("initdb")
    if known:
        return Path(known).parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@cache
def _server(programs: Path) -> str:
    folder = Path(tempfile.mkdtemp(prefix="casewright-postgresql-"))
    user = _user()
    as_user: dict[str, Any] = {
        "user": user,
        "cwd": folder,
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
    }
    password = secrets.token_hex(16)
    (folder / "password").write_text(password)
    if user is not None:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    initdb = f"{programs}/initdb -D data -U casewright -A scram-sha-256 -E UTF8 --pwfile password --no-sync"
    subprocess.run(initdb.split(), check=True, capture_output=True, **as_user)
    serve = f"{programs}/postgres -D data -p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*serve.split(), "-c", "max_connections=200"], stdout=log, stderr=log, **as_user
        )

    def stop() -> None:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    url = f"postgresql://casewright:{password}@127.0.0.1:{port}"
    _wait(url, server, folder / "log")
    return url


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
