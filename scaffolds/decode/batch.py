"""Answers in progress: what each holds, what of it the model has not yet seen, and which go together.

Answers to one prompt form a group. What all of a group's answers are forced to begin with counts as prompt,
so it too is computed once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from .generation import Generation, Job
from .grammar import Packed, Walk
from .pool import PROMPT, Cell

_MAX_ANSWERS = 32
"""Answers in one batch: beyond this, attending to the others' slots costs more than a batch saves."""


class OpenAnswer:
    """One answer in progress: what it holds, and what of it the model has not yet seen."""

    def __init__(self, job: Job, walk: Walk, generator: random.Random) -> None:
        self.job = job
        self.walk = walk
        self.random = generator
        self.tokens: list[int] = []
        self.logprobs: list[float] = []
        self.forced: list[bool] = []
        self.legal: list[Packed] = []
        self.fed = 0
        self.column = 0
        self.advance()

    @property
    def open(self) -> bool:
        return not self.walk.done and len(self.tokens) < self.job.max_tokens

    def advance(self) -> None:
        taken = self.walk.advance(limit=self.job.max_tokens - len(self.tokens))
        self.tokens += taken
        self.logprobs += [0.0] * len(taken)
        self.forced += [True] * len(taken)

    def choose(self, token: int, logprob: float) -> None:
        if self.walk.legal is not None:
            self.legal.append(self.walk.legal)
        self.walk.choose(token)
        self.tokens.append(token)
        self.logprobs.append(logprob)
        self.forced.append(False)
        self.advance()

    def generation(self, text: str, *, keep_legal: bool) -> Generation:
        legal = None
        if keep_legal:
            legal = _stacked(self.legal)
        return Generation(
            token_ids=tuple(self.tokens),
            logprobs=tuple(self.logprobs),
            forced=tuple(self.forced),
            text=text,
            finished=self.walk.done,
            legal=legal,
        )


class Group:
    """The answers to one prompt, and the cells that the next pass feeds for them."""

    def __init__(self, prompt: Sequence[int], answers: list[OpenAnswer]) -> None:
        self._shared = list(prompt)
        self._length = len(prompt)
        self._answers = answers
        self.kept = 0

    @property
    def open(self) -> list[OpenAnswer]:
        return [answer for answer in self._answers if answer.open]

    def begin(self) -> None:
        """Count what the grammars force at the start of every answer as part of the prompt."""
        common = 0
        for tokens in zip(*(answer.tokens for answer in self.open), strict=False):
            if len(set(tokens)) > 1:
                break
            self._shared.append(tokens[0])
            common += 1
        for answer in self._answers:
            answer.fed = common

    def cells(self) -> list[Cell]:
        """What the model has not seen, the cells whose logits are needed last: `kept` of them.

        Each open answer's `column` says which of those is its own.
        """
        inner: list[Cell] = []
        last: list[Cell] = []
        for place, answer in enumerate(self._answers):
            if not answer.open:
                continue
            start = self._length + answer.fed
            new = [
                Cell(token, start + offset, place) for offset, token in enumerate(answer.tokens[answer.fed :])
            ]
            answer.fed = len(answer.tokens)
            if new:
                inner += new[:-1]
                last.append(new[-1])
                answer.column = len(last) - 1
            else:
                answer.column = -1
        if self._shared:
            prompt = [Cell(token, position, PROMPT) for position, token in enumerate(self._shared)]
            self._shared = []
            inner = prompt[:-1] + inner
            # Answers that begin with a choice read the prompt's last cell.
            last.insert(0, prompt[-1])
            for answer in self.open:
                answer.column += 1
        self.kept = len(last)
        return inner + last


def batches(groups: dict[tuple[int, ...], list[OpenAnswer]]) -> Iterator[list[Group]]:
    """Prompts of like length together, at most `_MAX_ANSWERS` answers in a batch."""
    batch: list[Group] = []
    size = 0
    for prompt in sorted(groups, key=len, reverse=True):
        answers = groups[prompt]
        for start in range(0, len(answers), _MAX_ANSWERS):
            part = answers[start : start + _MAX_ANSWERS]
            if batch and size + len(part) > _MAX_ANSWERS:
                yield batch
                batch, size = [], 0
            batch.append(Group(prompt, part))
            size += len(part)
    if batch:
        yield batch


def _stacked(sets: list[Packed]) -> Tensor:
    return torch.from_numpy(np.stack(sets)) if sets else torch.zeros(0, 0, dtype=torch.int32)
