"""From Facts to what holds a model's answer: a closed JSON Schema, and a grammar bound to a document.

The schema validates, fills forms and constrains remote servers. The grammar (llguidance's Lark dialect)
constrains local decoding: a quotation can only be a substring of the document, cut at the edges of words and
numbers. Both admit the same compact JSON, keys in declared order, evidence before value. The longest possible
output is known before the run.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from itertools import accumulate
from typing import Any

from scaffolds.facts.declare import Facts
from scaffolds.facts.kinds import Kind

NOT_STATED = "niet vermeld"
UNSURE = "onzeker"
QUOTATION, VALUE = "bron", "waarde"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_WORDS = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+|\d+|.", re.DOTALL)
# A lone surrogate has no UTF-8 form; DEL is written raw by json.dumps and refused raw by llguidance's JSON.
_UNWRITABLE = re.compile("[\x7f\ud800-\udfff]+")
# One character as JSON spells it that is neither a blank nor a control character; the other escapes are.
_INK = r'(?:[^\s\\]|\\["\\])'
_EDGE = rf"{_INK}(?:(?s:[^\\]|\\[^u]|\\u[0-9a-f]{{4}})*{_INK})?"


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


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _spelling(text: str) -> str:
    """Spell `text` as it stands inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def words(document: str) -> list[str]:
    """Cut a document into the pieces at whose edges a quotation may begin and end; nothing is left out."""
    return _WORDS.findall(document)


def _quotable(kind: Kind, pieces: list[str]) -> bool:
    """Say whether any run of spelled pieces can be a quotation of `kind`, as `grammar` would allow it."""
    ink, shape = re.compile(_INK), kind.pattern()
    if shape is None:
        return any(len(piece) <= kind.quote_chars and ink.match(piece) for piece in pieces)
    text, matcher = "".join(pieces), re.compile(shape)
    edges = list(accumulate(map(len, pieces), initial=0))
    for i, start in enumerate(edges[:-1]):
        if matcher.match(text, start) and ink.match(pieces[i]):
            for j in range(i + 1, bisect_right(edges, start + kind.quote_chars)):
                if ink.match(pieces[j - 1]) and matcher.fullmatch(text, start, edges[j]):
                    return True
    return False


def grammar(facts: type[Facts], *documents: str) -> str:
    """Compile to a Lark grammar in which every quotation is a substring of one of the documents.

    JSON escapes are kept whole. Pieces and edges are those of `words`; no quotation begins or ends with a
    blank or a control character, or holds a lone surrogate or a DEL. A fact that no substring can support is
    either not stated or unsure: llguidance would otherwise walk into the empty choice.
    """
    texts = [[_spelling(word) for word in words(text)]
             for document in documents for text in _UNWRITABLE.split(document)]
    rules: list[str] = []
    patterns: dict[tuple[int, str | None], str] = {}

    def quotation(kind: Kind) -> str:
        key = (kind.quote_chars, kind.pattern())
        if key not in patterns:
            patterns[key] = f"QUOTE_{len(patterns)}"
            shape = f" & /{key[1]}/" if key[1] else ""
            rules.append(f"{patterns[key]}: PART & /(?s:.){{1,{key[0]}}}/ & /{_EDGE}/{shape}")
        return patterns[key]

    def stated(kind: Kind) -> str:
        head = f'{_literal("{" + json.dumps(QUOTATION) + ":" + chr(34))} {quotation(kind)}'
        schema = kind.schema()
        if schema is None:
            return f'{head} {_literal(chr(34) + "}")}'
        middle = _literal(chr(34) + "," + json.dumps(VALUE) + ":")
        return f'{head} {middle} %json {json.dumps(schema)} {_literal("}")}'

    def fact(kind: Kind) -> str:
        apart = " | ".join(_literal(json.dumps(word)) for word in (NOT_STATED, UNSURE))
        if not any(_quotable(kind, pieces) for pieces in texts):
            return f"({apart})"
        rules.append(f"stated_{len(rules)}: {stated(kind)}")
        one = rules[-1].split(":", 1)[0]
        if kind.many > 1:
            one = f'{_literal("[")} {one} ({_literal(",")} {one}){{0,{kind.many - 1}}} {_literal("]")}'
        return f"({one} | {apart})"

    def build(node: dict[str, Any]) -> str:
        parts = []
        for i, (key, below) in enumerate(node.items()):
            lead = ("{" if i == 0 else ",") + json.dumps(key, ensure_ascii=False) + ":"
            parts.append(f"{_literal(lead)} {fact(below) if isinstance(below, Kind) else build(below)}")
        return " ".join([*parts, _literal("}")])

    start = f"start: {build(tree(facts))}"
    chunks = [f'PART_{i}: %regex {json.dumps({"substring_chunks": pieces}, ensure_ascii=False)}'
              for i, pieces in enumerate(texts) if pieces]
    part = f"PART: {' | '.join(chunk.split(':', 1)[0] for chunk in chunks)}" if chunks else ""
    return "\n".join([start, *rules, part, *chunks]) + "\n"


def longest_output(facts: type[Facts], *, document: str | None = None) -> int:
    """Give the length in bytes of the longest possible answer; no tokenizer needs more tokens than bytes.

    With a document the bound is exact about its quotations' bytes; without one a character may cost six (its
    JSON escape). Add one token for the end of the answer.
    """

    def quote_bytes(kind: Kind) -> int:
        if document is None:
            return 6 * kind.quote_chars
        spelled = _spelling(document)
        width = min(kind.quote_chars, len(spelled))
        sizes = [len(character.encode("utf-8", "surrogatepass")) for character in spelled]
        best = current = sum(sizes[:width])
        for i in range(width, len(sizes)):
            current += sizes[i] - sizes[i - width]
            best = max(best, current)
        return best

    def fact_bytes(kind: Kind) -> int:
        one = len(f'{{"{QUOTATION}":""}}') + quote_bytes(kind)
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
