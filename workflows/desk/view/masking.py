"""A case as it may be shown to anyone who may see it: every BSN in its texts, facts and reasons masked. Pure.

Whatever a page or the API shows is made from this case, unless a person gave a reason to see the numbers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scaffolds.bsn import mask, numbers
from scaffolds.case import Case


def masked(case: Case) -> Case:
    """Mask every BSN; the same case where there is none. Texts keep their length, so evidence keeps its place."""
    if not any(_holds(event.payload) for event in case.events):
        return case
    return replace(case, events=tuple(replace(event, payload=_masked(event.payload)) for event in case.events))


def _holds(value: Any) -> bool:
    if isinstance(value, str):
        return next(numbers(value), None) is not None
    if isinstance(value, dict):
        return any(_holds(one) for key, one in value.items() if key != _WHO)
    return isinstance(value, list) and any(map(_holds, value))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {key: one if key == _WHO else _masked(one) for key, one in value.items()}
    return [_masked(one) for one in value] if isinstance(value, list) else value


_WHO = "person"
"""The id of a colleague, by which their name is looked up; an identity provider's may well be a number."""
