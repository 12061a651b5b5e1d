"""Days and amounts as Dutch letters write them."""

from __future__ import annotations

from datetime import date

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def day_nl(day: date) -> str:
    """Write a day as Dutch letters do: 3 maart 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def cents_nl(cents: int) -> str:
    """Write euro cents as Dutch letters do: € 12.500,00."""
    whole, rest = divmod(cents, 100)
    return f"€ {whole:,}".replace(",", ".") + f",{rest:02d}"
