"""The pinned versions of constraints.txt, held against what is installed."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from scaffolds.errors import CasewrightError

CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
MATTERING = ("torch", "transformers", "trl", "peft", "accelerate", "llguidance", "outlines", "bitsandbytes")
"""Packages whose version changes what is trained or generated."""


def differing_packages() -> dict[str, tuple[str, str | None]]:
    """Packages that differ from the tested version: name to (tested, installed or None).

    Raises CasewrightError when constraints.txt is not beside the packages, as in an installed wheel.
    """
    try:
        lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CasewrightError(f"{CONSTRAINTS} cannot be read; run doctor from a checkout.") from error
    tested = dict(line.split("==", 1) for line in lines if "==" in line and not line.startswith("#"))
    found = {name: _installed(name) for name in MATTERING}
    # A local label names the build ("2.13.0+cpu"), not another version.
    return {n: (tested[n], v) for n, v in found.items() if v is None or v.split("+")[0] != tested[n]}


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
