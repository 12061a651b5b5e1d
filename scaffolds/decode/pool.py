"""The key-value cache as a pool of slots, and the forward pass over it.

The batch dimension is the *group*: all answers to one prompt. A group's prompt lies in its pool once, and
the tokens of its answers lie behind it in the order in which they were fed, each marked with its answer and
its position. The attention mask says which slots a token may see: its prompt and its own answer, up to
itself, within the sliding window where a layer has one. So answers of one group may progress at different
speeds without padding or copying, a shared prompt costs one pass and one copy of memory, and the passes work
with every causal language model of transformers that takes a 4D mask and position ids.

Where passes are not packed (`packing`), padding exists between groups: on the left, seeing slot 0 alone, which nothing
else sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import torch
from torch import Tensor

from scaffolds.errors import CasewrightError

from .cache import BLOCK, Grid, SlotCache
from .packing import Part, packed, packs

PROMPT = -1
"""The answer number of tokens that every answer of the group sees."""
_PAD, _FREE = -2, -3
_MAX_CELLS = 8192


class Cell(NamedTuple):
    """A token to feed: its id, its position in its text, and the answer it belongs to (or PROMPT)."""

    token: int
    position: int
    answer: int


class SlotPool:
    """A model's cache for `groups` prompts and their answers; use under `torch.no_grad`.

    A pool belongs to one thread; pools of one model may run in several.
    """

    def __init__(self, model: Any, *, groups: int) -> None:
        self._model = model
        self._device = model.device
        self._kinds, self._window = _attention_kinds(model.config)
        self._packs = packs(model)
        # Torch's attention would make a mask of truth values additive again in every layer.
        self._additive = self._packs or getattr(model.config, "_attn_implementation", "eager") != "sdpa"
        self._cache = SlotCache()
        self._filled = [1] * groups
        self._owner = torch.full((groups, BLOCK), _FREE, device=self._device)
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
        joined._cache = SlotCache.join([pool._cache for pool in pools])
        longest = max(pool._owner.shape[1] for pool in pools)
        pad = torch.nn.functional.pad
        joined._owner = torch.cat([pad(p._owner, (0, longest - p._owner.shape[1]), value=_FREE) for p in pools])
        joined._position = torch.cat([pad(p._position, (0, longest - p._position.shape[1])) for p in pools])
        return joined

    def _pass(self, cells: Sequence[Sequence[Cell]], *, width: int, keep: int) -> Tensor:
        fed = [
            (group, width - len(row) + column, *cell, self._filled[group] + column)
            for group, row in enumerate(cells)
            for column, cell in enumerate(row)
        ]
        self._filled = [filled + len(row) for filled, row in zip(self._filled, cells, strict=True)]
        groups, columns, tokens, positions, answers, slots = torch.tensor(fed, device=self._device).unbind(-1)
        grid = Grid(groups, columns, (len(cells), width))
        used = max(self._filled)
        if used > self._owner.shape[1]:
            more = (used // BLOCK + 1) * BLOCK - self._owner.shape[1]
            self._owner = torch.nn.functional.pad(self._owner, (0, more), value=_FREE)
            self._position = torch.nn.functional.pad(self._position, (0, more))
        self._owner[groups, slots] = answers
        self._position[groups, slots] = positions
        self._cache.place(grid, slots, used=used)
        if self._packs:
            return self._packed(cells, grid, tokens, positions, answers, keep=keep)
        answers, positions = grid.lay(answers, fill=_PAD), grid.lay(positions)
        logits: Tensor = self._model(
            input_ids=grid.lay(tokens),
            position_ids=positions,
            attention_mask=self._mask(self._owner[:, None, :used], self._position[:, None, :used], answers, positions),
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=keep,
        ).logits
        return logits

    def _packed(
        self,
        cells: Sequence[Sequence[Cell]],
        grid: Grid,
        tokens: Tensor,
        positions: Tensor,
        answers: Tensor,
        *,
        keep: int,
    ) -> Tensor:
        """One row of cells, each with its token, position and answer; the logits of the grid's last columns."""
        used = max(self._filled)
        ends = list(accumulate(len(row) for row in cells))
        parts = [
            Part(group, slice(end - len(row), end), self._filled[group])
            for group, (row, end) in enumerate(zip(cells, ends, strict=True))
            if row
        ]
        owner, place = self._owner[grid.groups, :used], self._position[grid.groups, :used]
        first = grid.shape[1] - keep
        last = (grid.columns >= first).nonzero()[:, 0]
        with packed(self._model, parts):
            output = self._model(
                input_ids=tokens[None],
                position_ids=positions[None],
                attention_mask=self._mask(owner[None], place[None], answers[None], positions[None]),
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=last,
            )
        kept = Grid(grid.groups[last], grid.columns[last] - first, (len(cells), keep))
        return kept.lay(output.logits[0])

    def _mask(self, owner: Tensor, place: Tensor, answers: Tensor, positions: Tensor) -> Tensor | dict[str, Tensor]:
        """Which slots each cell sees. owner, place: (rows, width or 1, slots); answers, positions: (rows, width)."""
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
