"""Roles and what they may do. Checked where a case is acted on, so that page and API obey the same rule.

Who decides and who signs is named by the step of the workflow; the rights here are for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["behandelaar", "tweede_ondertekenaar", "teamleider", "auditor", "beheerder"]
Right = Literal[
    "read", "take_in", "handle", "settle", "hand_over", "figures", "switch", "people", "log"
]
ROLES: tuple[Role, ...] = get_args(Role)

_MAY: Mapping[Role, frozenset[Right]] = {
    "behandelaar": frozenset({"read", "take_in", "handle", "hand_over"}),
    "tweede_ondertekenaar": frozenset({"read", "hand_over"}),
    "teamleider": frozenset({"read", "take_in", "settle", "hand_over", "figures", "switch"}),
    # Reads everything, changes nothing.
    "auditor": frozenset({"read", "figures", "log"}),
    # Keeps the desk running and sees no case: that would need a purpose of its own.
    "beheerder": frozenset({"switch", "people", "log"}),
}


def may(roles: tuple[Role, ...], right: Right) -> bool:
    """Whether one of these roles gives the right."""
    return any(right in _MAY[role] for role in roles)
