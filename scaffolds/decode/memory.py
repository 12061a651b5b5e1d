"""Memory: what a generation freed goes back to the system.

Caches grow by copying, and glibc keeps the holes that this leaves: a run that needs two GiB came to hold nine.
Elsewhere than with glibc nothing happens.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Return free memory of this process to the system; takes milliseconds."""
    if trim := _trim():
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None
    return found
