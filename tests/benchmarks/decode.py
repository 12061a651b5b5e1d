"""Tokens per second of Casewright's decoder against Outlines' own generation, as ratios of medians.

Both sides run the same random Llama of about 100 million parameters in fp32, the same permit schema as
compact JSON, llguidance, greedy decoding, and the same count: every token of the answers, forced ones and
the closing end-of-text included. The rounds of both sides alternate, so that a busy machine slows both.

    python -m tests.benchmarks.decode
"""

from __future__ import annotations

import os

# llguidance wraps its mask in torch.compile, which would charge Outlines seconds of compilation on a CPU.
os.environ.setdefault("TORCHDYNAMO_DISABLE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import json
import random
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import outlines
import torch
from outlines.types import JsonSchema
from rich.console import Console
from rich.table import Table
from transformers import LlamaConfig, LlamaForCausalLM

from scaffolds.decode import Decoder, Grammar, Job
from tests.scaffolds.tiny import train_tokenizer

ROUNDS = 3
GROUP = 8
GOALS = {1: 2.5, GROUP: 4.0}

STREETS = ("Kerkstraat", "Lindelaan", "Dorpsweg", "Prins Bernhardplein", "Zuiderkade", "Molenpad")
PLACES = ("Zaandam", "Krommenie", "Assendelft", "Wormerveer", "Westzaan")
ACTIVITIES = ("kappen", "dakkapel", "uitrit", "reclame", "aanbouw")
ANSWERS = ("ja", "nee", "niet_vermeld")


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def words(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


YES_NO = {"type": "string", "enum": list(ANSWERS)}
ADDRESS = closed(
    {
        "straat": words(16),
        "huisnummer": {"type": "integer", "minimum": 1, "maximum": 9999},
        "postcode": {"type": "string", "pattern": "^[1-9][0-9]{3}[A-Z]{2}$"},
        "plaats": {"type": "string", "enum": list(PLACES)},
    }
)
ATTACHMENTS = ("situatietekening", "gevelaanzicht", "plattegrond", "constructieberekening", "machtiging")
SCHEMA = closed(
    {
        "activiteit": {"type": "string", "enum": list(ACTIVITIES)},
        "datum_aanvraag": {"type": "string", "format": "date"},
        "aanvrager": words(16),
        "hoedanigheid": {"type": "string", "enum": ["eigenaar", "huurder", "gemachtigde", "niet_vermeld"]},
        "locatie": ADDRESS,
        "oppervlakte_m2": {"type": "integer", "minimum": 0, "maximum": 500},
        "bouwkosten_cent": {"type": "integer", "minimum": 0, "maximum": 9999999},
        "monument": YES_NO,
        "beschermd_dorpsgezicht": YES_NO,
        "bijlagen": closed(dict.fromkeys(ATTACHMENTS, YES_NO)),
        "zelf_uitvoeren": YES_NO,
    }
) | {"x-guidance": {"whitespace_flexible": False}}


def letter(draw: random.Random) -> tuple[str, str]:
    """An application of some three hundred words and the answer that belongs to it, as compact JSON."""
    street, place, activity = draw.choice(STREETS), draw.choice(PLACES), draw.choice(ACTIVITIES)
    number, cost, area = draw.randint(1, 200), draw.randint(500, 90000), draw.randint(2, 80)
    sentences = (
        f"Hierbij vraag ik een omgevingsvergunning aan voor {activity} aan de {street} {number}.",
        f"De woning staat in {place} en is geen monument; het gaat om ongeveer {area} vierkante meter.",
        f"De bouwkosten zijn volgens de aannemer {cost} euro, exclusief btw.",
        "Een tekening en een situatieschets zijn bijgevoegd, evenals de machtiging van de eigenaar.",
        "De buren zijn op de hoogte en hebben geen bezwaar tegen de uitvoering van de werkzaamheden.",
        "Ik verzoek u mij te laten weten of de aanvraag volledig is en welke termijn geldt.",
    )
    answer = {
        "activiteit": activity,
        "datum_aanvraag": "2026-03-01",
        "aanvrager": "J. de Vries",
        "hoedanigheid": "eigenaar",
        "locatie": {"straat": street, "huisnummer": number, "postcode": "1506AB", "plaats": place},
        "oppervlakte_m2": area,
        "bouwkosten_cent": cost * 100,
        "monument": "nee",
        "beschermd_dorpsgezicht": "niet_vermeld",
        "bijlagen": dict.fromkeys(ATTACHMENTS, "ja"),
        "zelf_uitvoeren": "niet_vermeld",
    }
    text = " ".join(draw.choices(sentences, k=22))
    return text, json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def contestants() -> tuple[Decoder, Any, str]:
    """Casewright's decoder, Outlines' generator, and the prompt, on one model and tokenizer."""
    draw = random.Random(1)
    pairs = [letter(draw) for _ in range(300)]
    tokenizer = train_tokenizer(tuple(text for pair in pairs for text in pair), size=8000)
    tokenizer.chat_template = None
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=16000,
            hidden_size=768,
            intermediate_size=2048,
            num_hidden_layers=12,
            num_attention_heads=12,
            num_key_value_heads=12,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            bos_token_id=None,
        )
    ).eval()
    generator = outlines.Generator(
        outlines.from_transformers(model, tokenizer), JsonSchema(SCHEMA), backend="llguidance"
    )
    return Decoder(model, tokenizer), generator, letter(draw)[0]


def speed(run: Callable[[], list[str]], decoder: Decoder) -> tuple[float, list[str]]:
    """Output tokens per second of one run, and its texts."""
    began = time.perf_counter()
    texts = run()
    seconds = time.perf_counter() - began
    tokens = sum(len(decoder.tokenizer.encode(text)) + 1 for text in texts)
    return tokens / seconds, texts


def main() -> None:
    decoder, generator, prompt = contestants()
    prompt_ids = tuple(decoder.tokenizer.encode(prompt))
    grammar = Grammar.json(SCHEMA)
    limit = 400

    def ours(size: int) -> list[str]:
        jobs = [Job(prompt_ids, grammar, limit)] * size
        return [answer.text for answer in decoder.generate(jobs)]

    def theirs(size: int) -> list[str]:
        texts: list[str] = generator.batch([prompt] * size, max_new_tokens=limit, do_sample=False)
        return texts

    [example] = decoder.generate([Job(prompt_ids, grammar, limit)])
    parameters = sum(p.numel() for p in decoder.model.parameters()) / 1e6
    table = Table(
        title=f"{parameters:.0f} M parameters, prompt of {len(prompt_ids)} tokens, answer of "
        f"{len(example.token_ids)} ({sum(example.forced)} forced), {torch.get_num_threads()} threads"
    )
    for heading in ("answers to one prompt", "Outlines tok/s", "Casewright tok/s", "ratio", "goal"):
        table.add_column(heading, justify="right")
    for size, goal in GOALS.items():
        rates: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            outcomes = [speed(lambda size=size, run=run: run(size), decoder) for run in (theirs, ours)]
            assert outcomes[0][1] == outcomes[1][1], "the two sides must write the same answers"
            for rate, (value, _) in zip(rates, outcomes, strict=True):
                rate.append(value)
        before, after = (median(rate) for rate in rates)
        table.add_row(str(size), f"{before:.1f}", f"{after:.1f}", f"{after / before:.2f}", f">= {goal}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
