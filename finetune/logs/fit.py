"""Training the next-step policy: SFT by likelihood, RL by the exact gradient of the expected reward.

A trace is one sequence in which every step is trained. Because the whole distribution over the closed list is known at
every place, RL needs no samples: with reward r(a) = is_right(a) the policy gradient of a one-step episode is the
gradient of the sum of p(a) r(a) over the list. That is what GRPO estimates from groups of samples, without their
variance; the policy is the same constrained one, held to the SFT policy by its exact divergence. Every prefix is an
episode of one answer, so there is no shorter path to a reward, and "case ends" is right only where the log ends.

What is judged and kept is the running mean of the weights (Polyak and Juditsky 1992), so that every pass can be judged
without a schedule that knows the last one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import nll_loss

from finetune.logs.language import Batch, Language, by_length, collate, evaluating, logprobs
from finetune.logs.protocol import Labels, opens_group, right_answers
from finetune.logs.resume import Resume
from finetune.logs.trace import Trace
from finetune.rows import Row

MEMORY = 0.98
"""What a step keeps of the running mean: a window of about fifty steps."""
WARMUP = 30
WINDOW = 8
"""Batches whose rows are sorted by length among each other."""
HIDDEN_SHARE = 0.02
"""Steps that SFT shows as "none of these", so that its token is learnt; as in the small networks."""

CLEARLY = 0.85
"""bf16 is taken only where it needs at most this share of the time, so that noise does not decide."""

Objective = Callable[[Sequence[int], Batch, Tensor, Tensor], tuple[Tensor, dict[str, float]]]
"""From the places of the traces in a batch, the batch and its log-probabilities to a loss and what to log."""


@dataclass(frozen=True)
class Pass:
    """One pass over the cases: its number from 1, and the means of what the objective logged."""

    number: int
    logged: dict[str, float]


def passes(
    policy: Language,
    rows: Sequence[Row],
    objective: Objective,
    *,
    epochs: int,
    learning_rate: float,
    batch_size: int,
    seed: int,
    hide: bool,
    bf16: bool = False,
    progress: Callable[[int, int], None] | None = None,
    resume: Resume | None = None,
) -> Iterator[Pass]:
    """Yield after each pass, with the mean weights in place; they stay when the last pass was taken.

    The same seed gives the same weights on one machine and thread count, whether or not the training was killed and
    went on from `resume`, where every pass but the last is kept.
    """
    torch.manual_seed(seed)
    model = policy.model
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    mean = _Mean(weights)
    optimiser = torch.optim.AdamW(weights, lr=learning_rate, weight_decay=0.0)
    model.train()
    done_before, step = resume.load(weights, mean.sums, optimiser) if resume else (0, 0)
    mean.steps = step
    for epoch in range(done_before + 1, epochs + 1):
        logged: list[dict[str, float]] = []
        picked = _batches(rows, batch_size)
        for done, picks in enumerate(picked, start=1):
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = learning_rate * min(1.0, step / WARMUP)
            batch = collate([rows[pick] for pick in picks], policy.encoding, device=model.device)
            seen = _hidden(batch, policy) if hide else batch
            loss, figures = objective(picks, batch, *logprobs(model, seen, policy.encoding, bf16=bf16))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            mean.update()
            logged.append(figures)
            if progress:
                progress((epoch - 1) * len(picked) + done, epochs * len(picked))
        means = {name: sum(entry[name] for entry in logged) / len(logged) for name in logged[0]}
        if epoch < epochs:
            with mean.swapped_in():
                yield Pass(epoch, means)
            if resume:
                resume.save(weights, mean.sums, optimiser, passes=epoch, steps=step)
        else:
            mean.put_in()
            yield Pass(epoch, means)


def likelihood(picks: Sequence[int], batch: Batch, steps: Tensor, gaps: Tensor) -> tuple[Tensor, dict[str, float]]:
    """SFT: the mean negative log-likelihood of the steps, and of the gaps between them."""
    step_loss = nll_loss(steps, batch.steps[2])
    gap_loss = nll_loss(gaps, batch.gaps[2]) if len(gaps) else steps.sum() * 0
    return step_loss + gap_loss, {"loss": float(step_loss.detach()), "gap_loss": float(gap_loss.detach())}


def step_seconds(policy: Language, rows: Sequence[Row], *, bf16: bool) -> float:
    """Time a step of SFT on `rows` as one batch, in seconds of the processor, or of the clock where a GPU computes."""
    cuda = policy.model.device.type == "cuda"
    clock = time.perf_counter if cuda else time.process_time
    policy.model.train()
    start = clock()
    batch = collate(rows, policy.encoding, device=policy.model.device)
    loss, _ = likelihood(range(len(rows)), batch, *logprobs(policy.model, batch, policy.encoding, bf16=bf16))
    loss.backward()  # type: ignore[no-untyped-call]
    if cuda:
        torch.cuda.synchronize()
    seconds = clock() - start
    policy.model.zero_grad(set_to_none=True)
    return seconds


def bf16_pays(policy: Language, rows: Sequence[Row]) -> bool:
    """Whether a step in bf16 autocast takes clearly less time than in fp32: each is tried three times, by turns."""
    times = [[step_seconds(policy, rows, bf16=bf16) for bf16 in (False, True)] for _ in range(3)]
    fp32, bf16 = (min(found) for found in zip(*times, strict=True))
    return bool(bf16 < CLEARLY * fp32)


def rewards(labels: Labels, trace: Trace) -> Tensor:
    """The tie-aware verdict on every answer: (events, closed list), 1.0 where `protocol.is_right` says so."""
    table = torch.zeros(len(trace.events), len(labels))
    for step in range(1, len(trace.events) + 1):
        known = [labels.index(name) for name in right_answers(trace, step) if name in labels.names]
        table[step - 1, known] = 1.0
    return table


def step_weights(trace: Trace, *, openings: float) -> Tensor:
    """What each step's reward weighs, (events,): `openings` where it opens a new time-stamp group, else 1."""
    return torch.tensor([openings if opens_group(trace, step) else 1.0 for step in range(1, len(trace.events) + 1)])


