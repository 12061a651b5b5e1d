"""A whole trace as one sequence of tokens, so that one forward pass scores every step of it.

    opening (case attributes known at the start) · step · gap · step · gap ... end

Every step of the closed list is one token of its own, and so is every bucket of time. Spelled in words a step takes
ten to twenty tokens, a trace twenty times the computing, and a closed list of 400 steps cannot be scored at each of
them; as tokens the probabilities over the whole list are one softmax per place, exact. What the words say is not lost:
a step's embedding begins as the mean of the embeddings of its Dutch label's pieces, and is trained on from there.

The gap token before a place tells how long ago the step before it was. After it the next step is predicted; after the
step, how long it took until then. What follows a place is never read at it, because the model is causal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from finetune.logs.protocol import GAPS, OTHER, Labels, gap_bucket, target
from finetune.logs.trace import Trace
from finetune.rows import IGNORED, Row
from scaffolds.errors import CasewrightError
from scaffolds.files import sha256_json
from scaffolds.prompt import Prompts
from workflows.procesverloop import VERSION, Procesverloop, procesverloop
from workflows.procesverloop.definition import WHEN
from workflows.serve.base import Base


def process_of(traces: Sequence[Trace], *, attributes: Sequence[str]) -> Procesverloop:
    """Make the workflow of training cases: their closed list, with the words the log has for each code."""
    words = {event.activity: event.label for trace in traces for event in trace.events}
    return procesverloop(Labels.of(traces).names, words=words, attributes=attributes)


@dataclass(frozen=True, kw_only=True)
class Encoding:
    """How traces become tokens of one base. `steps` and `gaps` are token ids in the order of the list."""

    process: Procesverloop
    prompts: Prompts
    steps: range
    gaps: range
    context: int

    @property
    def labels(self) -> Labels:
        """The closed list."""
        return Labels(tuple(code for code, _ in self.process.steps))

    @property
    def tokens(self) -> range:
        """The ids of all tokens that were added."""
        return range(self.steps.start, self.gaps.stop)

    @property
    def schema(self) -> str:
        """Hash of everything the model is asked: an adapter belongs to one closed list, in one order."""
        return sha256_json([VERSION, self.process.steps, self.process.attributes, WHEN])

    def row(self, trace: Trace, *, known: Labels | None = None) -> Row:
        """Write a trace with every step after the first learned, and every gap between two steps.

        known: the closed list where it is a part of this one; a step outside it is read as "none of these".
        Raises CasewrightError for a trace that does not fit in the base's context: a trace is never cut.
        """
        known = known or self.labels
        places = {name: self.steps[place] for place, name in enumerate(self.labels.names)}
        opening = self.prompts.task(self.process.opening(trace.attributes))
        ids, labels = list(opening), [IGNORED] * len(opening)
        for step in range(1, len(trace.events) + 1):
            event = known.names[known.index(trace.events[step - 1].activity)]
            gap = gap_bucket(trace, step - 1) if step > 1 else 0
            ids += [places[event], self.gaps[gap]]
            # The first event opens the case: nobody predicts it, as for every other model of the protocol.
            labels += [places[event], self.gaps[gap]] if step > 1 else [IGNORED, IGNORED]
        end = places[target(trace, len(trace.events))]
        if len(ids) + 1 > self.context:
            raise CasewrightError(
                f"Case {trace.case} needs {len(ids) + 1} tokens and the base's context holds {self.context}; "
                "take a base with a longer context, or leave the case out of the log."
            )
        steps = tuple(event.activity for event in trace.events)
        return Row(dossier=trace.case, steps=steps, input_ids=(*ids, end), labels=(*labels, end))

    @property
    def unknown(self) -> int:
        """The token of a step that training does not know."""
        return self.steps[self.labels.index(OTHER)]


def extend(base: Base, process: Procesverloop) -> Encoding:
    """Give `base`, in place, a token for every step and gap; the same process gives the same tokens and weights."""
    import torch

    tokenizer, model = base.tokenizer, base.model
    start = len(tokenizer)
    names = [f"<|stap {code}|>" for code, _ in process.steps] + [f"<|na {words}|>" for words in WHEN]
    texts = [*process.words, *WHEN]
    pieces = [tokenizer.encode(text, add_special_tokens=False) or [tokenizer.eos_token_id] for text in texts]
    _add_tokens(tokenizer, names)
    if len(tokenizer) != start + len(names):
        raise CasewrightError("The base has tokens that are called like steps; use another base.")
    rows = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        # A tied head has the same tensor: writing the same values into it twice changes nothing.
        for weight in (model.get_input_embeddings().weight, model.get_output_embeddings().weight):
            size = weight[:start].float().norm(dim=1).mean()
            means = torch.stack([weight[ids].float().mean(0) for ids in pieces])
            # A mean of many pieces is short; at the usual length it weighs as much as any other token.
            weight[start : start + len(names)] = (means * size / means.norm(dim=1, keepdim=True)).to(weight.dtype)
    count = len(process.steps)
    return Encoding(
        process=process,
        prompts=Prompts(tokenizer=tokenizer),
        steps=range(start, start + count),
        gaps=range(start + count, start + count + len(GAPS)),
        context=base.context,
    )


def _add_tokens(tokenizer: Any, names: Sequence[str]) -> None:
    from tokenizers import AddedToken

    tokenizer.add_tokens(
        [AddedToken(name, special=True, normalized=False) for name in names], special_tokens=True
    )
