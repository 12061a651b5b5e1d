"""Read Dutch quantities, amounts and dates back from a quotation."""
from __future__ import annotations

from datetime import date


def quantities(quotation: str, *, unit: str) -> frozenset[int]:
    raise NotImplementedError


def euro_cents(quotation: str) -> frozenset[int]:
    raise NotImplementedError


def days(quotation: str, *, received: date) -> frozenset[date]:
    raise NotImplementedError
