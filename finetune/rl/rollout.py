"""Rollout: play a batch of archived cases with the policy, score them, and lay each out as one row of tokens.

A row is a whole conversation: the opening as prompt, and as completion the answers with the follow-up questions
between them. The questions are the environment's (mask 0); the answers are the policy's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from finetune.archive import known
from finetune.rl.credit import token_advantages, worths
from finetune.rl.hindsight import learnt
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
    hindsight: bool,
) -> list[Row]:
    """Play `cases`, of which every `group` in a row are the same case, and give one row per episode, in order.

    hindsight: play the last episode of each group with what the archive knows, and learn that by its likelihood; the
    others are compared among themselves, and it bears the scores of the first of them.
    """
    last = range(group - 1, len(cases), group) if hindsight else ()
    told = {index: known(workflow, cases[index]) for index in last}
    policy = Policy(decoder, prompts, temperature=temperature, seeds=seeds, keep_legal=True, known=told)
    episodes = play(workflow, cases, policy)
    rows: list[Row] = []
    for start in range(0, len(cases), group):
        mine = range(start, start + group)
        had = [
            policy.told([(turn.question, turn.answer) for turn in episodes[index].turns])
            if index in told
            else policy.conversations[index]
            for index in mine
        ]
        scores = {index: verify(workflow, cases[index], episodes[index].facts) for index in mine if index not in told}
        # What was played with help says nothing of how the policy plays.
        made = [
            _row(episodes[index], one, scores.get(index, scores[start])) for index, one in zip(mine, had, strict=True)
        ]
        columns = [_columns(one, decoder) for one in had]
        free = [episodes[index].facts for index in mine if index not in told]
        _give_credit(made, columns, worths(workflow, cases[start], free, weights))
        for index, row, where in zip(mine, made, columns, strict=True):
            for column in learnt(told.get(index, {}), where, row.choices):
                row.advantages[column] = 1.0
        rows += made
    return rows


def _give_credit(
    rows: Sequence[Row], columns: Sequence[Mapping[str, list[int]]], worth: Sequence[Mapping[str, float]]
) -> None:
    for path in dict.fromkeys(path for found in worth for path in found):
        mine = [place for place, found in enumerate(worth) if path in found]
        answers = [[rows[place].completion[column] for column in columns[place][path]] for place in mine]
        gains = token_advantages(answers, [worth[place][path] for place in mine])
        for place, given in zip(mine, gains, strict=True):
            for column, gain in zip(columns[place][path], given, strict=True):
                rows[place].advantages[column] = gain


def _columns(conversation: Conversation, decoder: Decoder) -> dict[str, list[int]]:
    """Where in the completion the tokens of each fact's answer stand."""
    found: dict[str, list[int]] = {}
    for said in conversation.said:
        sizes = decoder.sizes(said.generation.token_ids)
        paths = token_paths(said.question.facts, said.generation.text, sizes)
        for column, path in enumerate(paths, said.start - conversation.opening):
            if path:
                found.setdefault(path, []).append(column)
    return found


def _row(episode: Episode, conversation: Conversation, scores: tuple[Score, ...]) -> Row:
    opening = conversation.opening
    length = len(conversation.tokens) - opening
    logprobs, ours = [0.0] * length, [0] * length
    choices: list[int] = []
    legal: list[Tensor] = []
    for said in conversation.said:
        answer, start = said.generation, said.start - opening
        for place, logprob in enumerate(answer.logprobs, start):
            logprobs[place], ours[place] = logprob, 1
        choices += [start + place for place, forced in enumerate(answer.forced) if not forced]
        assert answer.legal is not None
        legal.append(answer.legal)
    return Row(
        prompt=conversation.tokens[:opening],
        completion=conversation.tokens[opening:],
        logprobs=logprobs,
        ours=ours,
        advantages=[0.0] * length,
        choices=choices,
        legal=torch.cat(legal),
        episode=episode,
        scores=scores,
    )
