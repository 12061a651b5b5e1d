"""Server: a local Label Studio, private by default: no telemetry, no sign-up without a link, loopback only.

    folder/login.json   its address and the first account, readable by the owner alone
    folder/token        the personal access token of that account, likewise
    folder/server.pid   the running server; one that a killed `serve` left behind is stopped by the next
    folder/server.log
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import unquote, urlsplit
from urllib.request import urlopen

from finetune.annotate.environment import server_program
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json, write_json_atomic, write_text_atomic

SECONDS_TO_START = 1200
"""A first start makes the tables, which takes minutes on a busy machine."""
PRIVATE = {
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "CORS_ALLOW_ALL_ORIGINS": "false",
    "LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True, kw_only=True)
class Login:
    """Where a server is, and the account that `serve` made on it."""

    url: str
    email: str
    password: str

    @classmethod
    def read(cls, folder: Path) -> Login:
        """Read the login of a server's folder; raises CasewrightError when it was never started."""
        if not (folder / "login.json").is_file():
            raise CasewrightError(f"{folder} holds no Label Studio; `casewright annotate serve` starts one.")
        return cls(**read_json(folder / "login.json"))


def read_token(folder: Path) -> str:
    """Read the access token of a server's folder."""
    path = folder / "token"
    if not path.is_file():
        raise CasewrightError(f"{path} is missing; start the server once with `casewright annotate serve`.")
    return path.read_text().strip()


@contextmanager
def serving(folder: Path, *, port: int, email: str, database: str | None = None) -> Iterator[Login]:
    """Run a server as long as the block lasts; it is healthy when the block begins, and stopped when it ends.

    database: the URL of a PostgreSQL database; SQLite in the folder without one. Raises CasewrightError when the port
    is taken or the server does not come up.
    """
    program = server_program()
    login = _login(folder, port=port, email=email)
    _stop_leftover(folder)
    with socket.socket() as probe:
        # A taken port would make the server move silently to the next one.
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise CasewrightError(f"Port {port} is taken; give another with --port.")
    command = [str(program), "start", "--no-browser", "--internal-host", "127.0.0.1"]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, start_new_session=True,
            env=_environment(folder, login, port=port, database=database),
        )  # fmt: skip
    write_text_atomic(folder / "server.pid", f"{server.pid}\n")
    try:
        _wait(server, login.url, folder)
        if not (folder / "token").is_file():
            from finetune.annotate.account import first_token

            _private(folder / "token", first_token(login.url, email=login.email, password=login.password))
        yield login
    finally:
        _stop(server.pid)
        server.wait()
        (folder / "server.pid").unlink(missing_ok=True)


def _login(folder: Path, *, port: int, email: str) -> Login:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    known = read_json(folder / "login.json") if (folder / "login.json").is_file() else {}
    password = known.get("password") or secrets.token_urlsafe(18)
    login = Login(url=f"http://127.0.0.1:{port}", email=known.get("email") or email, password=password)
    if vars(login) != known:
        write_json_atomic(folder / "login.json", vars(login)).chmod(0o600)
    return login


def _private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    write_text_atomic(path, text).chmod(0o600)


def _environment(folder: Path, login: Login, *, port: int, database: str | None) -> dict[str, str]:
    # Nothing of ours reaches the server: neither its Python path nor settings of another Label Studio.
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TMPDIR") if key in os.environ}
    known = PRIVATE | {
        "USERNAME": login.email,
        "PASSWORD": login.password,
        "BASE_DATA_DIR": str(folder.absolute()),
        "PORT": str(port),
        "HOST": login.url,
        **_database(database),
    }
    return kept | {f"LABEL_STUDIO_{name}": value for name, value in known.items()}


def _database(url: str | None) -> dict[str, str]:
    if url is None:
        return {"DJANGO_DB": "sqlite"}
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or len(parts.path) < 2:
        raise CasewrightError("--database wants postgresql://USER:PASSWORD@HOST:PORT/NAME.")
    return {
        "DJANGO_DB": "default",
        "POSTGRE_NAME": unquote(parts.path[1:]),
        "POSTGRE_USER": unquote(parts.username or ""),
        "POSTGRE_PASSWORD": unquote(parts.password or ""),
        "POSTGRE_HOST": parts.hostname,
        "POSTGRE_PORT": str(parts.port or 5432),
    }


def healthy(url: str) -> bool:
    """Whether a server answers there."""
    try:
        with urlopen(f"{url}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _wait(server: subprocess.Popen[bytes], url: str, folder: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while not healthy(url):
        if server.poll() is not None or time.monotonic() > until:
            raise CasewrightError(f"Label Studio did not start; see the end of {folder / 'server.log'}.")
        time.sleep(0.25)


def _stop_leftover(folder: Path) -> None:
    """Stop a server whose `serve` was killed; a process that is no Label Studio is left alone."""
    import psutil

    path = folder / "server.pid"
    if not path.is_file():
        return
    pid = int(path.read_text())
    try:
        if any("label-studio" in word for word in psutil.Process(pid).cmdline()):
            _stop(pid)
    except psutil.NoSuchProcess:
        pass
    path.unlink()


def _stop(pid: int) -> None:
    """End a server and what it started: asked first, then not asked."""
    import psutil

    try:
        leader = psutil.Process(pid)
        family: list[Any] = [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for process in family:
        with _gone():
            process.terminate()
    for process in psutil.wait_procs(family, timeout=20)[1]:
        with _gone():
            process.kill()


@contextmanager
def _gone() -> Iterator[None]:
    import psutil

    with suppress(psutil.NoSuchProcess):
        yield
