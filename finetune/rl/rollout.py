"""Rollout: play a batch of archived cases with the policy, score them, and lay each out as one row of tokens.

A row is a whole conversation: the opening as prompt, and as completion the answers with the follow-up questions
between them. The questions are the environment's (mask 0); the answers are the policy's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from finetune.rl.credit import fact_advantages
from scaffolds.decode import Decoder
from scaffolds.decode.confidence import token_paths
from scaffolds.decode.policy import Conversation, Policy
from scaffolds.environment import Archived, Episode, play
from scaffolds.prompt import Prompts
from scaffolds.verify import Score, verify
from scaffolds.workflow import Workflow


@dataclass(frozen=True)
class Row:
    """One episode as tokens. `choices` are the columns of `completion` where the policy had a choice.

    legal: int32, one row of packed legal tokens per choice. logprobs, advantages, ours: one per completion token;
    `ours` is 1 for the policy's tokens and 0 for the environment's.
    """

    prompt: list[int]
    completion: list[int]
    logprobs: list[float]
    ours: list[int]
    advantages: list[float]
    choices: list[int]
    legal: Tensor
    episode: Episode
    scores: tuple[Score, ...]


def rollout(
    cases: Sequence[Archived],
    *,
    workflow: Workflow,
    decoder: Decoder,
    prompts: Prompts,
    group: int,
    temperature: float,
    seeds: Sequence[int],
    weights: Mapping[str, float],
) -> list[Row]:
    """Play `cases`, of which every `group` in a row are the same case, and give one row per episode, in order."""
    policy = Policy(decoder, prompts, temperature=temperature, seeds=seeds, keep_legal=True)
    episodes = play(workflow, cases, policy)
    scores = [verify(workflow, episode) for episode in episodes]
    advantages = [
        gains
        for start in range(0, len(cases), group)
        for gains in fact_advantages(scores[start : start + group], weights)
    ]
    return [
        _row(episode, policy.conversations[index], scores[index], advantages[index], decoder)
        for index, episode in enumerate(episodes)
    ]


def _row(
    episode: Episode,
    conversation: Conversation,
    scores: tuple[Score, ...],
    gains: Mapping[str, float],
    decoder: Decoder,
) -> Row:
    opening = conversation.opening
    length = len(conversation.tokens) - opening
    logprobs, advantages, ours = [0.0] * length, [0.0] * length, [0] * length
    choices: list[int] = []
    legal: list[Tensor] = []
    for said in conversation.said:
        answer, start = said.generation, said.start - opening
        paths = token_paths(said.question.facts, answer.text, decoder.sizes(answer.token_ids))
        for place, (path, logprob) in enumerate(zip(paths, answer.logprobs, strict=True), start):
            logprobs[place], ours[place] = logprob, 1
            advantages[place] = gains.get(path, 0.0) if path else 0.0
        choices += [start + place for place, forced in enumerate(answer.forced) if not forced]
        assert answer.legal is not None
        legal.append(answer.legal)
    return Row(
        prompt=conversation.tokens[:opening],
        completion=conversation.tokens[opening:],
        logprobs=logprobs,
        ours=ours,
        advantages=advantages,
        choices=choices,
        legal=torch.cat(legal),
        episode=episode,
        scores=scores,
    )
