"""Bezwaar: the objection procedure of the Dutch General Administrative Law Act (Awb)."""

from workflows.bezwaar.definition import WORKFLOW

__all__ = ["WORKFLOW"]
