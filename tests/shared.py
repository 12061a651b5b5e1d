"""Real event logs, tables and notices that are not committed: found beside the checkout, or skipped by name."""

import os
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("CASEWRIGHT_SHARED", Path(__file__).parents[2] / "shared")) / "data"


def shared_file(name: str) -> Path:
    """Return the path of `name` under the shared data folder, or skip the calling test."""
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"shared data file absent: {name}")
    return path
