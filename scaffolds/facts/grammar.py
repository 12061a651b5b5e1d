"""The grammar that binds an answer to its documents, in llguidance's Lark dialect, for local decoding.

A quotation can only be a substring of a document, cut at the edges of words and numbers. Where code can read a
value from words (a day, an amount, a length, a postcode), only quotations that state one are admitted, and only
with a value that they state: the model points, and code reads. Every text that the grammar admits also satisfies
`json_schema`.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Hashable
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Any, cast

from scaffolds.facts.declare import Facts
from scaffolds.facts.kinds import Kind
from scaffolds.facts.schema import NOT_STATED, QUOTATION, UNSURE, VALUE, spelling, tree, words
from scaffolds.facts.support import INK, readable

# A lone surrogate has no UTF-8 form; DEL is written raw by json.dumps and refused raw by llguidance's JSON.
_UNWRITABLE = re.compile("[\x7f\ud800-\udfff]+")
# One character as JSON spells it that is neither a blank nor a control character; the other escapes are.
_EDGE = rf"{INK}(?:(?s:[^\\]|\\[^u]|\\u[0-9a-f]{{4}})*{INK})?"
_INKED = re.compile(INK)


def grammar(facts: type[Facts], *documents: str, received: date) -> str:
    """Compile to a Lark grammar in which every quotation is a substring of one of the documents.

    received: the day from which relative dates are read. JSON escapes are kept whole. Pieces and edges are those
    of `words`; no quotation begins or ends with a blank or a control character, or holds a lone surrogate or a
    DEL. A fact that no substring can support is either not stated or unsure: llguidance would otherwise walk into
    the empty choice. Compiling takes tens of milliseconds; the last few documents are remembered.
    """
    return _compiled(cast(Hashable, facts), documents, received)


@lru_cache(maxsize=64)
def _compiled(declared: Hashable, documents: tuple[str, ...], received: date) -> str:
    facts = cast(type[Facts], declared)
    texts = tuple(
        tuple(words(text)) for document in documents for text in _UNWRITABLE.split(document) if text
    )
    terminals: dict[str, str] = {}
    rules: list[str] = []

    def named(definition: str) -> str:
        return terminals.setdefault(definition, f"TEXT_{len(terminals)}")

    def stated(kind: Kind) -> str | None:
        """What is said of a fact that the documents can support; None when they cannot."""
        head, schema = "{" + json.dumps(QUOTATION) + ':"', kind.schema()
        middle = '",' + json.dumps(VALUE) + ":"
        found = readable(kind, texts, received=received)
        if found is not None:
            pairs = " | ".join(
                _literal(f"{spelling(quotation)}{middle}{json.dumps(value)}") for quotation, value in found
            )
            return f'{_literal(head)} {named(pairs)} {_literal("}")}' if found else None
        if not any(_quotable(kind, [spelling(piece) for piece in text]) for text in texts):
            return None
        shape = f" & /{kind.pattern()}/" if kind.pattern() else ""
        quotation = named(f"PART & /(?s:.){{1,{kind.quote_chars}}}/ & /{_EDGE}/{shape}")
        value = _literal('"}') if schema is None else f'{_literal(middle)} %json {json.dumps(schema)} {_literal("}")}'
        return f"{_literal(head)} {quotation} {value}"

    def fact(kind: Kind) -> str:
        apart = " | ".join(_literal(json.dumps(word)) for word in (NOT_STATED, UNSURE))
        said = stated(kind)
        if said is None:
            return f"({apart})"
        one = f"stated_{len(rules)}"
        rules.append(f"{one}: {said}")
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
    chunks = [
        f'PART_{i}: %regex {json.dumps({"substring_chunks": [spelling(piece) for piece in text]}, ensure_ascii=False)}'
        for i, text in enumerate(texts)
    ]
    part = f"PART: {' | '.join(chunk.split(':', 1)[0] for chunk in chunks)}" if chunks else ""
    defined = [f"{name}: {definition}" for definition, name in terminals.items()]
    return "\n".join([start, *rules, *defined, part, *chunks]) + "\n"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _quotable(kind: Kind, pieces: list[str]) -> bool:
    """Say whether any run of spelled pieces can be a quotation of `kind`, as `grammar` would allow it."""
    shape = kind.pattern()
    if shape is None:
        return any(len(piece) <= kind.quote_chars and _INKED.match(piece) for piece in pieces)
    text, matcher = "".join(pieces), re.compile(shape)
    edges = list(accumulate(map(len, pieces), initial=0))
    for i, start in enumerate(edges[:-1]):
        if matcher.match(text, start) and _INKED.match(pieces[i]):
            for j in range(i + 1, bisect_right(edges, start + kind.quote_chars)):
                if _INKED.match(pieces[j - 1]) and matcher.fullmatch(text, start, edges[j]):
                    return True
    return False
