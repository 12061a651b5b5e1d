"""`casewright annotate serve`: starts healthy, stops cleanly, and clears up after a killed one."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from finetune.annotate.server import Login, healthy, serving
from scaffolds.errors import CasewrightError
from tests.label_studio import EMAIL, copy_fresh, free_port


def serve(folder: Path, port: int) -> "subprocess.Popen[str]":
    """Start the command, and wait until it says that the server runs."""
    command = [sys.executable, "-m", "finetune.cli", "annotate", "serve", str(folder), "--port", str(port)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    assert started.stdout is not None
    told = [started.stdout.readline() for _ in range(3)]
    assert f"runs at http://127.0.0.1:{port}" in told[0]
    assert "the password is in" in told[1]
    assert "/user/signup/?token=" in told[2]
    return started


@pytest.mark.timeout(1200)
def test_a_server_that_a_killed_serve_left_is_stopped_by_the_next_which_stops_cleanly(tmp_path: Path) -> None:
    folder, first, second = tmp_path / "server", free_port(), free_port()
    copy_fresh(folder)
    killed = serve(folder, first)
    killed.kill()
    killed.wait()
    left = int((folder / "server.pid").read_text())
    assert healthy(f"http://127.0.0.1:{first}")
    again = serve(folder, second)
    assert not psutil.pid_exists(left)
    assert Login.read(folder).url == f"http://127.0.0.1:{second}"
    again.send_signal(signal.SIGTERM)
    assert again.wait(60) == 0
    assert not healthy(f"http://127.0.0.1:{second}")
    assert not (folder / "server.pid").exists()


def test_a_taken_port_is_told_instead_of_moved_away_from(tmp_path: Path) -> None:
    copy_fresh(tmp_path / "server")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        started = time.monotonic()
        with (
            pytest.raises(CasewrightError, match=f"Port {port} is taken"),
            serving(tmp_path / "server", port=port, email=EMAIL),
        ):
            raise AssertionError
        assert time.monotonic() - started < 30


def test_a_folder_without_a_server_is_told(tmp_path: Path) -> None:
    with pytest.raises(CasewrightError, match="annotate serve"):
        Login.read(tmp_path)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "postgresql://", "postgresql://u:p@host"])
def test_a_database_that_is_no_postgresql_is_refused(tmp_path: Path, url: str) -> None:
    copy_fresh(tmp_path / "server")
    with (
        pytest.raises(CasewrightError, match="--database wants"),
        serving(tmp_path / "server", port=free_port(), email=EMAIL, database=url),
    ):
        raise AssertionError
