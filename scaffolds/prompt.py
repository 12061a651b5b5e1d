"""A model task into tokens: the only place where a prompt is made, for training, evaluation and service alike.

A conversation grows by appending: the documents and the first task, the answer, the next task, its answer. What an
applicant wrote is never parsed for special tokens, so a document cannot end its turn or speak as the assistant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from scaffolds.errors import CasewrightError
from scaffolds.facts import Facts

INSTRUCTION = "Lees het stuk. Geef per gegeven de vindplaats en de waarde."


@dataclass(frozen=True, kw_only=True)
class Prompts:
    """How tasks are worded for one tokenizer (a fast tokenizer of transformers).

    `describe` lists every fact with its label and options; a model that was not made for Dutch reading tasks needs
    it, the built-in base does not. The setting is part of a bundle.
    """

    tokenizer: Any
    describe: bool = True

    def question(self, facts: type[Facts]) -> str:
        """Word the task of reading `facts`."""
        if not self.describe:
            return INSTRUCTION
        lines = []
        for path, kind in facts.kinds.items():
            options = getattr(kind, "options", None)
            lines.append(f"- {path}: {kind.label}" + (f" ({', '.join(options)})" if options else ""))
        return "\n".join([INSTRUCTION, *lines])

    def opening(self, facts: type[Facts], *, texts: Sequence[str], received: date) -> list[int]:
        """Tokens of the first turn: the documents, the day of receipt and the task, up to where the answer begins."""
        return self.task(self.body(facts, texts=texts, received=received))

    def body(self, facts: type[Facts], *, texts: Sequence[str], received: date) -> str:
        """Word the first turn: the documents, the day of receipt and the task."""
        return "\n\n".join([f"Ontvangen: {received.isoformat()}", *texts, self.question(facts)])

    def task(self, body: str) -> list[int]:
        """Tokens of a first turn that says `body`, up to where the answer begins."""
        before, after = self._frame.opening
        return [*self._marked(before), *self._plain(body), *self._marked(after)]

    def following(self, facts: type[Facts]) -> list[int]:
        """Tokens from the end of an answer (its closing token included there) to where the next answer begins."""
        before, after = self._frame.following
        return [*self._marked(before), *self._plain(self.question(facts)), *self._marked(after)]

    def answer(self, text: str) -> list[int]:
        """Tokens of a whole answer with its closing token: what the model is trained to say."""
        return [*self._plain(text), self.tokenizer.eos_token_id]

    @cached_property
    def _frame(self) -> _Frame:
        return _frame(self.tokenizer)

    def _plain(self, text: str) -> list[int]:
        backend = self.tokenizer.backend_tokenizer
        backend.encode_special_tokens = True
        try:
            return list(backend.encode(text, add_special_tokens=False).ids)
        finally:
            backend.encode_special_tokens = False

    def _marked(self, text: str) -> list[int]:
        return list(self.tokenizer.backend_tokenizer.encode(text, add_special_tokens=False).ids)


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """What a chat template puts around a first task, and between an answer and the next task."""

    opening: tuple[str, str]
    following: tuple[str, str]


def _frame(tokenizer: Any) -> _Frame:
    if not tokenizer.is_fast:
        raise CasewrightError(
            "The base has no fast tokenizer; Casewright needs tokenizer.json to constrain answers."
        )
    if tokenizer.eos_token is None:
        raise CasewrightError(
            "The base's tokenizer names no end-of-text token; set eos_token in its configuration."
        )
    if tokenizer.chat_template is None:
        return _Frame(
            opening=(tokenizer.bos_token or "", "\n\nAntwoord: "), following=("\n\n", "\n\nAntwoord: ")
        )
    slots = ["casewright-slot-een", "casewright-slot-twee", "casewright-slot-drie"]
    turns = [
        {"role": "user", "content": slots[0]},
        {"role": "assistant", "content": slots[1]},
        {"role": "user", "content": slots[2]},
    ]

    def text(messages: list[dict[str, str]]) -> str:
        return tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )

    try:
        before, after = text(turns[:1]).split(slots[0])
        _, between, end = text(turns).replace(slots[2], slots[1]).split(slots[1])
    except ValueError as error:
        raise CasewrightError(
            "The base's chat template does not show a message verbatim; use another base."
        ) from error
    return _Frame(opening=(before, after), following=(between.removeprefix(tokenizer.eos_token), end))
