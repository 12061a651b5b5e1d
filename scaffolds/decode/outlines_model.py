"""Casewright's decoder as an Outlines model.

    model = CasewrightModel(Decoder(model, tokenizer))
    outlines.Generator(model, JsonSchema(schema), backend="llguidance")("...")

Outlines builds a logits processor for the output type; its llguidance processor carries the grammar, and
that is all that is taken from it: the decoder walks the grammar itself. JSON is written compactly, whatever
the schema says about blanks.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from outlines.models import Transformers

from scaffolds.errors import CasewrightError

from .decoder import Decoder
from .generation import Job
from .grammar import Grammar


class CasewrightModel(Transformers):
    """A steerable Outlines model that generates through a `Decoder`.

    Streaming is not offered, as in Outlines' own transformers model.
    """

    def __init__(self, decoder: Decoder) -> None:
        # A copy, because Outlines changes the padding of the tokenizer it is given.
        super().__init__(decoder.model, copy.deepcopy(decoder.tokenizer))
        self._decoder = decoder

    def generate(self, model_input: Any, output_type: Any = None, **inference_kwargs: Any) -> str:
        """The answer to one prompt (a string or an Outlines `Chat`); see `generate_batch`."""
        return self.generate_batch([model_input], output_type, **inference_kwargs)[0]

    def generate_batch(
        self, model_input: list[Any], output_type: Any = None, **inference_kwargs: Any
    ) -> list[Any]:
        """The answers to several prompts, as texts.

        output_type: the processor that Outlines built with its llguidance backend.
        inference_kwargs: `max_new_tokens` (1024; longer answers are cut off), `temperature` (0) and `seed`.
        Raises CasewrightError for any other backend and for unconstrained generation.
        """
        return self._texts(model_input, _grammar(output_type), **inference_kwargs)

    def _texts(
        self,
        prompts: list[Any],
        grammar: Grammar,
        *,
        max_new_tokens: int = 1024,
        temperature: float = 0.0,
        seed: int | None = None,
    ) -> list[str]:
        jobs = [Job(self._prompt_ids(prompt), grammar, max_new_tokens) for prompt in prompts]
        return [answer.text for answer in self._decoder.generate(jobs, temperature=temperature, seed=seed)]

    def _prompt_ids(self, prompt: Any) -> tuple[int, ...]:
        adapter: Any = self.type_adapter
        # A chat template writes its own special tokens.
        encoded = self.hf_tokenizer(
            adapter.format_input(prompt), add_special_tokens=not adapter.has_chat_template
        )
        return tuple(encoded["input_ids"])


def _grammar(processor: Any) -> Grammar:
    source = getattr(processor, "grammar", None)
    if not isinstance(source, str):
        raise CasewrightError(
            'Casewright generates only under a grammar: pass an output type and backend="llguidance".'
        )
    if not source.lstrip().startswith("{"):
        return Grammar.lark(source)
    # llguidance's own container: one grammar, as a schema or as Lark.
    [grammar] = json.loads(source)["grammars"]
    if grammar.get("json_schema") is not None:
        return Grammar.json(grammar["json_schema"])
    return Grammar.lark(grammar["lark_grammar"])
