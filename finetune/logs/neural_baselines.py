"""Two small networks that read codes and gaps in time, no words: an LSTM and a causal Transformer.
 What they lack against a language model is language; what they share is every example, the closed list, the
choice on validation and the fit on all training cases afterwards, for the number of passes that validation
chose. Sources of the shapes: Tax et al., arXiv 1612.02130 (LSTM); Vaswani et al., arXiv 1706.03762
(Transformer).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from finetune.logs.metrics import score
from finetune.logs.protocol import GAPS, OTHER, Labels, Probabilities, Split, gap_bucket, target
from finetune.logs.trace import Trace

Kind = Literal["lstm", "transformer"]
WIDTH = 128
BATCH = 16
LEARNING_RATE = 2e-3
MAX_EPOCHS = 40
PATIENCE = 5
MAX_LENGTH = 512
UNKNOWN_SHARE = (
    0.02  # of the inputs are hidden in training, so that the place of unknown activities is learnt
)
IGNORED = -100


class Network(nn.Module):
    """From (batch, steps) codes and gaps to (batch, steps, labels) logits, each step from itself and earlier
    ones."""

    def __init__(self, kind: Kind, labels: int) -> None:
        super().__init__()
        self.activity = nn.Embedding(labels, WIDTH)
        self.gap = nn.Embedding(len(GAPS), WIDTH)
        self.dropout = nn.Dropout(0.2)
        self.lstm = nn.LSTM(WIDTH, WIDTH, batch_first=True) if kind == "lstm" else None
        if kind == "transformer":
            layer = nn.TransformerEncoderLayer(WIDTH, 4, 4 * WIDTH, 0.1, batch_first=True, norm_first=True)
            self.layers = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
            self.position = nn.Embedding(MAX_LENGTH, WIDTH)
        self.out = nn.Linear(WIDTH, labels)

    def forward(self, codes: Tensor, gaps: Tensor) -> Tensor:
        hidden = self.dropout(self.activity(codes) + self.gap(gaps))
        if self.lstm is not None:
            hidden, _ = self.lstm(hidden)
        else:
            steps = codes.shape[1]
            places = torch.arange(steps, device=codes.device).clamp(max=MAX_LENGTH - 1)
            mask = nn.Transformer.generate_square_subsequent_mask(steps, device=codes.device)
            hidden = self.layers(hidden + self.position(places), mask=mask, is_causal=True)
        logits: Tensor = self.out(self.dropout(hidden))
        return logits


@dataclass(frozen=True)
class Neural:
    """A fitted network as the protocol wants it."""

    network: Network
    epochs: int

    @torch.no_grad()
    def probabilities(self, traces: Sequence[Trace], labels: Labels) -> Iterator[Probabilities]:
        self.network.eval()
        for trace in traces:
            codes, gaps, _ = _encode(trace, labels)
            yield self.network(codes[None], gaps[None])[0].softmax(-1).double().numpy()


def fit_neural(split: Split, kind: Kind, *, seed: int, max_epochs: int = MAX_EPOCHS) -> Neural:
    """Fit on the fitting part until validation stops improving, then afresh on all training cases for as many
    passes.

    Validation is judged by the tie-aware hit rate, as for the n-gram. The same seed gives the same network on
    one machine and thread count.
    """
    labels = Labels.of(split.fitting)
    best, chosen = -1.0, 1
    for model in _passes(split.fitting, kind, labels, seed, max_epochs):
        scored = score(model, split.validation, labels=labels, training=())
        if (right := float(scored.right.mean())) > best:
            best, chosen = right, model.epochs
        elif model.epochs - chosen >= PATIENCE:
            break
    *_, final = _passes(split.training, kind, Labels.of(split.training), seed, chosen)
    return final


def _passes(traces: Sequence[Trace], kind: Kind, labels: Labels, seed: int, epochs: int) -> Iterator[Neural]:
    """Yield the network after each pass over `traces`."""
    torch.manual_seed(seed)
    network = Network(kind, len(labels))
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=LEARNING_RATE if kind == "lstm" else LEARNING_RATE / 4
    )
    examples = [_encode(trace, labels) for trace in traces]
    unknown = labels.index(OTHER)
    for epoch in range(1, epochs + 1):
        network.train()
        for picks in torch.split(torch.randperm(len(examples)), BATCH):
            codes, gaps, targets = (
                pad_sequence(
                    [examples[pick][part] for pick in picks], batch_first=True, padding_value=padding
                )
                for part, padding in ((0, 0), (1, 0), (2, IGNORED))
            )
            codes = codes.masked_fill(torch.rand(codes.shape) < UNKNOWN_SHARE, unknown)
            loss = nn.functional.cross_entropy(network(codes, gaps).flatten(0, 1), targets.flatten())
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
        yield Neural(network, epoch)


def _encode(trace: Trace, labels: Labels) -> tuple[Tensor, Tensor, Tensor]:
    """Return codes, gaps before each event, and targets, each (events,)."""
    steps = range(1, len(trace.events) + 1)
    codes = [labels.index(activity) for activity in trace.activities]
    gaps = [0, *(gap_bucket(trace, step) for step in steps[:-1])]
    return (
        torch.tensor(codes),
        torch.tensor(gaps),
        torch.tensor([labels.index(target(trace, step)) for step in steps]),
    )
