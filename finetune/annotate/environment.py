"""Environment: Label Studio in a virtual environment of its own, because its dependencies conflict with ours.

Every version in it, transitive ones too, is pinned in `server-constraints.txt`. `python -m
finetune.annotate.environment` makes it where it is absent.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path

from scaffolds.errors import CasewrightError
from scaffolds.files import sha256_file

VERSION = "1.23.2"
PLACE = "CASEWRIGHT_LABEL_STUDIO"
"""The variable that names the folder of the environment."""


def server_folder() -> Path:
    """Where the environment is, or will be: named by CASEWRIGHT_LABEL_STUDIO, else with the user's data."""
    if named := os.environ.get(PLACE):
        return Path(named).absolute()
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "casewright" / f"label-studio-{VERSION}"


def server_program() -> Path:
    """The server's program; its environment is made where it is absent (some minutes, about 1 GB).

    Raises CasewrightError when it cannot be installed.
    """
    folder = server_folder()
    program, done = folder / "bin" / "label-studio", folder / "installed"
    with resources.as_file(resources.files("finetune.annotate") / "server-constraints.txt") as constraints:
        wanted = sha256_file(constraints)
        if done.is_file() and done.read_text() == wanted:
            return program
        shutil.rmtree(folder, ignore_errors=True)
        install = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        commands: tuple[list[str | Path], ...] = (
            [sys.executable, "-m", "venv", folder],
            [*install, "--constraint", constraints, f"label-studio=={VERSION}"],
        )
        for command in commands:
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode:
                last = (ran.stderr.strip() or ran.stdout.strip() or "no message").splitlines()[-1]
                raise CasewrightError(f"Label Studio could not be installed in {folder}: {last}")
    done.write_text(wanted)
    return program


if __name__ == "__main__":
    print(server_program())
