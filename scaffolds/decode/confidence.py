"""How sure a model was of each fact: the probability of all the tokens in which it said it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from scaffolds.facts import Facts, spans

if TYPE_CHECKING:
    from scaffolds.decode.decoder import Decoder
    from scaffolds.decode.policy import Conversation


def token_paths(facts: type[Facts], text: str, sizes: Sequence[int]) -> list[str | None]:
    """For each token of an answer the fact that it says something of, or None (keys, brackets, the end).

    sizes: length in bytes of each token's text; their sum is the length of `text` in UTF-8, an end-of-text token 0.
    """
    starts = {
        path: (len(text[:a].encode()), len(text[:b].encode())) for path, (a, b) in spans(facts, text).items()
    }
    paths: list[str | None] = []
    order = list(starts.items())
    place = at = 0
    for size in sizes:
        while place < len(order) and order[place][1][1] <= at:
            place += 1
        inside = place < len(order) and order[place][1][0] < at + size
        paths.append(order[place][0] if inside else None)
        at += size
    return paths


def confidences(conversation: Conversation, decoder: Decoder) -> dict[tuple[str, str], float]:
    """The probability of what was said of each fact, by step and dotted path."""
    sure: dict[tuple[str, str], float] = {}
    for said in conversation.said:
        answer = said.generation
        paths = token_paths(said.question.facts, answer.text, decoder.sizes(answer.token_ids))
        totals: dict[str, float] = {}
        for path, logprob in zip(paths, answer.logprobs, strict=True):
            if path:
                totals[path] = totals.get(path, 0.0) + logprob
        sure |= {(said.question.step, path): math.exp(total) for path, total in totals.items()}
    return sure
