"""Packing: the new cells of several groups as one row, in which every group attends to its own keys.

Groups progress by unlike numbers of tokens; laid out as a grid, most of it was padding (of 36 permits, sampled, two
cells in three). On a CPU, where arithmetic is what a pass costs, the layers read the row, and attention takes the
groups one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any, NamedTuple

import torch
from torch import Tensor
from transformers import AttentionInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward

PACKED = "casewright_packed"


class Part(NamedTuple):
    """What a group has of the row: its cells, and of its keys the first `used`."""

    group: int
    cells: slice
    used: int


_parts: ContextVar[Sequence[Part]] = ContextVar("parts")
_pass = Lock()
"""One packed pass at a time: which attention a model has stands in its configuration, which its threads share."""


def packs(model: Any) -> bool:
    """Whether the model's passes are packed: on a CPU, where attention is chosen by name and is torch's."""
    inner = model.get_base_model() if hasattr(model, "get_base_model") else model
    attention = getattr(inner.config.get_text_config(), "_attn_implementation", None)
    # Another thread may be in the middle of a packed pass.
    return inner.device.type == "cpu" and attention in ("sdpa", PACKED) and bool(inner._can_set_attn_implementation())


@contextmanager
def packed(model: Any, parts: Sequence[Part]) -> Iterator[None]:
    """Let a model that `packs` read one row; its mask has a row per cell, its cache gives the keys of all groups.

    Threads take turns, whatever their models.
    """
    config = model.config.get_text_config()
    with _pass:
        token = _parts.set(parts)
        config._attn_implementation = PACKED
        try:
            yield
        finally:
            config._attn_implementation = "sdpa"
            _parts.reset(token)


def _attention(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Tensor, **settings: Any
) -> tuple[Tensor, None]:
    outputs = [
        sdpa_attention_forward(
            module,
            query[:, :, cells],
            key[group : group + 1, :, :used],
            value[group : group + 1, :, :used],
            attention_mask[:, :, cells, :used],
            **settings,
        )[0]
        for group, cells, used in _parts.get()
    ]
    return torch.cat(outputs, dim=1), None


AttentionInterface.register(PACKED, _attention)
