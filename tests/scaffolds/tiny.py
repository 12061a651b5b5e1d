"""Tiny, deterministic language models built in memory: the real architectures, random weights, no files.

`tiny_tokenizer()` is a byte-level BPE with about 450 tokens, so that any text can be written and JSON keys
take several tokens. `tiny_model(family)` has two or four layers and logits wider than the tokenizer, as many
published checkpoints do. Gemma 3's sliding window is eight tokens: anything longer than a sentence leaves it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

Family = Literal["llama", "qwen3", "gemma3"]

CORPUS = (
    "Geachte heer, mevrouw, hierbij vraag ik een omgevingsvergunning aan voor het kappen van een boom.",
    "De aanvraag betreft een dakkapel aan de voorzijde van de woning aan de Lindelaan 12 te Zaanstad.",
    '{"naam":"J. de Vries","datum":"2026-03-01","activiteit":"kappen","bedrag":1250,"bevestigd":true}',
    '{"straat":"Kerkstraat","huisnummer":7,"postcode":"1234AB","besluit":"verlenen","reden":null}',
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def train_tokenizer(texts: tuple[str, ...], *, size: int) -> PreTrainedTokenizerFast:
    """A byte-level BPE of at most `size` tokens trained on `texts`, with end, pad and chat tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<|end|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|pad|>")
    fast.chat_template = CHAT_TEMPLATE
    return fast


@lru_cache
def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """The shared tokenizer; do not change it."""
    return train_tokenizer(CORPUS, size=500)


def tiny_model(family: Family = "llama", *, seed: int = 0) -> Any:
    """A fresh random model of `family` in eval mode, fp32 on CPU; the same seed gives the same weights."""
    shared: dict[str, Any] = {
        "vocab_size": len(tiny_tokenizer()) + 12,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": 2048,
        "bos_token_id": None,
        "eos_token_id": tiny_tokenizer().eos_token_id,
        "pad_token_id": tiny_tokenizer().pad_token_id,
        # Wide weights: logits of a default initialisation are nearly flat, and a wrong cache would go unseen.
        "initializer_range": 0.4,
    }
    torch.manual_seed(seed)
    if family == "llama":
        return LlamaForCausalLM(LlamaConfig(num_hidden_layers=2, **shared)).eval()
    if family == "qwen3":
        return Qwen3ForCausalLM(Qwen3Config(num_hidden_layers=2, **shared)).eval()
    layers = ["sliding_attention", "sliding_attention", "full_attention", "sliding_attention"]
    config = Gemma3TextConfig(
        num_hidden_layers=4, layer_types=layers, sliding_window=8, query_pre_attn_scalar=8, **shared
    )
    return Gemma3ForCausalLM(config).eval()
