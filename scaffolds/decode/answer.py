"""The one call by which everything asks a model: messages and a shape in, text out.

An `AnswerRequest` carries both shapes of the same answer: the JSON Schema, which any server can take, and
the grammar, which also binds quotations to their document where Casewright decodes itself. Whoever receives
an `Answer` validates its text again: a grammar is the first wall, and a server may have enforced less.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .grammar import Grammar

if TYPE_CHECKING:
    from .decoder import Decoder
    from .generation import Generation

Messages = tuple[dict[str, str], ...]
"""Chat messages: each a `role` (system, user, assistant) and a `content`."""


@dataclass(frozen=True)
class AnswerRequest:
    """One question: what is said to the model, what the answer must look like, and how long it may be."""

    messages: Messages
    schema: dict[str, Any]
    grammar: Grammar
    max_tokens: int


@dataclass(frozen=True)
class Answer:
    """The answer's text, and how it was generated where that is known: a server tells the text only."""

    text: str
    generation: Generation | None = None


class Answerer(Protocol):
    """Something that answers requests: a model in this process or a server."""

    def answer(self, requests: Sequence[AnswerRequest]) -> list[Answer]:
        """One answer per request, in order."""
        ...


class LocalAnswerer:
    """Answers with a decoder in this process.

    render: turns messages into the prompt's token ids, as in training.
    temperature, seed, keep_legal: as in `Decoder.generate`.
    """

    def __init__(
        self,
        decoder: Decoder,
        render: Callable[[Messages], Sequence[int]],
        *,
        temperature: float = 0.0,
        seed: int | None = None,
        keep_legal: bool = False,
    ) -> None:
        self._decoder = decoder
        self._render = render
        self._temperature = temperature
        self._seed = seed
        self._keep_legal = keep_legal

    def answer(self, requests: Sequence[AnswerRequest]) -> list[Answer]:
        """One answer per request, in order; raises CasewrightError as `Decoder.generate` does."""
        from .generation import Job

        jobs = [
            Job(tuple(self._render(request.messages)), request.grammar, request.max_tokens)
            for request in requests
        ]
        generations = self._decoder.generate(
            jobs, temperature=self._temperature, seed=self._seed, keep_legal=self._keep_legal
        )
        return [Answer(generation.text, generation) for generation in generations]
