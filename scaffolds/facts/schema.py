"""From Facts to a closed, bounded JSON Schema: it validates answers, fills forms and constrains remote servers.

It admits compact JSON, keys in declared order, evidence before value. The longest possible output is known before
the run. What also binds an answer to its document is `grammar`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import accumulate
from typing import Any

from scaffolds.facts.declare import Facts
from scaffolds.facts.kinds import Kind

NOT_STATED = "niet vermeld"
UNSURE = "onzeker"
QUOTATION, VALUE = "bron", "waarde"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_WORDS = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+|\d+|.", re.DOTALL)


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def tree(facts: type[Facts]) -> dict[str, Any]:
    """Nest the dotted paths of `facts`: {"locatie": {"straat": Text(...)}, ...}; leaves are kinds."""
    nested: dict[str, Any] = {}
    for path, kind in facts.kinds.items():
        *parents, leaf = path.split(".")
        node = nested
        for parent in parents:
            node = node.setdefault(parent, {})
        node[leaf] = kind
    return nested


def json_schema(facts: type[Facts]) -> dict[str, Any]:
    """Compile to JSON Schema (draft 2020-12): closed, bounded, every key required, compact when generated."""

    def stated(kind: Kind) -> dict[str, Any]:
        quotation: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": kind.quote_chars}
        value = kind.schema()
        return _closed({QUOTATION: quotation} if value is None else {QUOTATION: quotation, VALUE: value})

    def fact(kind: Kind) -> dict[str, Any]:
        one = stated(kind)
        if kind.many > 1:
            one = {"type": "array", "items": one, "minItems": 1, "maxItems": kind.many}
        return {"description": kind.label, "anyOf": [one, {"type": "string", "enum": [NOT_STATED, UNSURE]}]}

    def build(node: dict[str, Any]) -> dict[str, Any]:
        return _closed({k: fact(v) if isinstance(v, Kind) else build(v) for k, v in node.items()})

    return {"$schema": DIALECT, "title": facts.__name__, **build(tree(facts)),
            "x-guidance": {"whitespace_flexible": False}}


def spelling(text: str) -> str:
    """Spell `text` as it stands inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def words(document: str) -> list[str]:
    """Cut a document into the pieces at whose edges a quotation may begin and end; nothing is left out."""
    return _WORDS.findall(document)


def longest_output(facts: type[Facts], *, document: str | None = None) -> int:
    """Give the length in bytes of the longest possible answer; no tokenizer needs more tokens than bytes.

    With a document the bound is exact about its quotations' bytes; without one a character may cost six (its
    JSON escape). Add one token for the end of the answer.
    """

    sizes = [len(character.encode("utf-8", "surrogatepass")) for character in spelling(document or "")]
    until = [0, *accumulate(sizes)]

    @cache
    def quote_bytes(chars: int) -> int:
        if document is None:
            return 6 * chars
        width = min(chars, len(sizes))
        return max(end - start for start, end in zip(until, until[width:], strict=False))

    def fact_bytes(kind: Kind) -> int:
        one = len(f'{{"{QUOTATION}":""}}') + quote_bytes(kind.quote_chars)
        if kind.schema() is not None:
            one += len(f',"{VALUE}":') + kind.longest_value()
        if kind.many > 1:
            one = 2 + kind.many * one + (kind.many - 1)
        return max(one, len(json.dumps(NOT_STATED)))

    def build(node: dict[str, Any]) -> int:
        return sum(
            1 + len(json.dumps(key, ensure_ascii=False).encode()) + 1
            + (fact_bytes(below) if isinstance(below, Kind) else build(below))
            for key, below in node.items()
        ) + 1

    return build(tree(facts))


def spans(facts: type[Facts], answer: str) -> dict[str, tuple[int, int]]:
    """Give for every fact, by dotted path, the [start, end) of what a valid compact answer says of it."""
    found: dict[str, tuple[int, int]] = {}

    def walk(node: dict[str, Any], said: dict[str, Any], prefix: str, at: int) -> int:
        for key, below in node.items():
            at += 1 + len(json.dumps(key, ensure_ascii=False)) + 1
            if isinstance(below, Kind):
                end = at + len(json.dumps(said[key], ensure_ascii=False, separators=(",", ":")))
                found[f"{prefix}{key}"] = (at, end)
                at = end
            else:
                at = walk(below, said[key], f"{prefix}{key}.", at)
        return at + 1

    walk(tree(facts), json.loads(answer), "", 0)
    return found
