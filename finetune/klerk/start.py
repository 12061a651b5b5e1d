"""How klerk's weights begin: copying is laid down in the first layers, everything else is to be learned.

Copying needs two heads in a row (Olsson et al., "In-context Learning and Induction Heads", 2022): one that notes at
each token which token stood before it, and one that looks for the place where the present token was noted and repeats
what stands there. Gradient descent takes millions of tokens to find the pair, nearly the whole budget of a laptop.
So the pair is written down: random orthonormal subspaces, no knowledge of any language. Output projections of all
other heads and of the feed-forward layers start at zero (as in nanochat and muP practice).
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import LlamaForCausalLM

SHARPNESS = 8.0  # in nats: how much the token before outweighs the present one
MATCH = 16.0  # in nats: score of a true match in the copying head
EMBEDDING = 4.0  # times the usual scale: logits are bounded by it, since the embedding is also the output layer
WRITE = 0.16  # a head writes about as much as an embedding holds (norm 8 * 0.16 against 16 * 0.08)
SLOW = 2e-3  # radians per token: rotary planes slower than this keep a match over some hundred tokens


def lay_down_copying(model: LlamaForCausalLM) -> None:
    """Set the weights of `model` (biases in its attention required) in place; uses torch's global generator."""
    config: Any = model.config
    size, width = config.head_dim, config.hidden_size
    half = size // 2
    turn = config.rope_parameters["rope_theta"] ** (-torch.arange(half) / half)
    slow = [p + shift for shift in (0, half) for p in range(half) if turn[p] < SLOW]
    with torch.no_grad():
        model.model.embed_tokens.weight.mul_(EMBEDDING)
        for layer in model.model.layers:
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
        basis = torch.linalg.qr(torch.randn(width, width))[0]
        noted, note = basis[:size], basis[size : 2 * size]
        repeated = basis[2 * size : 3 * size]
        before, copy = (model.model.layers[number].self_attn for number in (0, 1))
        for head in (before, copy):
            head.q_proj.weight[:size] = 0
            head.k_proj.weight[:size] = 0
        strength = (SHARPNESS * size**0.5 / (1 - torch.cos(turn)).sum()) ** 0.5
        before.k_proj.bias[:size] = torch.cat([torch.ones(half), torch.zeros(half)]) * strength
        before.q_proj.bias[:size] = torch.cat([torch.cos(turn), -torch.sin(turn)]) * strength
        before.v_proj.weight[:size] = noted
        before.o_proj.weight[:, :size] = note.T * WRITE
        scale = (MATCH * size**0.5 / len(slow)) ** 0.5
        copy.q_proj.weight[slow] = noted[: len(slow)] * scale
        copy.k_proj.weight[slow] = note[: len(slow)] * scale
        copy.v_proj.weight[:size] = repeated
        copy.o_proj.weight[:, :size] = repeated.T * WRITE * 4
