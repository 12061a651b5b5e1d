"""Two thousand and more answers of an untrained model at temperature 1.5: what the decoder promises, at volume."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from data_templates.omgevingsvergunning import generate
from scaffolds.decode import Decoder
from scaffolds.decode.generation import Job
from scaffolds.decode.grammar import Grammar
from scaffolds.facts import Facts, grammar, json_schema, longest_output
from tests.scaffolds.test_facts import HOSTILE
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer
from workflows.omgevingsvergunning.facts import Aanvraag, Boom, Dakkapel, Inrit, Reclame, Uitbouw

RECEIVED = date(2026, 3, 10)
EACH = 16
"""Answers per document and question, drawn together as a group."""
READ: tuple[type[Facts], ...] = (Aanvraag, Boom, Dakkapel, Inrit, Reclame, Uitbouw)


def documents() -> list[str]:
    dossiers = generate(10, seed=11, split="eval")
    ordinary = ["\n\n".join(document.text for document in dossier.documents) for dossier in dossiers]
    return [*HOSTILE.values(), *ordinary]


def quotations(said: Any) -> Iterator[str]:
    if isinstance(said, dict):
        for key, below in said.items():
            if key == "bron":
                yield below
            else:
                yield from quotations(below)
    elif isinstance(said, list):
        for below in said:
            yield from quotations(below)


def test_of_two_thousand_answers_none_is_invalid_invented_or_cut_off() -> None:
    decoder = Decoder(tiny_model("llama", seed=5), tiny_tokenizer())
    prompt = tuple(tiny_tokenizer().encode("Lees het stuk."))
    seen = invented = 0
    for number, text in enumerate(documents()):
        for facts in READ:
            held = Grammar.lark(grammar(facts, text, received=RECEIVED))
            job = Job(prompt, held, max_tokens=longest_output(facts, document=text) + 1)
            seeds = [number * 1000 + place for place in range(EACH)]
            validator = Draft202012Validator(json_schema(facts), format_checker=FormatChecker(["date"]))
            for answer in decoder.generate([job] * EACH, temperature=1.5, seed=seeds):
                assert answer.finished
                said = json.loads(answer.text)
                assert not list(validator.iter_errors(said))
                invented += sum(quotation not in text for quotation in quotations(said))
                seen += 1
    assert seen >= 2000
    assert invented == 0


def test_what_this_counts_is_what_goes_wrong() -> None:
    validator = Draft202012Validator(json_schema(Boom), format_checker=FormatChecker(["date"]))
    assert list(validator.iter_errors({"boomsoort": {"bron": ""}}))
    assert list(quotations({"a": [{"bron": "x", "waarde": "ja"}], "b": {"c": {"bron": "y"}}})) == ["x", "y"]
    with pytest.raises(json.JSONDecodeError):
        json.loads('{"boomsoort":{"bron":"eik')
