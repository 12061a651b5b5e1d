"""Two small networks that read codes and gaps in time, no words: an LSTM and a causal Transformer.
 What they lack against a language model is language; what they share is every example, the closed list, the
choice on validation and the fit on all training cases afterwards, for the number of passes that validation
chose. The LSTM can go on with the reward that the language model gets, so that what the reward does is not
counted as the language's. Sources of the shapes: Tax et al., arXiv 1612.02130 (LSTM); Vaswani et al.,
arXiv 1706.03762 (Transformer).
"""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from finetune.logs.fit import rewards, step_weights
from finetune.logs.metrics import rewarded, score
from finetune.logs.protocol import GAPS, OTHER, Labels, Probabilities, Split, gap_bucket, target
from finetune.logs.trace import Trace

Kind = Literal["lstm", "transformer"]
WIDTH = 128
BATCH = 16
LEARNING_RATE = 2e-3
REWARD_RATE = 1e-3
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
    return _refitted(split, kind, seed, _search(split, kind, seed, max_epochs).epochs)


def fit_rewarded(
    split: Split, *, seed: int, epochs: int, openings: float, max_epochs: int = MAX_EPOCHS
) -> Neural:
    """Fit the LSTM as `fit_neural` does, then climb the expected reward of `finetune.logs.fit`, up to `epochs` passes.

    Validation chooses how many by the hit rate with the reward's weights, as for the language model, and may choose
    none. Nothing holds the network to where it began.
    """
    begun = _search(split, "lstm", seed, max_epochs)
    best, chosen = _judged(begun, split, openings), 0
    for model in _rewarded_passes(begun, split.fitting, Labels.of(split.fitting), seed, epochs, openings):
        if (reached := _judged(model, split, openings)) > best:
            best, chosen = reached, model.epochs
    final = _refitted(split, "lstm", seed, begun.epochs)
    *_, final = final, *_rewarded_passes(final, split.training, Labels.of(split.training), seed, chosen, openings)
    return final


def _search(split: Split, kind: Kind, seed: int, max_epochs: int) -> Neural:
    """The network on the fitting part, after the pass that validation likes best."""
    labels, best, found = Labels.of(split.fitting), -1.0, None
    for model in _passes(split.fitting, kind, labels, seed, max_epochs):
        scored = score(model, split.validation, labels=labels, training=())
        if (right := float(scored.right.mean())) > best:
            best, found = right, deepcopy(model)
        elif found and model.epochs - found.epochs >= PATIENCE:
            break
    assert found is not None
    return found


def _refitted(split: Split, kind: Kind, seed: int, epochs: int) -> Neural:
    *_, final = _passes(split.training, kind, Labels.of(split.training), seed, epochs)
    return final


def _judged(model: Neural, split: Split, openings: float) -> float:
    scored = score(model, split.validation, labels=Labels.of(split.fitting), training=())
    return rewarded(scored, openings=openings)


def _passes(traces: Sequence[Trace], kind: Kind, labels: Labels, seed: int, epochs: int) -> Iterator[Neural]:
    """Yield the network after each pass over `traces`, by likelihood."""
    torch.manual_seed(seed)
    network = Network(kind, len(labels))

    def loss(logits: Tensor, targets: Tensor) -> Tensor:
        return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())

    rate = LEARNING_RATE if kind == "lstm" else LEARNING_RATE / 4
    return _trained(network, [_encode(trace, labels) for trace in traces], labels, loss, rate, epochs)


def _rewarded_passes(
    begun: Neural, traces: Sequence[Trace], labels: Labels, seed: int, epochs: int, openings: float
) -> Iterator[Neural]:
    """Yield the network of `begun` after each pass over `traces`, by expected reward."""
    torch.manual_seed(seed)

    def example(trace: Trace) -> tuple[Tensor, Tensor, Tensor]:
        codes, gaps, _ = _encode(trace, labels)
        return codes, gaps, rewards(labels, trace) * step_weights(trace, openings=openings)[:, None]

    def loss(logits: Tensor, worth: Tensor) -> Tensor:
        worth = worth.clamp(min=0.0)  # of a padded step no answer is worth anything
        return -(logits.softmax(-1) * worth).sum() / worth.amax(-1).sum()

    return _trained(begun.network, [example(trace) for trace in traces], labels, loss, REWARD_RATE, epochs)


def _trained(
    network: Network,
    examples: Sequence[tuple[Tensor, Tensor, Tensor]],
    labels: Labels,
    loss: Callable[[Tensor, Tensor], Tensor],
    rate: float,
    epochs: int,
) -> Iterator[Neural]:
    """Yield the network after each pass over `examples`: codes, gaps, and what `loss` holds the logits against."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate)
    unknown = labels.index(OTHER)
    for epoch in range(1, epochs + 1):
        network.train()
        for picks in torch.split(torch.randperm(len(examples)), BATCH):
            codes, gaps, goals = (
                pad_sequence(
                    [examples[pick][part] for pick in picks], batch_first=True, padding_value=padding
                )
                for part, padding in ((0, 0), (1, 0), (2, IGNORED))
            )
            codes = codes.masked_fill(torch.rand(codes.shape) < UNKNOWN_SHARE, unknown)
            missed = loss(network(codes, gaps), goals)
            optimiser.zero_grad()
            missed.backward()  # type: ignore[no-untyped-call]
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
