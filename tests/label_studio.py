"""A real Label Studio server for the tests: on loopback, started once, and gone when the tests end.

The first start makes its tables, which takes minutes; what it made is kept beside the server's environment, and every
later run of the tests starts from a copy.
"""

import atexit
import os
import secrets
import shutil
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

import pytest

from finetune.annotate.account import invitation, sign_up
from finetune.annotate.client import Client, connect
from finetune.annotate.environment import PLACE, server_folder
from finetune.annotate.server import Login, read_token, serving

os.environ.setdefault(PLACE, str(Path(__file__).parents[1] / ".venv" / "label-studio"))
EMAIL = "beheer@example.nl"
_numbers = count(1)


@dataclass(frozen=True)
class Annotator:
    """An account of a person who annotates."""

    email: str
    password: str
    client: Client


@dataclass(frozen=True)
class Server:
    """The running server, in its folder, with the client of whoever set it up."""

    folder: Path
    login: Login
    client: Client

    def annotator(self, name: str) -> Annotator:
        """Make an account through the invitation link."""
        email, password = f"{name}-{next(_numbers)}@example.nl", secrets.token_urlsafe(12)
        link = invitation(self.login.url, read_token(self.folder))
        token = sign_up(self.login.url, invitation=link, email=email, password=password)
        return Annotator(email, password, connect(self.login.url, token))


@cache
def running_server() -> Server:
    """Return the server of these tests, or skip the calling test where it is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="casewright-label-studio-")) / "server"
    copy_fresh(folder)
    stack = ExitStack()
    login = stack.enter_context(serving(folder, port=free_port(), email=EMAIL))

    def stop() -> None:
        stack.close()
        shutil.rmtree(folder.parent, ignore_errors=True)

    atexit.register(stop)
    return Server(folder, login, connect(login.url, read_token(folder)))


def copy_fresh(folder: Path) -> None:
    """Make the data folder of a server that was started once, with its first account."""
    if not (server_folder() / "installed").is_file():
        pytest.skip("Label Studio absent: `make test` installs it")
    fresh = server_folder() / "fresh"
    if not fresh.is_dir():
        shutil.rmtree(folder, ignore_errors=True)
        with serving(folder, port=free_port(), email=EMAIL):
            pass
        shutil.copytree(folder, fresh)
    else:
        shutil.copytree(fresh, folder)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
