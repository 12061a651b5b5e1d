"""What a bundle of procesverloop says of one case: the likeliest next steps and how long until each.

A suggestion is a probability over a closed list, learned from how cases went; nothing follows from it by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from finetune.logs.encoding import Encoding
from finetune.logs.language import Language, collate, evaluating, logprobs, open_base
from finetune.logs.protocol import END
from finetune.logs.trace import Trace
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json
from workflows.procesverloop import NAME, Procesverloop
from workflows.procesverloop.definition import WHEN
from workflows.serve.adapter import load_adapter
from workflows.serve.bundle import read_bundle


@dataclass(frozen=True)
class Suggestion:
    """A next step with its Dutch words, its probability, and the likeliest time until then; none at the end."""

    code: str
    words: str
    probability: float
    when: str | None


def open_process_bundle(folder: Path) -> Language:
    """Open a bundle that a run on a log wrote. Raises CasewrightError where it is another or was changed."""
    bundle = read_bundle(folder)
    if bundle.workflow != NAME:
        raise CasewrightError(f"{folder} is a bundle for {bundle.workflow}; name one that was trained on a log.")
    known = read_json(folder / "procesverloop.json")
    process = Procesverloop(
        steps=tuple((code, words) for code, words in known["steps"]), attributes=tuple(known["attributes"])
    )
    base, encoding = open_base(bundle.base, process, hub=bundle.hub, quantise=bundle.quantise)
    model = load_adapter(base, folder / "adapter", schema=bundle.schema)
    return Language(model=model, encoding=encoding, base=base.identity)


def suggest(policy: Language, trace: Trace, *, count: int = 5) -> list[Suggestion]:
    """Give the `count` likeliest steps after the last event of `trace`, the likeliest first."""
    encoding = policy.encoding
    row = encoding.row(trace)
    # One row per candidate that ends with it and a gap still open: the gap's place then follows the candidate.
    chances = next(policy.probabilities([trace], encoding.labels))[-1]
    best = chances.argsort()[::-1][:count]
    gap = encoding.gaps.start
    candidates = [
        replace(row, input_ids=(*row.input_ids[:-1], encoding.steps[place], gap), labels=(*row.labels, gap))
        for place in best
    ]
    with evaluating(policy.model):
        batch = collate(candidates, encoding, device=policy.model.device)
        gaps = logprobs(policy.model, batch, encoding)[1].reshape(len(candidates), -1, len(WHEN))[:, -1]
    return [
        _suggestion(encoding, int(place), float(chances[place]), found)
        for place, found in zip(best, gaps, strict=True)
    ]


def _suggestion(encoding: Encoding, place: int, probability: float, gaps: torch.Tensor) -> Suggestion:
    code, words = encoding.process.steps[place]
    return Suggestion(code, words, probability, None if code == END else WHEN[int(gaps.argmax())])
