"""klerk's model, its loss, its score and its optimisers.

Eight layers of 256: a key is found by several hops (which label, which role, which of two values holds), and hops are
layers; a GPU fills as well at this width as at any under 10 M parameters. 7.5 M parameters are 14.3 MiB in bf16, and
since glue became one token a conversation has 0.70 of its former tokens, which pays for the two layers more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from finetune.klerk.data import Batch, Row, collate
from finetune.klerk.muon import StackedMuon
from finetune.klerk.start import lay_down_copying

LAYERS, WIDTH, INNER = 8, 256, 704
RATES = {"cpu": ((0.006, 2e-3), (0.004, 1e-3)), "cuda": ((0.014, 3e-3), (0.009, 1.5e-3))}
"""Per device and stage the rates of Muon and AdamW; larger batches bear higher ones."""
COOLING = (0.4, 0.7)  # the share of each stage's steps in which the rate falls to zero
WARMUP = 40


def made(tokenizer: PreTrainedTokenizerFast, seed: int) -> LlamaForCausalLM:
    """A fresh model with the copying head laid down; sets torch's global generator."""
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        intermediate_size=INNER,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=2048,
        rope_parameters={"rope_type": "default", "rope_theta": 1e6},
        attention_bias=True,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(config)
    lay_down_copying(model)
    ending: Any = model.generation_config
    ending.eos_token_id, ending.pad_token_id = config.eos_token_id, config.pad_token_id
    return model


def on_device(batch: Batch, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    ids, weights = batch
    return torch.from_numpy(ids.astype("int64")).to(device), torch.from_numpy(weights.astype("float32")).to(device)


def through_layer(layer: Any, hidden: torch.Tensor, places: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
    """What a layer makes of the residual stream."""
    made: torch.Tensor = layer(hidden, attention_mask=None, position_embeddings=places, use_cache=False)
    return made


def losses(
    model: Any, hidden: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """From the last layer's stream to the losses of `loss_of`."""
    logits: torch.Tensor = model.lm_head(model.model.norm(hidden))
    targets, weights = targets.reshape(-1), weights.reshape(-1)
    each = F.cross_entropy(logits.reshape(-1, logits.size(-1)).float(), targets, reduction="none")
    values = weights == 1.0
    return (each * weights).sum() / weights.sum(), (each.detach() * values).sum() / values.sum()


def loss_of(model: LlamaForCausalLM, batch: Batch, *, device: str, bf16: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Weighted loss per answer token, and the plain mean over the tokens that say something of a field."""
    return loss_on(model, *on_device(batch, device), device=device, bf16=bf16)


def loss_on(
    model: LlamaForCausalLM,
    ids: torch.Tensor,
    weights: torch.Tensor,
    *,
    device: str,
    bf16: bool,
    through: Callable[..., torch.Tensor] = through_layer,
    judged: Callable[..., tuple[torch.Tensor, torch.Tensor]] = losses,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The losses of `loss_of` for tensors; `through_layer` and `losses` may be given compiled.

    All attention is causal over right-padded rows of similar length, so no mask is needed, and the layers are walked
    here because transformers looks into a batch for a mask, which makes a GPU wait for it.
    """
    body: Any = model.model
    with torch.autocast(device, torch.bfloat16, enabled=bf16):
        hidden = body.embed_tokens(ids[:, :-1])
        places = body.rotary_emb(hidden, position_ids=torch.arange(hidden.size(1), device=ids.device)[None])
        for layer in body.layers:
            hidden = through(layer, hidden, places)
        return judged(model, hidden, ids[:, 1:], weights[:, 1:])


@torch.inference_mode()
def field_accuracy(model: Any, rows: Sequence[Row], pad: int, *, device: str, bf16: bool) -> dict[str, float]:
    """Share of fields, per sort, of which every token is the most likely one given the true tokens before it."""
    right: dict[str, list[bool]] = defaultdict(list)
    rows = sorted(rows, key=lambda row: len(row.ids))
    for start in range(0, len(rows), 20):
        part = rows[start : start + 20]
        ids, _ = on_device(collate(part, pad), device)
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            hits = (model(input_ids=ids, use_cache=False).logits[:, :-1].argmax(-1) == ids[:, 1:]).cpu()
        for i, row in enumerate(part):
            for sort, left, stop in row.fields:
                right[sort].append(bool(hits[i, left - 1 : stop - 1].all()))
    scores = {sort: round(sum(hits) / len(hits), 4) for sort, hits in sorted(right.items())}
    every = [hit for hits in right.values() for hit in hits]
    return {"all": round(sum(every) / len(every), 4), **scores}


def optimisers(model: LlamaForCausalLM, stage: int, device: str) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for embeddings, norms and biases."""
    muon, adam = RATES[device][stage]
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim != 2 or "embed" in n]
    return [
        StackedMuon(matrices, lr=muon, weight_decay=0.01),
        torch.optim.AdamW(others, lr=adam, betas=(0.9, 0.95), weight_decay=0.0, fused=True),
    ]


def rate(step: int, steps: int, stage: int) -> float:
    """Warm-up, constant, then linear to zero over the last part."""
    return min(1.0, (step + 1) / WARMUP, (steps - step) / (COOLING[stage] * steps))
