"""What an answer may look like, and one answer's walk through it.

A `Grammar` is a value: a JSON Schema (always written as compact JSON, without blanks) or a Lark text in
llguidance's dialect. A `Walk` follows one answer: it takes every token that the grammar forces by itself,
and stops where there is a choice, with the set of legal tokens. Generation and scoring walk the same code,
so they agree on what was forced.

A finished walk always ends in the end-of-text token: forced where the grammar leaves nothing else, chosen
where the answer might have gone on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
from llguidance import LLMatcher, LLTokenizer
from numpy.typing import NDArray

from scaffolds import facts
from scaffolds.errors import CasewrightError

_TOKENIZERS: WeakKeyDictionary[Any, LLTokenizer] = WeakKeyDictionary()

Packed = NDArray[np.int32]
"""A set of token ids as bits: id `i` is bit `i % 32` of word `i // 32`; shape (ceil(vocabulary / 32),)."""


@dataclass(frozen=True)
class Grammar:
    """The language of an answer; build one with `Grammar.json`, `Grammar.lark` or `Grammar.reading`."""

    kind: Literal["json", "lark"]
    text: str

    @classmethod
    def json(cls, schema: dict[str, Any]) -> Grammar:
        """The compact JSON texts that satisfy `schema`, keys in the order of the schema."""
        return cls("json", json.dumps(schema, ensure_ascii=False))

    @classmethod
    def lark(cls, text: str) -> Grammar:
        """The texts of a Lark grammar in llguidance's dialect, whose start rule is `start`."""
        return cls("lark", text)

    @classmethod
    def reading(
        cls,
        asked: type[facts.Facts],
        texts: Sequence[str],
        *,
        received: date,
        known: Mapping[str, facts.Fact] = MappingProxyType({}),
    ) -> Grammar:
        """What can be said of these facts after reading these documents; every quotation is a part of one.

        known: facts that can only be said so.
        """
        return cls.lark(facts.grammar(asked, *texts, received=received, known=known))

    def llguidance(self) -> str:
        """The grammar as llguidance takes it; not validated."""
        if self.kind == "json":
            return LLMatcher.grammar_from_json_schema(self.text, overrides={"whitespace_flexible": False})
        return LLMatcher.grammar_from_lark(self.text)

    def check(self, tokenizer: Any) -> None:
        """Raise CasewrightError with llguidance's message when the grammar does not compile for `tokenizer`.

        `tokenizer` is a fast transformers tokenizer. Unsupported keywords such as `uniqueItems` are refused.
        """
        message = LLMatcher.validate_grammar(self.llguidance(), llguidance_tokenizer(tokenizer))
        if message:
            raise CasewrightError(f"The {self.kind} grammar cannot be compiled: {message.strip()}")

    def matcher(self, tokenizer: Any) -> LLMatcher:
        """A compiled matcher at the start of the grammar; `deep_copy` it for each answer.

        Raises CasewrightError when the grammar does not compile.
        """
        matcher = LLMatcher(llguidance_tokenizer(tokenizer), self.llguidance())
        if matcher.is_error():
            message = matcher.get_error().strip()
            raise CasewrightError(f"The {self.kind} grammar cannot be compiled: {message}")
        return matcher


def llguidance_tokenizer(tokenizer: Any) -> LLTokenizer:
    """llguidance's view of a fast transformers tokenizer, built once (up to a second) and shared."""
    if tokenizer not in _TOKENIZERS:
        from llguidance.hf import from_tokenizer

        _TOKENIZERS[tokenizer] = from_tokenizer(tokenizer)
    return _TOKENIZERS[tokenizer]


