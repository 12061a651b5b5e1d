"""The constrained policy in training: what is learnt is what is served.

Where the grammar forced a token there is nothing to learn, and where it left a choice the model is asked for the
likelihood of the right token among the legal ones alone. SFT and RL share this: the same columns, the same sets, the
same renormalised distribution that `scaffolds.decode` samples from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import nll_loss

from finetune.rows import IGNORED, Row, Turn
from scaffolds.decode import Grammar, legal_mask
from scaffolds.decode.grammar import Walk, llguidance_tokenizer
from scaffolds.errors import CasewrightError

ILLEGAL = -1e9


@dataclass(frozen=True)
class Choices:
    """Where a sequence was a choice, and of what: ascending columns, and int32 sets, shape (columns, words)."""

    columns: Sequence[int]
    legal: Tensor


def settled(row: Row, tokenizer: Any) -> tuple[Row, Choices]:
    """Give a row in the tokens in which its answers are served, with their choices.

    They are its own, except where a grammar forces other tokens for the same text. Raises CasewrightError where an
    answer is not admitted.
    """
    spelling = llguidance_tokenizer(tokenizer)
    ids: list[int] = []
    labels: list[int] = []
    turns: list[Turn] = []
    columns: list[int] = []
    legal: list[Any] = []
    at = 0
    for turn in row.turns:
        ids += row.input_ids[at : turn.start]
        grammar = Grammar.reading(turn.facts, turn.texts, received=turn.received)
        walk = Walk(grammar.matcher(tokenizer), eos=tokenizer.eos_token_id)
        try:
            answer, sets = walk.spell(row.input_ids[turn.start : turn.stop], tokenizer=spelling)
        except CasewrightError as error:
            raise CasewrightError(f"The facts of dossier {row.dossier} cannot be learnt so: {error}") from None
        start, at = len(ids), turn.stop
        columns += [column for column, one in enumerate(sets, start) if one is not None]
        legal += [one for one in sets if one is not None]
        labels += [*[IGNORED] * (start - len(labels)), *answer]
        ids += answer
        turns.append(replace(turn, start=start, stop=len(ids)))
    same = replace(row, input_ids=(*ids, *row.input_ids[at:]), labels=(*labels, *row.labels[at:]), turns=tuple(turns))
    return same, Choices(columns, torch.from_numpy(np.stack(legal)) if legal else torch.zeros(0, 0, dtype=torch.int32))


def pack(found: Sequence[Choices]) -> tuple[Tensor, Tensor]:
    """Pack the choices of rows: columns, shape (B, K) with -1 for none, and legal sets, int32 (B, K, words)."""
    most = max(max(len(one.columns) for one in found), 1)
    words = max(one.legal.size(-1) for one in found)
    at = torch.full((len(found), most), -1, dtype=torch.long)
    legal = torch.full((len(found), most, words), -1, dtype=torch.int32)
    for place, one in enumerate(found):
        at[place, : len(one.columns)] = torch.tensor(one.columns, dtype=torch.long)
        legal[place, : len(one.columns), : one.legal.size(-1)] = one.legal
    return at, legal


def renormalised(logits: Tensor, legal: Tensor) -> Tensor:
    """Log-probabilities over the legal tokens: float32, shape (rows, vocabulary)."""
    mask = legal_mask(legal, width=logits.size(-1))
    return logits.float().masked_fill(~mask, ILLEGAL).log_softmax(-1)


def loss(model: Any, batch: Mapping[str, Any], *, items: Any = None) -> tuple[Tensor, Tensor]:
    """The negative log-likelihood of a batch's choices under the constrained policy, and how many would be taken.

    items: divide the sum by this number, that of the batch's own choices by default; without any the loss is zero.
    Logits are computed only in front of a choice.
    """
    inputs = {name: value for name, value in batch.items() if name not in ("labels", "choice_at", "legal")}
    ids, at = batch["input_ids"], batch["choice_at"]
    rows, choices = (at >= 0).nonzero(as_tuple=True)
    columns = at[rows, choices]
    before, place = torch.unique(columns - 1, return_inverse=True)
    logits = model(**inputs, logits_to_keep=before, use_cache=False).logits
    logprobs = renormalised(logits[rows, place], batch["legal"][rows, choices])
    targets = ids[rows, columns]
    total = nll_loss(logprobs, targets, reduction="sum")
    right = (logprobs.detach().argmax(-1) == targets).sum()
    count = torch.as_tensor(len(targets) if items is None else items, device=total.device)
    return total / count.clamp(min=1), right
