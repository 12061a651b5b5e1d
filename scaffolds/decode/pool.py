"""The key-value cache as a pool of slots, and the forward pass over it.

The batch dimension is the *group*: all answers to one prompt. A group's prompt lies in its pool once, and
the tokens of its answers lie behind it in the order in which they were fed, each marked with its answer and
its position. The attention mask says which slots a token may see: its prompt and its own answer, up to
itself, within the sliding window where a layer has one. So answers of one group may progress at different
speeds without padding or copying, a shared prompt costs one pass and one copy of memory, and the passes work
with every causal language model of transformers that takes a 4D mask and position ids.

Padding exists only between groups: on the left, written to slot 0, which only padding sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers.cache_utils import Cache

from scaffolds.errors import CasewrightError

PROMPT = -1
"""The answer number of tokens that every answer of the group sees."""
_PAD, _FREE = -2, -3
_BLOCK = 256
_MAX_CELLS = 8192


class Cell(NamedTuple):
    """A token to feed: its id, its position in its text, and the answer it belongs to (or PROMPT)."""

    token: int
    position: int
    answer: int


class _SlotCache(Cache):
    """Keys and values by slot: tensors of shape (groups, heads, slots, head size), grown in blocks."""

    def __init__(self) -> None:
        super().__init__(layers=[])
        self._keys: dict[int, Tensor] = {}
        self._values: dict[int, Tensor] = {}
        self._slots = torch.zeros(0, 0, dtype=torch.long)
        self._used = 0

    def place(self, slots: Tensor, *, used: int) -> None:
        """Where the next pass writes, shape (groups, width), and how many slots attention reads."""
        self._slots = slots.unsqueeze(1).unsqueeze(-1)
        self._used = used

    def update(
        self, key_states: Tensor, value_states: Tensor, layer_idx: int, *args: Any, **kwargs: Any
    ) -> tuple[Tensor, Tensor]:
        return (
            self._write(self._keys, layer_idx, key_states),
            self._write(self._values, layer_idx, value_states),
        )

    def get_seq_length(self, layer_idx: int = 0) -> int:
        return self._used

    def take(self, groups: Tensor, *, used: int) -> _SlotCache:
        """These groups, in this order, in a cache of their own: their first `used` slots."""
        taken = _SlotCache()
        for mine, theirs in ((self._keys, taken._keys), (self._values, taken._values)):
            for layer, states in mine.items():
                theirs[layer] = states[:, :, :used].index_select(0, groups)
        return taken

    @classmethod
    def join(cls, caches: Sequence[_SlotCache]) -> _SlotCache:
        """The groups of several caches, in order; shorter ones are filled up with zeros."""
        joined = cls()
        for name in ("_keys", "_values"):
            stores = [getattr(cache, name) for cache in caches]
            for layer in stores[0]:
                longest = max(store[layer].shape[2] for store in stores)
                getattr(joined, name)[layer] = torch.cat([
                    torch.nn.functional.pad(store[layer], (0, 0, 0, longest - store[layer].shape[2]))
                    for store in stores
                ])
        return joined

    def _write(self, store: dict[int, Tensor], layer: int, states: Tensor) -> Tensor:
        groups, heads, _, size = states.shape
        kept = store.get(layer)
        if kept is None or kept.shape[2] < self._used:
            # Zeros, because what is masked is still multiplied: garbage could be NaN.
            grown = states.new_zeros(groups, heads, (self._used // _BLOCK + 1) * _BLOCK, size)
            if kept is not None:
                grown[:, :, : kept.shape[2]] = kept
            kept = store[layer] = grown
        kept.scatter_(2, self._slots.expand_as(states), states)
        return kept[:, :, : self._used]


class SlotPool:
    """A model's cache for `groups` prompts and their answers. Not thread-safe; use under `torch.no_grad`."""

    def __init__(self, model: Any, *, groups: int) -> None:
        self._model = model
        self._device = model.device
        self._kinds, self._window = _attention_kinds(model.config)
        self._additive = getattr(model.config, "_attn_implementation", "eager") != "sdpa"
        self._cache = _SlotCache()
        self._filled = [1] * groups
        self._owner = torch.full((groups, _BLOCK), _FREE, device=self._device)
        self._owner[:, 0] = _PAD
        self._position = torch.zeros_like(self._owner)

    def feed(self, cells: Sequence[Sequence[Cell]], *, keep: int) -> Tensor:
        """Feed each group its cells; the logits of the last `keep` columns, (groups, keep, vocabulary).

        Cells are right-aligned: a group's last cell is the last column. A cell sees what was fed before it,
        and cells of this call at lower positions of its own answer or the prompt.
        """
        width = max(len(group) for group in cells)
        limit = max(keep, _MAX_CELLS // len(cells))
        # The last pass is the one that must be able to hold all kept columns, so the first is the short one.
        edges = [*range(width, 0, -limit), 0][::-1]
        logits = torch.empty(0)
        for start, stop in pairwise(edges):
            before = [len(group) - width for group in cells]
            part = [
                group[max(0, start + shift) : max(0, stop + shift)]
                for group, shift in zip(cells, before, strict=True)
            ]
            logits = self._pass(part, width=stop - start, keep=min(keep, stop - start))
        return logits

    def hide(self, group: int, *, answer: int, position: int) -> None:
        """Let nothing see the cells of an answer from this position on any more."""
        gone = (self._owner[group] == answer) & (self._position[group] >= position)
        self._owner[group, gone] = _FREE

    def take(self, groups: Sequence[int]) -> SlotPool:
        """These groups, in this order, in a pool of their own."""
        taken = SlotPool(self._model, groups=0)
        index = torch.tensor(groups, device=self._device)
        taken._filled = [self._filled[group] for group in groups]
        used = max(taken._filled)
        taken._cache = self._cache.take(index, used=used)
        taken._owner = self._owner[:, :used].index_select(0, index)
        taken._position = self._position[:, :used].index_select(0, index)
        return taken

    @classmethod
    def join(cls, pools: Sequence[SlotPool]) -> SlotPool:
        """The groups of several pools of one model, in order."""
        joined = cls(pools[0]._model, groups=0)
        joined._filled = [filled for pool in pools for filled in pool._filled]
        joined._cache = _SlotCache.join([pool._cache for pool in pools])
        longest = max(pool._owner.shape[1] for pool in pools)
        pad = torch.nn.functional.pad
        joined._owner = torch.cat([pad(p._owner, (0, longest - p._owner.shape[1]), value=_FREE) for p in pools])
        joined._position = torch.cat([pad(p._position, (0, longest - p._position.shape[1])) for p in pools])
        return joined

    def _pass(self, cells: Sequence[Sequence[Cell]], *, width: int, keep: int) -> Tensor:
        rows: list[list[tuple[int, int, int, int]]] = []
        for group, fed in enumerate(cells):
            start = self._filled[group]
            row = [(0, 0, _PAD, 0)] * (width - len(fed))
            row += [(*cell, start + offset) for offset, cell in enumerate(fed)]
            rows.append(row)
            self._filled[group] += len(fed)
        tokens, positions, answers, slots = torch.tensor(rows, device=self._device).unbind(-1)
        used = max(self._filled)
        if used > self._owner.shape[1]:
            more = (used // _BLOCK + 1) * _BLOCK - self._owner.shape[1]
            self._owner = torch.nn.functional.pad(self._owner, (0, more), value=_FREE)
            self._position = torch.nn.functional.pad(self._position, (0, more))
        self._owner.scatter_(1, slots, answers)
        self._position.scatter_(1, slots, positions)
        self._cache.place(slots, used=used)
        output = self._model(
            input_ids=tokens,
            position_ids=positions,
            attention_mask=self._mask(answers, positions, used),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=keep,
        )
        logits: Tensor = output.logits
        return logits

    def _mask(self, answers: Tensor, positions: Tensor, used: int) -> Tensor | dict[str, Tensor]:
        owner, place = self._owner[:, None, :used], self._position[:, None, :used]
        answers, positions = answers.unsqueeze(-1), positions.unsqueeze(-1)
        visible = (owner == answers) | ((owner == PROMPT) & (answers != _PAD))
        visible &= place <= positions
        masks = {}
        for kind in self._kinds:
            seen = visible
            if kind == "sliding_attention":
                seen = visible & (place > positions - self._window)
            masks[kind] = self._as_mask(seen.unsqueeze(1))
        return masks if len(masks) > 1 else masks[self._kinds[0]]

    def _as_mask(self, seen: Tensor) -> Tensor:
        if not self._additive:
            return seen
        dtype = self._model.dtype
        return torch.zeros_like(seen, dtype=dtype).masked_fill_(~seen, torch.finfo(dtype).min)


def _attention_kinds(config: Any) -> tuple[list[str], int]:
    """The kinds of attention layer of a model, and its sliding window (0 where no layer slides).

    Raises CasewrightError for layers whose state is not a set of keys and values.
    """
    config = config.get_text_config()
    window = getattr(config, "sliding_window", None) or 0
    kinds = getattr(config, "layer_types", None) or ["sliding_attention" if window else "full_attention"]
    unknown = sorted(set(kinds) - {"full_attention", "sliding_attention"})
    if unknown:
        raise CasewrightError(
            f"A {config.model_type} checkpoint has layers of the kind {', '.join(unknown)}, which the "
            "decoder cannot hold in its cache; choose a base whose layers are full or sliding attention."
        )
    return sorted(set(kinds)), window