def expected_reward(
    policy: Language,
    traces: Sequence[Trace],
    rows: Sequence[Row],
    *,
    beta: float,
    openings: float,
    bf16: bool = False,
) -> Objective:
    """RL from where `policy` now stands: expected reward, less `beta` times the divergence from here.

    traces: training cases, one per row. openings: weight of the steps that open a new time-stamp group, where a
    caseworker has a choice; the others weigh 1.
    """
    right = [rewards(policy.encoding.labels, trace) for trace in traces]
    weight = [step_weights(trace, openings=openings) for trace in traces]
    before = _distributions(policy, rows, bf16=bf16)
    device = policy.model.device

    def objective(picks: Sequence[int], batch: Batch, steps: Tensor, gaps: Tensor) -> tuple[Tensor, dict[str, float]]:
        weights = torch.cat([weight[pick] for pick in picks]).to(device)
        reward = (steps.exp() * torch.cat([right[pick] for pick in picks]).to(device)).sum(-1)
        old_steps, old_gaps = (torch.cat([before[pick][part] for pick in picks]).to(device) for part in (0, 1))
        divergence = _divergence(steps, old_steps)
        drift = divergence.mean() + (_divergence(gaps, old_gaps).mean() if len(gaps) else 0.0)
        loss = -(weights * reward).sum() / weights.sum() + beta * drift
        return loss, {"reward": float(reward.detach().mean()), "kl": float(divergence.detach().mean())}

    return objective


def _divergence(new: Tensor, old: Tensor) -> Tensor:
    return (new.exp() * (new - old)).sum(-1)


def _distributions(policy: Language, rows: Sequence[Row], *, bf16: bool) -> list[tuple[Tensor, Tensor]]:
    """The log-probabilities of each row as the policy is now, on the CPU."""
    kept: dict[int, tuple[Tensor, Tensor]] = {}
    for picks, batch in by_length(rows, policy.encoding, device=policy.model.device):
        with evaluating(policy.model):
            steps, gaps = (part.cpu() for part in logprobs(policy.model, batch, policy.encoding, bf16=bf16))
        for place, pick in enumerate(picks):
            of_steps, of_gaps = (part[0].cpu() == place for part in (batch.steps, batch.gaps))
            # Made in inference mode; a copy made outside may take part in a loss.
            kept[pick] = steps[of_steps].clone(), gaps[of_gaps].clone()
    return [kept[place] for place in range(len(rows))]


def _batches(rows: Sequence[Row], size: int) -> list[list[int]]:
    """Draw batches in random order; each holds rows of like length from a random window, to pad little."""
    order: list[int] = torch.randperm(len(rows)).tolist()
    window = size * WINDOW
    batches = []
    for start in range(0, len(order), window):
        part = sorted(order[start : start + window], key=lambda place: len(rows[place].input_ids))
        batches += [part[place : place + size] for place in range(0, len(part), size)]
    return [batches[place] for place in torch.randperm(len(batches)).tolist()]


def _hidden(batch: Batch, policy: Language) -> Batch:
    """Show some steps as "none of these"; what is to be predicted stays as it was."""
    ids, steps = batch.input_ids, policy.encoding.steps
    is_step = (ids >= steps.start) & (ids < steps.stop)
    hidden = is_step & (torch.rand(ids.shape, device="cpu").to(ids.device) < HIDDEN_SHARE)
    return replace(batch, input_ids=ids.masked_fill(hidden, policy.encoding.unknown))


class _Mean:
    """The running mean of weights, with the start weighed out as in Adam."""

    def __init__(self, weights: Sequence[Any]) -> None:
        self.weights = weights
        self.sums = [torch.zeros_like(weight) for weight in weights]
        self.steps = 0

    @torch.no_grad()
    def update(self) -> None:
        self.steps += 1
        for total, weight in zip(self.sums, self.weights, strict=True):
            total.mul_(MEMORY).add_(weight, alpha=1 - MEMORY)

    @torch.no_grad()
    def put_in(self) -> None:
        for total, weight in zip(self.sums, self.weights, strict=True):
            weight.copy_(total / (1 - MEMORY**self.steps))

    @contextmanager
    def swapped_in(self) -> Iterator[None]:
        raw = [weight.detach().clone() for weight in self.weights]
        self.put_in()
        try:
            yield
        finally:
            with torch.no_grad():
                for weight, value in zip(self.weights, raw, strict=True):
                    weight.copy_(value)
