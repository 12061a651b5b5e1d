"""The grammar that binds an answer to its documents, in llguidance's Lark dialect, for local decoding.

A quotation can only be a substring of a document, cut at the edges of words and numbers. Where code can read a
value from words (a day, an amount, a length, a postcode), only quotations that state one are admitted, and only
with a value that they state: the model points, and code reads. Every text that the grammar admits also satisfies
`json_schema`.

Where something is known beforehand (an archive knows how a case ended), the grammar admits only answers that say so.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Hashable, Mapping
from datetime import date
from functools import lru_cache
from itertools import accumulate
from types import MappingProxyType
from typing import Any, cast

from scaffolds.facts.answer import Fact
from scaffolds.facts.declare import Facts
from scaffolds.facts.kinds import Kind, Value
from scaffolds.facts.schema import NOT_STATED, QUOTATION, UNSURE, VALUE, spelling, tree, words
from scaffolds.facts.support import INK, readable

# A lone surrogate has no UTF-8 form; DEL is written raw by json.dumps and refused raw by llguidance's JSON.
_UNWRITABLE = re.compile("[\x7f\ud800-\udfff]+")
# One character as JSON spells it that is neither a blank nor a control character; the other escapes are.
_EDGE = rf"{INK}(?:(?s:[^\\]|\\[^u]|\\u[0-9a-f]{{4}})*{INK})?"
_INKED = re.compile(INK)


def grammar(
    facts: type[Facts], *documents: str, received: date, known: Mapping[str, Fact] = MappingProxyType({})
) -> str:
    """Compile to a Lark grammar in which every quotation is a substring of one of the documents.

    received: the day from which relative dates are read. known: facts of which only this state is admitted, and where
    they have values only these, in their order; a value that no document states binds nothing.

    JSON escapes are kept whole. Pieces and edges are those of `words`; no quotation begins or ends with a blank or a
    control character, or holds a lone surrogate or a DEL. A fact that no substring can support is either not stated or
    unsure: llguidance would otherwise walk into the empty choice. Compiling takes tens of milliseconds; the last few
    documents are remembered.
    """
    bound = tuple(known[path] for path in facts.kinds if path in known)
    return _compiled(cast(Hashable, facts), documents, received, bound)


@lru_cache(maxsize=64)
def _compiled(declared: Hashable, documents: tuple[str, ...], received: date, known: tuple[Fact, ...]) -> str:
    facts = cast(type[Facts], declared)
    bound = {fact.path: fact for fact in known}
    texts = tuple(
        tuple(words(text)) for document in documents for text in _UNWRITABLE.split(document) if text
    )
    spelled = [[spelling(piece) for piece in text] for text in texts]
    terminals: dict[str, str] = {}
    rules: list[str] = []

    def named(definition: str) -> str:
        return terminals.setdefault(definition, f"TEXT_{len(terminals)}")

    def stated(kind: Kind, only: Value | None = None) -> str | None:
        """What is said of a fact, or of one value of it, that the documents can support; None when they cannot."""
        head, closing, schema = "{" + json.dumps(QUOTATION) + ':"', _literal('"}'), kind.schema()
        middle = '",' + json.dumps(VALUE) + ":"
        found = readable(kind, texts, received=received)
        if found is not None:
            pairs = " | ".join(
                _literal(f"{spelling(quotation)}{middle}{json.dumps(value)}")
                for quotation, value in found
                if only in (None, value)
            )
            return f'{_literal(head)} {named(pairs)} {_literal("}")}' if pairs else None
        if only is not None and schema is None:
            written = spelling(str(only))
            return _literal(f'{head}{written}"}}') if any(_quotes(kind, text, written) for text in spelled) else None
        if not any(_quotable(kind, text) for text in spelled):
            return None
        if only is not None and schema and only not in schema.get("enum", [only]):
            return None
        shape = f" & /{kind.pattern()}/" if kind.pattern() else ""
        quotation = named(f"PART & /(?s:.){{1,{kind.quote_chars}}}/ & /{_EDGE}/{shape}")
        if schema is None:
            return f"{_literal(head)} {quotation} {closing}"
        value = f"%json {json.dumps(schema)}" if only is None else _literal(json.dumps(only, ensure_ascii=False))
        return f'{_literal(head)} {quotation} {_literal(middle)} {value} {_literal("}")}'

    def rule(said: str) -> str:
        rules.append(f"stated_{len(rules)}: {said}")
        return rules[-1].split(":", 1)[0]

    def several(first: str, rest: str) -> str:
        return f'{_literal("[")} {first} {rest} {_literal("]")}'

    def fact(kind: Kind, path: str) -> str:
        apart = " | ".join(_literal(json.dumps(word)) for word in (NOT_STATED, UNSURE))
        told = bound.get(path)
        if told and told.state != "stated":
            return _literal(json.dumps(NOT_STATED if told.state == "not_stated" else UNSURE))
        each = [stated(kind, only=value) for value in told.values] if told and len(told.values) <= kind.many else []
        if each and all(each):
            first, *more = [rule(said) for said in each if said]
            return several(first, " ".join(f'{_literal(",")} {one}' for one in more)) if kind.many > 1 else first
        said = stated(kind)
        if said is None:
            return f"({apart})"
        one = rule(said)
        if kind.many > 1:
            one = several(one, f'({_literal(",")} {one}){{0,{kind.many - 1}}}')
        return one if told and not told.values else f"({one} | {apart})"

    def build(node: dict[str, Any], above: str = "") -> str:
        parts = []
        for i, (key, below) in enumerate(node.items()):
            lead = ("{" if i == 0 else ",") + json.dumps(key, ensure_ascii=False) + ":"
            path = f"{above}{key}"
            inner = fact(below, path) if isinstance(below, Kind) else build(below, f"{path}.")
            parts.append(f"{_literal(lead)} {inner}")
        return " ".join([*parts, _literal("}")])

    start = f"start: {build(tree(facts))}"
    chunks = [
        f'PART_{i}: %regex {json.dumps({"substring_chunks": text}, ensure_ascii=False)}'
        for i, text in enumerate(spelled)
    ]
    part = f"PART: {' | '.join(chunk.split(':', 1)[0] for chunk in chunks)}" if chunks else ""
    defined = [f"{name}: {definition}" for definition, name in terminals.items()]
    return "\n".join([start, *rules, *defined, part, *chunks]) + "\n"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _quotes(kind: Kind, pieces: list[str], written: str) -> bool:
    """Say whether a run of spelled pieces reads `written` and can be a quotation of `kind`."""
    text, edges = "".join(pieces), {*accumulate(map(len, pieces), initial=0)}
    shaped = not (shape := kind.pattern()) or re.fullmatch(shape, written)
    if len(written) > kind.quote_chars or not re.fullmatch(_EDGE, written) or not shaped:
        return False
    return any(start + len(written) in edges and text.startswith(written, start) for start in edges)


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
