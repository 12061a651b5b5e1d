"""Constrained generation: forced tokens are never sampled and never cost a forward pass of their own.

The only package of scaffolds that needs torch. Names are loaded on first use, so that importing the package
to name a `Grammar` or an `AnswerRequest` costs nothing.

    decoder = Decoder(model, tokenizer)
    [answer] = decoder.generate([Job(prompt_ids, Grammar.json(schema), max_tokens=400)])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answer import Answer, Answerer, AnswerRequest, LocalAnswerer
    from .decoder import Decoder
    from .generation import Generation, Job, legal_mask
    from .grammar import Grammar
    from .outlines_model import CasewrightModel
    from .remote import RemoteAnswerer

__all__ = [
    "Answer",
    "AnswerRequest",
    "Answerer",
    "CasewrightModel",
    "Decoder",
    "Generation",
    "Grammar",
    "Job",
    "LocalAnswerer",
    "RemoteAnswerer",
    "legal_mask",
]

_HOMES = {
    "Answer": "answer",
    "AnswerRequest": "answer",
    "Answerer": "answer",
    "CasewrightModel": "outlines_model",
    "Decoder": "decoder",
    "Generation": "generation",
    "Grammar": "grammar",
    "Job": "generation",
    "LocalAnswerer": "answer",
    "RemoteAnswerer": "remote",
    "legal_mask": "generation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
