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
from torch.nn.functional import linear

from finetune.logs.encoding import Encoding, extend
from finetune.logs.protocol import Labels, Probabilities
from finetune.logs.trace import Trace
from finetune.rows import IGNORED, Row
from scaffolds.errors import CasewrightError
from workflows.procesverloop import Procesverloop
from workflows.serve.base import Base, BaseIdentity, Quantise, load_base

BATCH = 16
WINDOW = 16 * BATCH
"""Traces that are sorted by length among each other when they are scored."""


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
    with torch.autocast(batch.input_ids.device.type, torch.bfloat16, enabled=bf16), _answering(model, batch, encoding):
        logits = model(input_ids=batch.input_ids, attention_mask=batch.mask, use_cache=False).logits.float()
    due, size = len(batch.steps[0]), len(encoding.steps)
    return logits[:due, :size].log_softmax(-1), logits[due:, size:].log_softmax(-1)


@contextmanager
def _answering(model: Any, batch: Batch, encoding: Encoding) -> Iterator[None]:
    """Let the head answer only where something is due, and only with steps and gaps: (due, added tokens).

    The other tokens of the vocabulary, at every place, are a fifth of a small model's computing and are never read.
    """
    head = model.get_output_embeddings()
    rows, columns = (torch.cat([batch.steps[part], batch.gaps[part]]) for part in (0, 1))
    weight, bias = _answer_weights(head, encoding)
    head.forward = lambda hidden: linear(hidden[rows, columns], weight, bias)
    try:
        yield
    finally:
        del head.forward


def _answer_weights(head: Any, encoding: Encoding) -> tuple[Tensor, Tensor | None]:
    """The rows of the head that belong to the added tokens; where an adapter trains them, its own."""
    added = slice(encoding.tokens.start, encoding.tokens.stop)
    if (trained := getattr(head, "token_adapter", None)) is None:
        return head.weight[added], head.bias[added] if getattr(head, "bias", None) is not None else None
    (adapter,) = trained.active_adapters
    base = trained.get_base_layer()
    bias = getattr(base, "bias", None)
    return trained.trainable_tokens_delta[adapter], bias[added] if bias is not None else None


def by_length(rows: Sequence[Row], encoding: Encoding, *, device: Any) -> Iterator[tuple[list[int], Batch]]:
    """Batches of rows of like length, to pad little, each with the places of its rows in `rows`."""
    order = sorted(range(len(rows)), key=lambda place: len(rows[place].input_ids))
    for start in range(0, len(order), BATCH):
        picks = order[start : start + BATCH]
        yield picks, collate([rows[pick] for pick in picks], encoding, device=device)


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
        for start in range(0, len(traces), WINDOW):
            rows = [self.encoding.row(trace, known=labels) for trace in traces[start : start + WINDOW]]
            found: dict[int, tuple[Probabilities, Probabilities]] = {}
            for picks, batch in by_length(rows, self.encoding, device=self.model.device):
                with evaluating(self.model):
                    steps, gaps = logprobs(self.model, batch, self.encoding)
                held, buckets = steps[:, columns].double().softmax(-1).cpu(), gaps.double().exp().cpu()
                for place, pick in enumerate(picks):
                    of_steps, of_gaps = (part[0].cpu() == place for part in (batch.steps, batch.gaps))
                    found[pick] = held[of_steps].numpy(), buckets[of_gaps].numpy()
            for place in range(len(rows)):
                yield found[place]


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
    return base, extend(base, process)
