"""The keys and values of several groups, by slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import Cache

BLOCK = 256
"""Slots are added in blocks."""


@dataclass(frozen=True)
class Grid:
    """Where each cell of a pass stands: its group and its column, integers of shape (cells,).

    shape: groups and columns.
    """

    groups: Tensor
    columns: Tensor
    shape: tuple[int, int]

    def lay(self, row: Tensor, *, fill: float = 0) -> Tensor:
        """Lay (cells, ...) out as (groups, columns, ...)."""
        laid = row.new_full((*self.shape, *row.shape[1:]), fill)
        laid[self.groups, self.columns] = row
        return laid


class SlotCache(Cache):
    """Keys and values by slot: tensors of shape (groups, heads, slots, head size), grown in blocks."""

    def __init__(self) -> None:
        super().__init__(layers=[])
        self._keys: dict[int, Tensor] = {}
        self._values: dict[int, Tensor] = {}
        self._used = 0

    def place(self, grid: Grid, slots: Tensor, *, used: int) -> None:
        """Where the next pass writes its cells, one slot each, and how many slots attention reads."""
        self._grid = grid
        self._slots = slots
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

    def take(self, groups: Tensor, *, used: int) -> SlotCache:
        """These groups, in this order, in a cache of their own: their first `used` slots."""
        taken = SlotCache()
        for mine, theirs in ((self._keys, taken._keys), (self._values, taken._values)):
            for layer, states in mine.items():
                theirs[layer] = states[:, :, :used].index_select(0, groups)
        return taken

    @classmethod
    def join(cls, caches: Sequence[SlotCache]) -> SlotCache:
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
        """states: (groups, heads, width, head size), or packed (1, heads, cells, head size)."""
        cells = states.transpose(1, 2)
        row = cells[0] if len(cells) == 1 else cells[self._grid.groups, self._grid.columns]
        kept = store.get(layer)
        if kept is None or kept.shape[2] < self._used:
            # Zeros, because what is masked is still multiplied: garbage could be NaN.
            blocks = (self._used // BLOCK + 1) * BLOCK
            grown = row.new_zeros(self._grid.shape[0], row.shape[1], blocks, row.shape[2])
            if kept is not None:
                grown[:, :, : kept.shape[2]] = kept
            kept = store[layer] = grown
        kept[self._grid.groups, :, self._slots] = row
        return kept[:, :, : self._used]
