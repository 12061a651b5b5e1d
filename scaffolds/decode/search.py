"""The likeliest text for each part of an answer, where greedy decoding takes the likeliest token at each choice.

A part is what an answer says of one fact. "Stated" may be the likelier beginning and every quotation behind it
unlikely, while "not stated" would have been the likelier thing to say. So once a part is complete, the tokens that
were passed over in it and are likelier than the whole part are tried in their place, likeliest first: best-first branch
and bound, exact but for its limits, because no text is likelier than its beginning. What was read for a text that is
given up is hidden in the cache, and nothing before the part is read again.

Many quotations may lead to one value, each of them unlikely. Where the value is what is said, the quotation is taken
word by word and does not count: "yes" is as likely as it is after the quotation that was taken.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .generation import Part
from .grammar import Packed

if TYPE_CHECKING:
    from .batch import OpenAnswer

TRIES = 4
"""Other beginnings that are tried for a part."""
PASSED_OVER = 3
"""Tokens that are remembered at each choice beside the one that was taken."""


@dataclass(frozen=True)
class Stretch:
    """Tokens of an answer, one behind the other, with what is known of each; `legal` has a set for each choice."""

    tokens: list[int]
    logprobs: Sequence[float]
    forced: Sequence[bool]
    legal: Sequence[Packed]

    def after(self, count: int) -> Stretch:
        """Without the first tokens."""
        choices = list(self.forced[:count]).count(False)
        return Stretch(self.tokens[count:], self.logprobs[count:], self.forced[count:], self.legal[choices:])


@dataclass(frozen=True)
class _PassedOver:
    """A token that might have been taken behind `before`; `score` is the log-probability of both."""

    score: float
    before: Stretch
    token: int
    logprob: float


class Search:
    """The search for one answer. parts: what it says, in order. text: the bytes that tokens stand for."""

    def __init__(self, parts: Sequence[Part], *, text: Callable[[list[int]], bytes]) -> None:
        # Compact JSON escapes a quotation mark in a string, so what these match is a key, and an open string.
        self._openings = [re.compile(rb"[,{]" + _spelled(part.key)[:-1]) for part in parts]
        self._asides = [
            re.compile(_spelled(part.aside) + rb':"(?:[^"\\]|\\.)*+\\?$') if part.aside else None for part in parts
        ]
        self._text = text
        self._part = self._start = 0
        self._best: Stretch | None = None
        self._bound = -math.inf
        self._passed_over: list[_PassedOver] = []
        self._tries = 0

    def settle(self, answer: OpenAnswer) -> bool:
        """Call at every choice and at the end. Where a part is complete, go back in `answer` to try another text.

        Returns whether its tokens were changed: then the model has to read the new ones before the next choice.
        """
        changed = False
        while True:
            so_far = answer.since(self._start)
            score = self._score(so_far)
            given_up = self._best is not None and (score <= self._bound or answer.cut)
            if not given_up:
                if not self._complete(answer):
                    return changed
                self._best, self._bound = so_far, score
            likelier = [one for one in self._passed_over if one.score > self._bound] if self._tries < TRIES else []
            if not likelier:
                if given_up and self._best:
                    answer.turn_to(self._best, column=self._start)
                self._begin(answer)
                return changed or given_up
            other = max(likelier, key=lambda one: one.score)
            self._passed_over.remove(other)
            self._tries += 1
            answer.turn_to(other.before, column=self._start)
            answer.choose(other.token, other.logprob)
            changed = True

    def passed_over(self, answer: OpenAnswer, others: Sequence[tuple[int, float]]) -> None:
        """Remember the other tokens of the choice that `answer` stands at, with their log-probabilities."""
        before = answer.since(self._start)
        if self._is_aside(self._text(before.tokens)):
            return
        score = self._score(before)
        self._passed_over += [
            _PassedOver(score + logprob, before, token, logprob)
            for token, logprob in others
            if score + logprob > self._bound
        ]

    def _score(self, stretch: Stretch) -> float:
        """The log-probability of the tokens that count."""
        if not self._asides[self._part]:
            return sum(stretch.logprobs)
        text, total = b"", 0.0
        for token, logprob, forced in zip(stretch.tokens, stretch.logprobs, stretch.forced, strict=True):
            if not forced and not self._is_aside(text):
                total += logprob
            text += self._text([token])
        return total

    def _is_aside(self, text: bytes) -> bool:
        """Whether the next token after this text belongs to what does not count."""
        aside = self._asides[self._part]
        return bool(aside and aside.search(text))

    def _complete(self, answer: OpenAnswer) -> bool:
        if answer.walk.done:
            return True
        following = self._openings[self._part + 1 : self._part + 2]
        return any(opening.search(self._text(answer.tokens[self._start :])) for opening in following)

    def _begin(self, answer: OpenAnswer) -> None:
        """Go on with the part that `answer` stands in now: what is forced may have been several."""
        text, at = self._text(answer.tokens[self._start :]), 0
        for opening in self._openings[self._part + 1 :]:
            if not (found := opening.search(text, at)):
                break
            self._part += 1
            at = found.end()
        self._start, self._best, self._bound = len(answer.tokens), None, -math.inf
        self._passed_over, self._tries = [], 0


def _spelled(key: str) -> bytes:
    """A key as an answer has it, for a pattern."""
    return re.escape(json.dumps(key, ensure_ascii=False).encode())
