"""Which source made a checkpoint: the commit, and a digest of every file that its training text depends on."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

TREE = Path(__file__).parents[2]
SOURCE = (
    "finetune/klerk/*.py",
    "finetune/klerk/bank/*.txt",
    "finetune/klerk/words.yaml",
    "data_templates/names.py",
    "data_templates/names.txt",
    "scaffolds/prompt.py",
    "scaffolds/facts/schema.py",
)


def digest() -> str:
    """The first sixteen digits of the SHA-256 of the source."""
    made = hashlib.sha256()
    for path in (path for pattern in SOURCE for path in sorted(TREE.glob(pattern))):
        made.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()[:16]


def revision() -> str:
    """The commit of the working tree, marked where the source differs from it; "unknown" without git."""

    def git(*arguments: str) -> str:
        asked = subprocess.run(["git", *arguments], cwd=TREE, capture_output=True, text=True, check=True)
        return asked.stdout.strip()

    try:
        changed = git("status", "--porcelain", "--", *SOURCE)
        return git("rev-parse", "HEAD") + (" with changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
