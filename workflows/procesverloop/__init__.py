"""Procesverloop (the course of a case): what comes next in a case of another system, and how soon."""

from workflows.procesverloop.definition import (
    AFTER_START,
    KNOWN_AT_START,
    NAME,
    VERSION,
    Procesverloop,
    attributes_at_start,
    procesverloop,
)

__all__ = ["AFTER_START", "KNOWN_AT_START", "NAME", "VERSION", "Procesverloop", "attributes_at_start", "procesverloop"]
