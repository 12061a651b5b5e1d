"""GRPO on the constrained policy: TRL's trainer with log-probabilities renormalised over the legal tokens.

TRL differentiates the model's unconstrained distribution, while the sampler draws from what the grammar leaves of
it; the difference would push probability out of the grammar for tokens that were no choice. Here every
log-probability and entropy is that of the policy that is served: forced tokens have log-probability 0.

The rollout leaves its episodes on the trainer; four seams of TRL 1.16 carry them through a batch:
`_generate_and_score_completions` adds the legal sets and the advantages per token, `_prepare_inputs` deals the rows out
by length, `_compute_loss` keeps the sets at hand, and `_get_per_token_logps_and_entropies` uses them, also where super
computes old and reference values.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from trl.trainer.grpo_trainer import GRPOTrainer

from finetune.constrained import Choices, pack, renormalised
from finetune.rl.rollout import Row
from scaffolds.errors import CasewrightError


class ConstrainedGRPOTrainer(GRPOTrainer):
    """GRPOTrainer whose `rollout_func` leaves its rows in `self.rows`, in order."""

    rows: list[Row]
    _sets: tuple[Tensor, Tensor] | None = None
    _scoring = False

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        self._scoring = True
        try:
            output = super()._generate_and_score_completions(inputs)
        finally:
            self._scoring = False
        width = output["completion_ids"].size(1)
        device = output["completion_ids"].device
        output["choice_at"], output["legal"] = (part.to(device) for part in self._packed())
        advantages = torch.zeros(len(self.rows), width)
        for place, row in enumerate(self.rows):
            advantages[place, : len(row.advantages)] = torch.tensor(row.advantages)
        output["advantages"] = advantages.to(device)
        return output

    def _prepare_inputs(self, generation_batch: Any) -> Any:
        known = self._buffered_inputs
        inputs = super()._prepare_inputs(generation_batch)
        if self._buffered_inputs is not known:
            self._buffered_inputs = by_length(self._buffered_inputs)
            inputs = self._buffered_inputs[self._step % self.args.steps_per_generation]
        return inputs

    def _compute_loss(self, model: Any, inputs: Any) -> Any:
        self._sets = (inputs["choice_at"], inputs["legal"])
        try:
            return super()._compute_loss(model, inputs)  # type: ignore[no-untyped-call]
        finally:
            self._sets = None

    def _get_per_token_logps_and_entropies(
        self,
        model: Any,
        input_ids: Tensor,
        attention_mask: Tensor,
        logits_to_keep: int,
        batch_size: int | None = None,
        compute_entropy: bool = False,
        **unused: Any,
    ) -> tuple[Tensor, Tensor | None, None]:
        if any(value is not None and value is not False for value in unused.values()):
            raise CasewrightError(
                "RL trains text models without mixture-of-experts losses; use another base."
            )
        if self._sets is None and not self._scoring:
            raise RuntimeError("log-probabilities were asked for outside a rollout and outside the loss")
        at, legal = self._sets if self._sets is not None else self._packed()
        size = batch_size or input_ids.size(0)
        parts = [
            self._constrained(
                model,
                input_ids[i : i + size],
                attention_mask[i : i + size],
                logits_to_keep,
                at[i : i + size].to(input_ids.device),
                legal[i : i + size].to(input_ids.device),
            )
            for i in range(0, input_ids.size(0), size)
        ]
        logps, entropies = (torch.cat(part) for part in zip(*parts, strict=True))
        return logps, entropies if compute_entropy else None, None

    def _packed(self) -> tuple[Tensor, Tensor]:
        return pack([Choices(row.choices, row.legal) for row in self.rows])

    def _constrained(
        self, model: Any, input_ids: Tensor, attention_mask: Tensor, keep: int, at: Tensor, legal: Tensor
    ) -> tuple[Tensor, Tensor]:
        # Rows come with their prompts padded on the left. Moved to the left edge they need no mask, so that the fast
        # causal kernels serve, and no row is longer than the longest of its batch.
        width = int(attention_mask.sum(1).max())
        order = attention_mask.eq(0).int().argsort(dim=1, stable=True)[:, :width]
        seats = attention_mask.cumsum(1) - 1
        rows, choices = (at >= 0).nonzero(as_tuple=True)
        columns = at[rows, choices]
        seen = seats[rows, columns + input_ids.size(1) - keep] - 1
        before, place = torch.unique(seen, return_inverse=True)
        with self.accelerator.autocast():
            output = model(input_ids=input_ids.gather(1, order), logits_to_keep=before, use_cache=False)
        logprobs = renormalised(output.logits[rows, place].float() / self.temperature, legal[rows, choices])
        targets = input_ids[:, -keep:][rows, columns]
        picked = logprobs.gather(1, targets[:, None])[:, 0]
        spread = -(logprobs.exp() * logprobs).sum(-1)
        blank = torch.zeros(input_ids.size(0), keep, device=input_ids.device)
        return blank.index_put((rows, columns), picked), blank.index_put((rows, columns), spread.detach())


def by_length(batches: Sequence[Mapping[str, Tensor]]) -> list[dict[str, Tensor]]:
    """Deal the rows of equal batches out anew, shortest first: a row is computed at the length of its batch's longest.

    What a step learns does not depend on it, for its loss is one sum over all rows.
    """
    if len({tensor.size(0) for batch in batches for tensor in batch.values() if tensor.ndim}) != 1:
        raise RuntimeError("TRL gave batches of different sizes")
    whole = {
        name: torch.cat([batch[name] for batch in batches]) if tensor.ndim else tensor
        for name, tensor in batches[0].items()
    }
    lengths = whole["prompt_mask"].sum(1) + whole["completion_mask"].sum(1)
    dealt = lengths.argsort(stable=True).chunk(len(batches))
    return [{name: tensor[rows] if tensor.ndim else tensor for name, tensor in whole.items()} for rows in dealt]
