"""What the decoder is asked and what it answers: plain values.

Log-probabilities are natural logarithms under the constrained distribution: the model's logits divided by the
temperature and renormalised over the legal tokens. A forced token has log-probability 0. Greedy decoding
(temperature 0) reports them at temperature 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from .grammar import Grammar

if TYPE_CHECKING:
    from .batch import Held


@dataclass(frozen=True)
class Generation:
    """One generated answer.

    token_ids: every generated token; a finished answer ends with the end-of-text token.
    logprobs, forced: one per token. The closing end-of-text is forced iff the grammar left nothing else.
    text: the answer without its end-of-text token.
    finished: the grammar is complete; False means that `max_tokens` ran out.
    held: only when asked for (`hold`): the caches behind the answer, for a `Job` that goes on after it.
    legal: only when asked for (`keep_legal`): int32, shape (choices, ceil(tokenizer size / 32)) on the CPU.
        Row k is the set of legal tokens at the k-th position where `forced` is False; see `legal_mask`.
    """

    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]
    forced: tuple[bool, ...]
    text: str
    finished: bool
    legal: Tensor | None = field(default=None, compare=False, repr=False)
    held: Held | None = field(default=None, compare=False, repr=False)


class Part(NamedTuple):
    """What an answer says under one key. aside: the key of a string in it that only leads to what is said."""

    key: str
    aside: str | None = None


@dataclass(frozen=True)
class Job:
    """One answer to generate: the prompt's token ids, its grammar, and the most tokens it may take.

    parts: what the answer says, in order; without drawing, each is given its likeliest text (`search`), and without
        parts every choice its likeliest token.
    after: the answer that `prompt_ids` goes on from, where it is a conversation: what the model has read of it is
    not read again.
    """

    prompt_ids: tuple[int, ...]
    grammar: Grammar
    max_tokens: int
    parts: tuple[Part, ...] = ()
    after: Generation | None = field(default=None, compare=False, repr=False)


def legal_mask(packed: Tensor, *, width: int) -> Tensor:
    """Unpack int32 sets of token ids, shape (..., words), to bool of shape (..., width).

    Ids beyond the packed words are illegal: logits are often wider than the tokenizer.
    """
    shifts = torch.arange(32, dtype=torch.int32, device=packed.device)
    bits = ((packed.unsqueeze(-1) >> shifts) & 1).bool().flatten(-2)
    if bits.shape[-1] >= width:
        return bits[..., :width]
    return torch.nn.functional.pad(bits, (0, width - bits.shape[-1]))
