"""Grammars: what compiles, and that a quotation cannot leave its document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaffolds.decode import Decoder, Grammar, Job
from scaffolds.errors import CasewrightError
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer

HOSTILE = (
    'Hij zei: "kap die \\ boom" en \\"sloot\\" de deur.',
    "Cafe\u0301 aan de A\u030akade, nai\u0308ef \u2014 e\u0301e\u0301n huis",
    "regel een\nregel twee\r\n\tingesprongen\u2028scheiding",
    "boom \U0001f333 en huis \U0001f3e1\U0001f468\u200d\U0001f469\u200d\U0001f467 klaar",
    '","quote":"verzonnen"}{"a":"\\u0041\\n',
    "\x00\x07\x1b[31m rood \x7f",
)


def quotation_grammar(document: str) -> Grammar:
    """An object whose one value can only be a substring of `document`, with JSON escapes kept whole."""
    chunks = [json.dumps(character, ensure_ascii=False)[1:-1] for character in document]
    substring = json.dumps({"substring_chunks": chunks}, ensure_ascii=False)
    return Grammar.lark(f'start: "{{\\"quote\\":\\"" QUOTE "\\"}}"\nQUOTE: %regex {substring}\n')


def quotations(document: str, *, copies: int, seed: int = 0) -> list[str]:
    decoder = Decoder(tiny_model(), tiny_tokenizer())
    job = Job(tuple(tiny_tokenizer().encode("Kappen.")), quotation_grammar(document), 200)
    answers = decoder.generate([job] * copies, temperature=1.5, seed=seed)
    assert all(answer.finished for answer in answers)
    return [json.loads(answer.text)["quote"] for answer in answers]


@pytest.mark.parametrize("document", HOSTILE)
def test_a_quotation_is_always_a_substring_of_its_document(document: str) -> None:
    found = quotations(document, copies=40)
    assert all(quotation in document for quotation in found)
    assert any(found)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=st.text(min_size=1, max_size=40))
def test_a_quotation_is_a_substring_of_any_document(document: str) -> None:
    assert all(quotation in document for quotation in quotations(document, copies=4))


@pytest.mark.parametrize(
    ("grammar", "message"),
    [
        (Grammar.json({"type": "array", "uniqueItems": True}), "uniqueItems"),
        (Grammar.json({"type": "string", "format": "bsn"}), "bsn"),
        (Grammar.lark("start: ONBEKEND"), "ONBEKEND"),
        (Grammar.lark('start: "open'), "grammar cannot be compiled"),
    ],
)
def test_a_grammar_that_does_not_compile_is_refused_with_its_reason(grammar: Grammar, message: str) -> None:
    with pytest.raises(CasewrightError, match=message):
        grammar.check(tiny_tokenizer())
    with pytest.raises(CasewrightError, match=message):
        Decoder(tiny_model(), tiny_tokenizer()).generate([Job((5,), grammar, 20)])


def test_json_is_compact_whatever_the_schema_says() -> None:
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            "a": {"type": "boolean"},
            "b": {"type": "array", "items": {"type": "null"}, "maxItems": 2},
        },
        "required": ["a", "b"],
        "additionalProperties": False,
        "x-guidance": {"whitespace_flexible": True},
    }
    Grammar.json(schema).check(tiny_tokenizer())
    job = Job((5, 6), Grammar.json(schema), 60)
    for answer in Decoder(tiny_model(), tiny_tokenizer()).generate([job] * 20, temperature=2.0, seed=1):
        assert not any(character.isspace() for character in answer.text)


def test_grammars_are_values() -> None:
    assert Grammar.json({"type": "null"}) == Grammar.json({"type": "null"})
    assert len({Grammar.lark('start: "a"'), Grammar.lark('start: "a"'), Grammar.lark('start: "b"')}) == 2


def test_an_end_of_text_before_the_grammar_allows_it_is_an_error() -> None:
    decoder = Decoder(tiny_model(), tiny_tokenizer())
    with pytest.raises(CasewrightError, match="ends before"):
        decoder.score((5, 6), (tiny_tokenizer().eos_token_id,), Grammar.lark("start: /[ab]+/"))
