"""The language model as a next-step model: exact probabilities over the closed list, one pass per trace.

Where a step is due, the policy is the softmax over the step tokens alone; where a gap is due, over the gap tokens. The
same renormalised policy is trained, rewarded, measured and served. Nothing is sampled and no answer can be invalid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from finetune.logs.encoding import Encoding, extend
from finetune.logs.protocol import Labels, Probabilities
from finetune.logs.trace import Trace
from finetune.rows import IGNORED, Row
from scaffolds.errors import CasewrightError
from workflows.procesverloop import Procesverloop
from workflows.serve.base import Base, BaseIdentity, Quantise, load_base

BATCH = 16
_LARGE = 1_000_000_000
"""Below this many parameters a GPU holds the weights in fp32 too: rows of an embedding learn badly in bf16."""


@dataclass(frozen=True)
class Batch:
    """Rows as tensors. Of every place where something is due: its row, its column, and the right class there."""

    input_ids: Tensor
    mask: Tensor
    steps: tuple[Tensor, Tensor, Tensor]
    gaps: tuple[Tensor, Tensor, Tensor]


def collate(rows: Sequence[Row], encoding: Encoding, *, device: Any) -> Batch:
    """Pad rows on the right and find where steps and gaps are due: at the token before the learned one."""
    width = max(len(row.input_ids) for row in rows)
    ids = torch.full((len(rows), width), encoding.unknown)
    labels = torch.full((len(rows), width), IGNORED)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for place, row in enumerate(rows):
        size = len(row.input_ids)
        ids[place, :size] = torch.tensor(row.input_ids)
        labels[place, :size] = torch.tensor(row.labels)
        mask[place, :size] = 1

    def due(tokens: range) -> tuple[Tensor, Tensor, Tensor]:
        found = (labels >= tokens.start) & (labels < tokens.stop)
        at, column = found.nonzero(as_tuple=True)
        return at.to(device), (column - 1).to(device), (labels[found] - tokens.start).to(device)

    return Batch(ids.to(device), mask.to(device), due(encoding.steps), due(encoding.gaps))


def logprobs(model: Any, batch: Batch, encoding: Encoding, *, bf16: bool = False) -> tuple[Tensor, Tensor]:
    """The policy at every place of `batch`: log-probabilities (steps due, closed list) and (gaps due, buckets).

    bf16: compute in bf16 autocast, for training where that is faster.
    """
    with torch.autocast(batch.input_ids.device.type, torch.bfloat16, enabled=bf16):
        logits = model(input_ids=batch.input_ids, attention_mask=batch.mask, use_cache=False).logits

    def over(tokens: range, places: tuple[Tensor, Tensor, Tensor]) -> Tensor:
        values: Tensor = logits[places[0], places[1], tokens.start : tokens.stop].float().log_softmax(-1)
        return values

    return over(encoding.steps, batch.steps), over(encoding.gaps, batch.gaps)


@dataclass(frozen=True, kw_only=True)
class Language:
    """A causal language model with its encoding and who its base is, as the protocol wants it."""

    model: Any
    encoding: Encoding
    base: BaseIdentity

    def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[Probabilities]:
        """As `protocol.NextStep`. `labels` is the closed list, or a part of it to which the policy is then held."""
        for steps, _ in self.distributions(traces, labels):
            yield steps

    def distributions(
        self, traces: Sequence[Trace], labels: Labels
    ) -> Iterator[tuple[Probabilities, Probabilities]]:
        """Per trace the next-step rows (events, labels), and the gap rows (events - 1, GAPS) given the true step."""
        own = self.encoding.labels
        if unknown := [name for name in labels.names if name not in own.names]:
            raise CasewrightError(f"The model does not know the step {unknown[0]!r}; train it on that log.")
        columns = [own.index(name) for name in labels.names]
        for start in range(0, len(traces), BATCH):
            part = [self.encoding.row(trace, known=labels) for trace in traces[start : start + BATCH]]
            with evaluating(self.model):
                batch = collate(part, self.encoding, device=self.model.device)
                steps, gaps = logprobs(self.model, batch, self.encoding)
            held = steps[:, columns].double().softmax(-1).cpu()
            buckets = gaps.double().exp().cpu()
            for place in range(len(part)):
                yield held[batch.steps[0].cpu() == place].numpy(), buckets[batch.gaps[0].cpu() == place].numpy()


@contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Switch dropout and gradients off for a while."""
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(training)


def open_base(name: str, process: Procesverloop, *, hub: bool, quantise: Quantise) -> tuple[Base, Encoding]:
    """Load a base and give it the tokens of `process`."""
    base = load_base(name, hub=hub, quantise=quantise)
    if quantise == "none" and base.model.num_parameters() < _LARGE:
        base.model.float()
    return base, extend(base, process)
