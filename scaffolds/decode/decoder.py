"""The decoder: many answers, each under its own grammar, in as few forward passes as there are choices.

A pass feeds, for every answer still open, the token it chose last together with the tokens that the grammar
forced after it; its logits are computed only where a choice follows. Answers to one prompt share the
prompt's pass and cache. Each answer draws from its own random generator, so what it says does not depend on
what else is in the batch (up to floating-point rounding).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from scaffolds.errors import CasewrightError

from .batch import Group, OpenAnswer, batches, groups_of, stacked
from .generation import Generation, Job, legal_mask
from .grammar import Grammar, Packed, Walk, llguidance_tokenizer
from .memory import give_back
from .pool import PROMPT, Cell, SlotPool
from .search import PASSED_OVER, Search


class Decoder:
    """Constrained generation with a transformers causal language model and its fast tokenizer.

    Raises CasewrightError when the model's vocabulary is smaller than the tokenizer's or the tokenizer has no
    end-of-text token.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        if tokenizer.eos_token_id is None:
            raise CasewrightError("The tokenizer has no end-of-text token: set its eos_token.")
        self.model = model
        self.tokenizer = tokenizer
        self._lookup = llguidance_tokenizer(tokenizer)
        self._vocabulary: int = self._lookup.vocab_size
        config = model.config.get_text_config()
        if config.vocab_size < self._vocabulary:
            raise CasewrightError(
                f"The model has {config.vocab_size} token embeddings and the tokenizer {self._vocabulary} "
                "tokens; resize the model's embeddings or take the tokenizer that belongs to it."
            )
        self.context: int | None = getattr(config, "max_position_embeddings", None)

    def generate(
        self,
        jobs: Sequence[Job],
        *,
        temperature: float = 0.0,
        seed: int | Sequence[int] | None = None,
        keep_legal: bool = False,
        hold: bool = False,
    ) -> list[Generation]:
        """One Generation per job, in order.

        hold: keep the caches behind the answers, so that jobs that go on `after` them need not read again.

        temperature: 0 takes the likeliest text of each part of a job, or token by token where it has none;
            otherwise tokens are drawn at this temperature.
        seed: one number for the whole call (each job's draws follow from it and its place), or one per job.
        Raises CasewrightError when a prompt with its longest answer exceeds the model's context, does not go on
        from the answer that it is said to be `after`, or when a grammar does not compile or cannot be followed.
        """
        matchers = {grammar: grammar.matcher(self.tokenizer) for grammar in {job.grammar for job in jobs}}
        answers = []
        for place, job in enumerate(jobs):
            self._check_length(len(job.prompt_ids), job.max_tokens)
            walk = Walk(matchers[job.grammar].deep_copy(), eos=self.tokenizer.eos_token_id)
            search = Search(job.parts, text=self._lookup.decode_bytes) if job.parts and not temperature else None
            answers.append(OpenAnswer(job, walk, _random(seed, place), search))
        fresh, pools = _sorted(answers)
        with _evaluating(self.model):
            for batch in batches(fresh):
                for group in batch:
                    group.begin()
                self._run(batch, SlotPool(self.model, groups=len(batch)), temperature=temperature, hold=hold)
            for batch in batches(list(pools)):
                self._run(batch, SlotPool.join([pools[g] for g in batch]), temperature=temperature, hold=hold)
        give_back()
        return [answer.generation(self._text(answer.tokens), keep_legal=keep_legal) for answer in answers]

    def score(
        self,
        prompt_ids: Sequence[int],
        completion_ids: Sequence[int],
        grammar: Grammar,
        *,
        temperature: float = 1.0,
    ) -> tuple[float, ...]:
        """The log-probability of each completion token under the constrained distribution; forced tokens 0.

        Replays the grammar and makes one pass, so it equals what `generate` reported. `completion_ids` may be
        cut short. Raises CasewrightError when they are not an answer that `generate` could have given.
        """
        sets = Walk(grammar.matcher(self.tokenizer), eos=self.tokenizer.eos_token_id).replay(completion_ids)
        if not completion_ids:
            return ()
        self._check_length(len(prompt_ids), len(completion_ids))
        text = [*prompt_ids, *completion_ids[:-1]]
        cells = [Cell(token, position, PROMPT) for position, token in enumerate(text)]
        choices = [place for place, legal in enumerate(sets) if legal is not None]
        scores = [0.0] * len(sets)
        with _evaluating(self.model):
            logits = SlotPool(self.model, groups=1).feed([cells], keep=len(completion_ids))[0]
            if choices:
                logprobs = self._constrain(logits[choices], [sets[place] for place in choices], temperature)
                picked = torch.tensor([completion_ids[place] for place in choices], device=logits.device)
                values = logprobs.gather(1, picked[:, None])[:, 0].tolist()
                for place, value in zip(choices, values, strict=True):
                    scores[place] = value
        return tuple(scores)

    def told(self, job: Job, answer: Sequence[int]) -> Generation:
        """The generation that `job` would be if these tokens had been chosen, with the sets they were chosen from.

        Nothing was drawn, so its log-probabilities are zero; `score` gives what they would have been. Raises
        CasewrightError when they are not an answer that `generate` could have given.
        """
        walk = Walk(job.grammar.matcher(self.tokenizer), eos=self.tokenizer.eos_token_id)
        sets = walk.replay(answer)
        if not walk.done:
            raise CasewrightError("The answer stops before its grammar is complete.")
        return Generation(
            token_ids=tuple(answer),
            logprobs=(0.0,) * len(answer),
            forced=tuple(legal is None for legal in sets),
            text=self._text(list(answer)),
            finished=True,
            legal=stacked([legal for legal in sets if legal is not None]),
        )

    def choice_logprobs(self, prompt_ids: Sequence[int], options: Sequence[str]) -> list[float]:
        """The log-probability of each option, normalised over the list: their exponentials sum to one.

        An option's weight is the model's probability of all its tokens and the end of text after the prompt,
        so one option may begin with another. One pass over the prompt and all options.
        """
        texts = [
            [*self.tokenizer.encode(option, add_special_tokens=False), self.tokenizer.eos_token_id]
            for option in options
        ]
        self._check_length(len(prompt_ids), max(len(text) for text in texts))
        cells = [Cell(token, position, PROMPT) for position, token in enumerate(prompt_ids)]
        sources, targets, owners = [], [], []
        column = 1
        for answer, text in enumerate(texts):
            cells += [Cell(token, len(prompt_ids) + place, answer) for place, token in enumerate(text[:-1])]
            sources += [0, *range(column, column + len(text) - 1)]
            targets += text
            owners += [answer] * len(text)
            column += len(text) - 1
        with _evaluating(self.model):
            logits = SlotPool(self.model, groups=1).feed([cells], keep=column)[0]
            logprobs = logits.double().log_softmax(-1)
            tokens = logprobs[sources, targets]
            totals = torch.zeros(len(texts), dtype=tokens.dtype, device=tokens.device)
            totals.index_add_(0, torch.tensor(owners, device=tokens.device), tokens)
            values: list[float] = totals.log_softmax(0).tolist()
        return values

    def sizes(self, tokens: Sequence[int]) -> list[int]:
        """The length in bytes of each token's text; 0 for the end of text."""
        eos = self.tokenizer.eos_token_id
        return [0 if token == eos else len(self._lookup.decode_bytes([token])) for token in tokens]

    def _run(self, groups: list[Group], pool: SlotPool, *, temperature: float, hold: bool) -> None:
        while True:
            for place, group in enumerate(groups):
                group.hide(pool, place=place)
            live = [place for place, group in enumerate(groups) if group.open]
            if len(live) < len(groups):
                if hold:
                    for place in sorted(set(range(len(groups))) - set(live)):
                        groups[place].hold(pool.take([place]))
                if not live:
                    return
                pool = pool.take(live)
                groups = [groups[place] for place in live]
            fed = [group.cells() for group in groups]
            keep = max(group.kept for group in groups)
            logits = pool.feed(fed, keep=keep)
            rows = [(place, answer) for place, group in enumerate(groups) for answer in group.open]
            columns = [keep - groups[place].kept + answer.column for place, answer in rows]
            self._choose(
                logits[[place for place, _ in rows], columns],
                [answer for _, answer in rows],
                temperature=temperature,
            )

    def _choose(self, logits: Tensor, answers: list[OpenAnswer], *, temperature: float) -> None:
        logprobs = self._constrain(logits, [answer.walk.legal for answer in answers], temperature)
        if temperature == 0.0:
            _choose_likeliest(logprobs, answers)
            return
        mass = logprobs.double().exp().cumsum(-1)
        draws = [[answer.random.random()] for answer in answers]
        total = mass[:, -1:]
        # Below the total, so that rounding never picks an illegal token behind the last legal one.
        aim = torch.minimum(
            torch.tensor(draws, dtype=mass.dtype, device=mass.device) * total, total.nextafter(total * 0)
        )
        picked = torch.searchsorted(mass, aim, right=True)
        values = logprobs.gather(1, picked)
        for answer, token, value in zip(answers, picked[:, 0].tolist(), values[:, 0].tolist(), strict=True):
            answer.choose(token, value)

    def _constrain(self, logits: Tensor, sets: Sequence[Packed | None], temperature: float) -> Tensor:
        """Log-probabilities, -inf where illegal: float32, shape (rows, tokenizer's vocabulary)."""
        packed = torch.from_numpy(np.stack([legal for legal in sets if legal is not None]))
        legal = legal_mask(packed.to(logits.device), width=self._vocabulary)
        scores = logits[:, : self._vocabulary].float() / (temperature or 1.0)
        return scores.masked_fill_(~legal, -torch.inf).log_softmax(-1)

    def _text(self, tokens: list[int]) -> str:
        if tokens and tokens[-1] == self.tokenizer.eos_token_id:
            tokens = tokens[:-1]
        # The bytes that the grammar saw: a tokenizer's own decode may strip or tidy blanks.
        return self._lookup.decode_bytes(tokens).decode("utf-8", errors="replace")

    def _check_length(self, prompt: int, answer: int) -> None:
        if prompt == 0:
            raise CasewrightError("The prompt is empty; it needs at least one token.")
        if self.context is not None and prompt + answer > self.context:
            raise CasewrightError(
                f"A prompt of {prompt} tokens with an answer of up to {answer} does not fit in the model's "
                f"context of {self.context} tokens; read the document in parts or hand it to a person."
            )


