"""Rows and batches: conversations as token ids with the weight of each token in the loss, made ahead of the model.

A pool is a run of conversations sorted by length and cut into batches of like length; pool number N of a stage is the
same whoever makes it, so worker processes only decide when it is ready. Nothing here needs torch.
"""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.klerk import text
from finetune.klerk.tokenizer import ASSISTANT, END, PAD, USER

MAX_LENGTH = 1280
BATCHES = 12  # batches in a pool; more make rows more alike in length
STRIDE = 10**5  # indexes of conversations that a pool may use
PROMPT_WEIGHT, KEY_WEIGHT = 0.1, 0.05  # the schema forces keys at decoding; documents teach the language

Batch = tuple[NDArray[np.uint16], NDArray[np.float16]]
"""Token ids and their weights as targets, both (rows, longest row), padded on the right with weight zero."""


@dataclass(frozen=True)
class Row:
    """Token ids, the loss weight of each as a target, and (sort, start, end) of each answer field in tokens."""

    ids: list[int]
    weights: list[float]
    fields: list[tuple[str, int, int]]


class Encoder:
    """Conversations to rows, as the chat template renders them."""

    def __init__(self, backend: Any) -> None:
        """`backend` is a `tokenizers.Tokenizer`."""
        self._backend = backend
        self._user, self._assistant, self._end = (backend.token_to_id(mark) for mark in (USER, ASSISTANT, END))
        self.pad: int = backend.token_to_id(PAD)

    def row(self, turns: Sequence[text.Turn]) -> Row:
        """Weigh what the model must choose as one: the tokens that say something of a field, glue included."""
        ids: list[int] = []
        weights: list[float] = []
        fields: list[tuple[str, int, int]] = []
        for number, turn in enumerate(turns):
            question = self._backend.encode(turn.question).ids
            ids += [self._user, *question, self._end, self._assistant]
            weights += [0.0, *[PROMPT_WEIGHT if number == 0 else 0.0] * len(question), 0.0, 0.0]
            answer = self._backend.encode(turn.answer)
            spans = list(turn.fields)
            at = 0
            for token, (left, right) in zip(answer.ids, answer.offsets, strict=True):
                while at < len(spans) and spans[at][2] <= left:
                    at += 1
                inside = at < len(spans) and spans[at][1] < right
                if inside:
                    begins = not fields or fields[-1][2] != len(ids) or left <= spans[at][1] < right
                    start = len(ids) if begins else fields.pop()[1]
                    fields.append((spans[at][0], start, len(ids) + 1))
                ids.append(token)
                weights.append(1.0 if inside else KEY_WEIGHT)
            ids.append(self._end)
            weights.append(KEY_WEIGHT)
        return Row(ids, weights, fields)


def collate(rows: Sequence[Row], pad: int, *, shape: tuple[int, int] = (0, 0)) -> Batch:
    """Rows side by side in a batch of at least `shape`."""
    size = (max(len(rows), shape[0]), max(shape[1], *(len(row.ids) for row in rows)))
    ids = np.full(size, pad, dtype=np.uint16)
    weights = np.zeros(size, dtype=np.float16)
    for i, row in enumerate(rows):
        ids[i, : len(row.ids)] = row.ids
        weights[i, : len(row.ids)] = row.weights
    return ids, weights


@dataclass(frozen=True)
class Plan:
    """What a stage reads: the seed, the number of its steps, and how many tokens a batch holds at most.

    Lengths are rounded up to multiples of `grid`; above 1 batches are filled up with empty rows, so that there are few
    shapes.
    """

    seed: int
    stage: int
    steps: int
    tokens: int
    grid: int = 1

    def pool(self, number: int, encoder: Encoder) -> list[Batch]:
        """Make pool `number`; its place in the stage sets the curriculum."""
        progress = self.stage + min(0.999, number * BATCHES / self.steps)
        index, held, rows = (self.stage * 10**5 + number) * STRIDE, 0, []
        while held < 0.96 * BATCHES * self.tokens:
            row = encoder.row(text.sample(self.seed, index, progress=progress))
            index += 1
            if len(row.ids) <= min(MAX_LENGTH, self.tokens):
                rows.append(row)
                held += len(row.ids)
        rows.sort(key=lambda row: len(row.ids))
        groups: list[list[Row]] = [[]]
        for row in rows:
            if (len(groups[-1]) + 1) * self._length(row) > self.tokens:
                groups.append([])
            groups[-1].append(row)
        random.Random(f"{self.seed}/{self.stage}/{number}").shuffle(groups)
        return [collate(group, encoder.pad, shape=self._shape(group[-1])) for group in groups]

    def _length(self, row: Row) -> int:
        return -(-len(row.ids) // self.grid) * self.grid

    def _shape(self, longest: Row) -> tuple[int, int]:
        return (0, 0) if self.grid == 1 else (self.tokens // self._length(longest), self._length(longest))


_ENCODER: Encoder | None = None


def _prepare(tokenizer: str) -> None:
    from tokenizers import Tokenizer

    global _ENCODER
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    _ENCODER = Encoder(Tokenizer.from_str(tokenizer))


def _make(plan: Plan, number: int) -> list[Batch]:
    assert _ENCODER is not None
    return plan.pool(number, _ENCODER)


def batches(
    plan: Plan, backend: Any, *, workers: int, start: tuple[int, int] = (0, 0)
) -> Generator[tuple[tuple[int, int], Batch], None, None]:
    """Give endless batches with the place (pool, batch in it) that follows each; `start` takes such a place up.

    With `workers` processes pools are made ahead, in order; without, in this process.
    """
    first, skip = start
    for number, pool in enumerate(_pools(plan, backend, workers=workers, first=first), first):
        for i, batch in enumerate(pool):
            if i >= skip:
                yield ((number, i + 1) if i + 1 < len(pool) else (number + 1, 0)), batch
        skip = 0


def _pools(plan: Plan, backend: Any, *, workers: int, first: int) -> Iterator[list[Batch]]:
    if not workers:
        encoder, number = Encoder(backend), first
        while True:
            yield plan.pool(number, encoder)
            number += 1
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_prepare, initargs=(backend.to_str(),)
    ) as processes:
        ahead: deque[Future[list[Batch]]] = deque()
        number = first
        try:
            while True:
                while len(ahead) < 3 * workers:
                    ahead.append(processes.submit(_make, plan, number))
                    number += 1
                yield ahead.popleft().result()
        finally:
            for waiting in ahead:
                waiting.cancel()
