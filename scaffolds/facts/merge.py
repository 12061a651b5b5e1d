"""Join what was read from the parts of a document that did not fit at once.

A fact stated in one part, or alike in several, is stated; parts that disagree, or one that is unsure, make it
unsure; only a fact that no part states is not stated.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from scaffolds.facts.declare import Facts
from scaffolds.facts.kinds import Kind
from scaffolds.facts.schema import NOT_STATED, QUOTATION, UNSURE, VALUE, tree


def merge(facts: type[Facts], answers: Sequence[str]) -> str:
    """Join valid answers to the same question about consecutive parts into one valid answer."""
    said = [json.loads(answer) for answer in answers]
    return json.dumps(_merge(tree(facts), said), ensure_ascii=False, separators=(",", ":"))


def nothing_read(facts: type[Facts]) -> str:
    """Give the answer that hands every fact to a person."""

    def fill(part: dict[str, Any]) -> dict[str, Any]:
        return {key: fill(below) if isinstance(below, dict) else UNSURE for key, below in part.items()}

    return json.dumps(fill(tree(facts)), ensure_ascii=False, separators=(",", ":"))


def _merge(node: dict[str, Any], said: list[Any]) -> dict[str, Any]:
    return {
        key: _one(below, [part[key] for part in said])
        if isinstance(below, Kind)
        else _merge(below, [part[key] for part in said])
        for key, below in node.items()
    }


def _one(kind: Kind, said: list[Any]) -> Any:
    stated = [answer for answer in said if answer not in (NOT_STATED, UNSURE)]
    if UNSURE in said or not stated:
        return UNSURE if UNSURE in said else NOT_STATED
    if kind.many > 1:
        items = {_value(item): item for answer in reversed(stated) for item in reversed(answer)}
        return list(reversed(items.values()))[: kind.many]
    return stated[0] if len({_value(answer) for answer in stated}) == 1 else UNSURE


def _value(item: dict[str, Any]) -> Any:
    return item.get(VALUE, item[QUOTATION])
