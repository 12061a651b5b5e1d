"""Answers in progress: what each holds, what of it the model has not yet seen, and which go together.

Answers to one prompt form a group. What all of a group's answers are forced to begin with counts as prompt,
so it too is computed once.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np
import torch
from torch import Tensor

from .generation import Generation, Job
from .grammar import Packed, Walk
from .pool import PROMPT, Cell, SlotPool
from .search import Search, Stretch

_MAX_ANSWERS = 32
"""Answers in one batch: beyond this, attending to the others' slots costs more than a batch saves."""


@dataclass(frozen=True)
class Held:
    """What is kept of an answer so that a conversation can go on after it: its group, alone in a pool, and its
    place there.
    """

    group: Group
    pool: SlotPool
    place: int

    def goes_on(self, job: Job) -> bool:
        """Say whether a prompt is this answer's whole conversation with something behind it."""
        old = self.group.answers[self.place]
        whole = (*old.job.prompt_ids, *old.tokens)
        return len(job.prompt_ids) > len(whole) and job.prompt_ids[: len(whole)] == whole


class OpenAnswer:
    """One answer in progress: what it holds, and what of it the model has not yet seen.

    before: the tokens between the group's prompt and this answer, in a conversation that goes on.
    search: looks for the likeliest text of each part; None where tokens are drawn, or the answer has no parts.
    """

    def __init__(self, job: Job, walk: Walk, generator: random.Random, search: Search | None) -> None:
        self.job = job
        self.walk = walk
        self.random = generator
        self.search = search
        self.held: Held | None = None
        self.before: list[int] = []
        self.tokens: list[int] = []
        self.logprobs: list[float] = []
        self.forced: list[bool] = []
        self.legal: list[Packed] = []
        self.fed = 0
        self.hidden: int | None = None
        self.column = 0
        self.advance()

    @property
    def open(self) -> bool:
        return not self.walk.done and len(self.tokens) < self.job.max_tokens

    @property
    def cut(self) -> bool:
        """Whether the answer ran out of tokens before its end."""
        return not self.walk.done and not self.open

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

    def since(self, column: int) -> Stretch:
        """What was said from this column on."""
        choices = self.forced[column:].count(False)
        legal = self.legal[len(self.legal) - choices :]
        return Stretch(self.tokens[column:], self.logprobs[column:], self.forced[column:], legal)

    def turn_to(self, stretch: Stretch, *, column: int) -> None:
        """Say this from `column` on, up to a choice or the end, in the place of what was said there."""
        said = zip(self.tokens[column:], stretch.tokens, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], said))
        column, stretch = column + same, stretch.after(same)
        self.walk.turn_to(stretch.tokens, instead=self.tokens[column:])
        del self.legal[len(self.legal) - self.forced[column:].count(False) :]
        del self.tokens[column:], self.logprobs[column:], self.forced[column:]
        self.tokens += stretch.tokens
        self.logprobs += stretch.logprobs
        self.forced += stretch.forced
        self.legal += stretch.legal
        # What is fed from here on must not see what was fed in its place.
        self.fed = self.hidden = min(self.fed, len(self.before) + column)

    @property
    def said(self) -> list[int]:
        """Everything after the group's prompt."""
        return [*self.before, *self.tokens]

    def generation(self, text: str, *, keep_legal: bool) -> Generation:
        legal = None
        if keep_legal:
            legal = stacked(self.legal)
        return Generation(
            token_ids=tuple(self.tokens),
            logprobs=tuple(self.logprobs),
            forced=tuple(self.forced),
            text=text,
            finished=self.walk.done,
            legal=legal,
            held=self.held,
        )


class Group:
    """The answers to one prompt, and the cells that the next pass feeds for them."""

    def __init__(self, prompt: Sequence[int], answers: list[OpenAnswer]) -> None:
        self._shared = list(prompt)
        self.length = len(prompt)
        self.answers = answers
        self.kept = 0

    @property
    def open(self) -> list[OpenAnswer]:
        return [answer for answer in self.answers if answer.open]

    def hold(self, pool: SlotPool) -> None:
        """Let every answer know where it can be gone on from; `pool` holds this group alone."""
        if not self._shared:  # where no pass was needed, the model has not read the prompt
            for place, answer in enumerate(self.answers):
                answer.held = Held(self, pool, place)

    @classmethod
    def resume(cls, group: Group, answers: Mapping[int, OpenAnswer]) -> Group:
        """A held group with new answers, by place; an answer goes on where the old one of its place ended."""
        resumed = cls((), [answers.get(place, old) for place, old in enumerate(group.answers)])
        resumed.length = group.length
        for place, answer in answers.items():
            answer.before = list(answer.job.prompt_ids[group.length :])
            answer.fed = group.answers[place].fed
        return resumed

    def begin(self) -> None:
        """Count what the grammars force at the start of every answer as part of the prompt."""
        common = 0
        for tokens in zip(*(answer.tokens for answer in self.open), strict=False):
            if len(set(tokens)) > 1:
                break
            self._shared.append(tokens[0])
            common += 1
        for answer in self.answers:
            answer.fed = common

    def hide(self, pool: SlotPool, *, place: int) -> None:
        """Hide in `pool`, where this group lies at `place`, what answers have taken back."""
        for number, answer in enumerate(self.answers):
            if answer.hidden is not None:
                pool.hide(place, answer=number, position=self.length + answer.hidden)
                answer.hidden = None

    def cells(self) -> list[Cell]:
        """What the model has not seen, the cells whose logits are needed last: `kept` of them.

        Each open answer's `column` says which of those is its own.
        """
        inner: list[Cell] = []
        last: list[Cell] = []
        for place, answer in enumerate(self.answers):
            if not answer.open:
                continue
            start, said = self.length + answer.fed, answer.said
            new = [Cell(token, start + offset, place) for offset, token in enumerate(said[answer.fed :])]
            answer.fed = len(said)
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


def groups_of(answers: Sequence[OpenAnswer]) -> list[Group]:
    """Answers by their prompt, at most `_MAX_ANSWERS` in a group."""
    by_prompt: dict[tuple[int, ...], list[OpenAnswer]] = {}
    for answer in answers:
        by_prompt.setdefault(answer.job.prompt_ids, []).append(answer)
    return [
        Group(prompt, mine[start : start + _MAX_ANSWERS])
        for prompt, mine in by_prompt.items()
        for start in range(0, len(mine), _MAX_ANSWERS)
    ]


def batches(groups: Sequence[Group]) -> Iterator[list[Group]]:
    """Groups of like length together, at most `_MAX_ANSWERS` open answers in a batch."""
    batch: list[Group] = []
    size = 0
    for group in sorted(groups, key=lambda group: group.length, reverse=True):
        if batch and size + len(group.open) > _MAX_ANSWERS:
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += len(group.open)
    if batch:
        yield batch


def stacked(sets: list[Packed]) -> Tensor:
    return torch.from_numpy(np.stack(sets)) if sets else torch.zeros(0, 0, dtype=torch.int32)
