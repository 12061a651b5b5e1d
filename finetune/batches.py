"""Batches: rows as a trainer reads them, padded or packed, with the choices of their answers beside the tokens."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from finetune.constrained import Choices, pack, settled
from finetune.rows import IGNORED, Row


def examples(rows: Sequence[Row]) -> list[dict[str, list[int]]]:
    """Rows as TRL takes them."""
    return [{"input_ids": list(row.input_ids), "labels": list(row.labels)} for row in rows]


def plain(*, packing: bool) -> Callable[[Any], dict[str, Any]]:
    """TRL's batches: one example after the other without padding, or each padded to the longest."""
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    made = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=packing)
    return made if packing else unmasked(made)


def collator(rows: Sequence[Row], tokenizer: Any, *, packing: bool) -> Collate:
    """Make the batches of `rows` for SFT, packed or padded."""
    return Collate({row.input_ids: row for row in rows}, tokenizer, plain(packing=packing))


def unmasked(collate: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """Leave the attention mask out of batches: padding stands on the right, where causal attention never looks.

    With a mask the fast causal kernels cannot be used, and a step on a CPU takes a quarter longer.
    """

    def collated(examples: Any) -> dict[str, Any]:
        batch = collate(examples)
        mask = batch.pop("attention_mask")
        return batch | {"position_ids": torch.arange(mask.size(1)).expand_as(mask).contiguous()}

    return collated


@dataclass
class Collate:
    """Turn rows into a batch as TRL does, with the places and the legal tokens of their choices beside it.

    collate: TRL's collator, with or without padding. Labels outside choices are ignored, so that they count what is
    learnt; tokens are those in which answers are served. What was replayed once is kept, compressed.
    """

    rows: Mapping[tuple[int, ...], Row]
    tokenizer: Any
    collate: Callable[[Any], dict[str, Any]]
    _kept: dict[tuple[int, ...], tuple[Sequence[int], Sequence[int], int, bytes]] = field(default_factory=dict)

    def __call__(self, examples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        served = [self._served(one) for one in examples]
        batch = self.collate([example for example, _ in served])
        found = [choices for _, choices in served]
        if batch["input_ids"].size(0) < len(found):
            found = [_behind_one_another(found, [len(example["input_ids"]) for example, _ in served])]
        at, legal = pack(found)
        rows, choices = (at >= 0).nonzero(as_tuple=True)
        labels = torch.full_like(batch["input_ids"], IGNORED)
        labels[rows, at[rows, choices]] = batch["input_ids"][rows, at[rows, choices]]
        return batch | {"labels": labels, "choice_at": at, "legal": legal}

    def _served(self, example: Mapping[str, Any]) -> tuple[dict[str, Any], Choices]:
        """One example as it is served, a row or several that are packed behind one another, with its choices."""
        ids = list(example["input_ids"])
        ends = np.cumsum([0, *(example.get("seq_lengths") or [len(ids)])]).tolist()
        made = [self._of(tuple(ids[start:end])) for start, end in pairwise(ends)]
        sizes = [len(one) for one, _ in made]
        joined = [token for one, _ in made for token in one]
        packed = {"seq_lengths": sizes} if "seq_lengths" in example else {}
        choices = _behind_one_another([one for _, one in made], sizes)
        return {"input_ids": joined, **packed}, choices

    def _of(self, ids: tuple[int, ...]) -> tuple[Sequence[int], Choices]:
        if ids not in self._kept:
            row, made = settled(self.rows[ids], self.tokenizer)
            legal = zlib.compress(made.legal.numpy().tobytes(), 1)
            self._kept[ids] = row.input_ids, made.columns, made.legal.size(-1), legal
        served, columns, words, packed = self._kept[ids]
        sets = np.frombuffer(zlib.decompress(packed), dtype=np.int32).reshape(len(columns), words)
        return served, Choices(columns, torch.from_numpy(sets.copy()))


def _behind_one_another(found: Sequence[Choices], sizes: Sequence[int]) -> Choices:
    """The choices of sequences of these lengths when each follows the one before it."""
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    columns = [start + column for start, one in zip(starts, found, strict=True) for column in one.columns]
    # What has no choice has no width either.
    return Choices(columns, torch.cat([one.legal for one in found if one.columns] or [found[0].legal]))