class Walk:
    """One answer on its way through its grammar.

    `advance` takes the forced tokens; afterwards the walk is `done`, or `legal` holds the tokens of the
    choice that `choose` makes.
    """

    def __init__(self, matcher: LLMatcher, *, eos: int) -> None:
        self._matcher = matcher
        self._eos = eos
        self.done = False
        self.legal: Packed | None = None

    def advance(self, *, limit: int) -> list[int]:
        """Take and return the tokens that are forced from here, at most `limit` of them."""
        taken: list[int] = []
        while len(taken) < limit and not self.done:
            forced = self._forced()
            if not forced:
                break
            for token in forced[: limit - len(taken)]:
                self._take(token)
                taken.append(token)
        return taken

    def choose(self, token: int) -> None:
        """Take a legal token; raises CasewrightError when it is not legal here."""
        self.legal = None
        self._take(token)

    def turn_to(self, tokens: Sequence[int], *, instead: Sequence[int]) -> None:
        """Take `tokens`, up to a choice or the end, in the place of those taken last; raises as `choose` does."""
        self._matcher.rollback(sum(token != self._eos for token in instead))
        self.done, self.legal = False, None
        for token in tokens:
            self._take(token)
        if not self.done:
            self._forced()

    def replay(self, tokens: Sequence[int]) -> list[Packed | None]:
        """Walk along `tokens`: for each the legal set it was chosen from, or None where it was forced.

        Raises CasewrightError where the tokens leave the grammar, or differ from a forced token.
        """
        return self.spell(tokens)[1]

    def spell(
        self, tokens: Sequence[int], *, tokenizer: LLTokenizer | None = None
    ) -> tuple[list[int], list[Packed | None]]:
        """Walk along `tokens` as `replay` does, and return the tokens that were walked with their sets.

        With a tokenizer it is the text that counts: where the grammar forces other tokens for it, those are taken, as
        in service, and what follows is tokenised anew. So a name that begins like another word of its document is cut
        where the two part.
        """
        left, taken, sets = list(tokens), [], []
        while left:
            forced = self.advance(limit=len(left))
            if forced:
                left = left[len(forced) :] if left[: len(forced)] == forced else self._behind(forced, left, tokenizer)
            elif self.done:
                raise CasewrightError("The answer has tokens after the end that its grammar gives it.")
            else:
                sets.append(self.legal)
                taken.append(left.pop(0))
                self.choose(taken[-1])
            taken += forced
            sets += [None] * len(forced)
        return taken, sets

    def _behind(self, forced: Sequence[int], left: Sequence[int], tokenizer: LLTokenizer | None) -> list[int]:
        """Tokens for what the text of `left` has behind that of `forced`."""
        end = [self._eos] if left[-1] == self._eos else []
        if tokenizer is not None and self._eos not in forced:
            text, head = (tokenizer.decode_bytes(list(part)) for part in (left[: len(left) - len(end)], forced))
            if text.startswith(head):
                return [*tokenizer.tokenize_bytes(text[len(head) :]), *end]
        raise CasewrightError(
            f"The answer has tokens {list(left[: len(forced)])} where its grammar forces {list(forced)}."
        )

    def _forced(self) -> list[int]:
        if self._matcher.is_stopped():
            self._check()
            return [self._eos]
        forced = self._matcher.compute_ff_tokens()
        if forced:
            return forced
        packed = np.frombuffer(self._matcher.compute_bitmask(), dtype=np.int32)
        self._check()
        words = np.flatnonzero(packed)
        if len(words) == 0:
            raise CasewrightError("The grammar leaves no token to go on with and no end of the answer.")
        if len(words) == 1:
            word = int(packed[words[0]]) & 0xFFFFFFFF
            if word & (word - 1) == 0:
                return [int(words[0]) * 32 + word.bit_length() - 1]
        self.legal = packed
        return []

    def _take(self, token: int) -> None:
        if token == self._eos:
            if not self._matcher.is_accepting():
                raise CasewrightError("The answer ends before its grammar allows it to.")
            self.done = True
            return
        self._matcher.consume_token(token)
        self._check()

    def _check(self) -> None:
        # In its error state llguidance allows the end of text, so a failed answer would look finished.
        if self._matcher.is_error():
            message = self._matcher.get_error().strip()
            raise CasewrightError(f"The answer cannot follow its grammar: {message}")