def _choose_likeliest(logprobs: Tensor, answers: list[OpenAnswer]) -> None:
    searching = any(answer.search for answer in answers)
    best = logprobs.topk(min(1 + PASSED_OVER if searching else 1, logprobs.size(-1)))
    for answer, tokens, values in zip(answers, best.indices.tolist(), best.values.tolist(), strict=True):
        if answer.search is None:
            answer.choose(tokens[0], values[0])
        elif not answer.search.settle(answer):
            others = zip(tokens[1:], values[1:], strict=True)
            answer.search.passed_over(answer, [other for other in others if other[1] > -torch.inf])
            answer.choose(tokens[0], values[0])
            if not answer.open:
                answer.search.settle(answer)


def _sorted(answers: Sequence[OpenAnswer]) -> tuple[list[Group], dict[Group, SlotPool]]:
    """The groups of answers to fresh prompts, and those of answers that go on in a pool that is held."""
    fresh: list[OpenAnswer] = []
    going_on: dict[Group, tuple[SlotPool, dict[int, OpenAnswer]]] = {}
    for answer in answers:
        held = answer.job.after.held if answer.job.after else None
        if held is not None and not held.goes_on(answer.job):
            raise CasewrightError("The prompt does not go on from the answer that it is said to be after.")
        # A place goes on once: a second answer after the same one reads for itself.
        if held is None or held.place in going_on.get(held.group, (held.pool, {}))[1]:
            fresh.append(answer)
        else:
            going_on.setdefault(held.group, (held.pool, {}))[1][held.place] = answer
    return groups_of(fresh), {Group.resume(group, mine): pool for group, (pool, mine) in going_on.items()}


def _random(seed: int | Sequence[int] | None, place: int) -> random.Random:
    if seed is None:
        return random.Random()
    return random.Random(f"{seed}/{place}") if isinstance(seed, int) else random.Random(seed[place])


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """No gradients and no dropout; a model in training goes back to training."""
    training = model.training
    if training:
        model.eval()
    try:
        # Not inference_mode: a rotary table cached in it could not be used in training afterwards.
        with torch.no_grad():
            yield
    finally:
        if training:
            model.train()
