"""The typed values of XES attributes, from the text of a file to what a trace keeps (see `trace`)."""

import math
from collections.abc import Callable
from typing import Any


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


def _float(text: str) -> float | dict[str, str]:
    value = float(text)
    if math.isfinite(value):
        return value
    return {"float": "NaN" if math.isnan(value) else "INF" if value > 0 else "-INF"}


CONVERT: dict[str, Callable[[str], Any]] = {
    "string": str,
    "date": lambda text: {"date": text},
    "int": int,
    "float": _float,
    "boolean": _boolean,
    "id": lambda text: {"id": text},
}
"""By element name. Raises ValueError or KeyError for a text that is no such value."""
