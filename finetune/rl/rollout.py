"""Rollout: play a batch of archived cases with the policy, score them, and lay each out as one row of tokens.

A row is a whole conversation: the opening as prompt, and as completion the answers with the follow-up questions
between them. The questions are the environment's (mask 0); the answers are the policy's.
"""

from collections.abc import Iterable, Mapping, Sequence
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

TOLD_TEMPERATURE = 0.3
"""Near the likeliest quotation: one that is only possible would be learnt as if it were known."""


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
    rows: list[Row] = []
    for start in range(0, len(cases), group):
        mine = range(start, start + group)
        had = [policy.conversations[index] for index in mine]
        made = [
            _row(episodes[index], one, verify(workflow, cases[index], episodes[index].facts))
            for index, one in zip(mine, had, strict=True)
        ]
        worth = worths(workflow, cases[start], [episodes[index].facts for index in mine], weights)
        _give_credit(made, [_columns(one, decoder) for one in had], worth)
        rows += made
    return rows


def hindsight(
    cases: Sequence[Archived], *, workflow: Workflow, decoder: Decoder, prompts: Prompts, seeds: Sequence[int]
) -> list[Row]:
    """Play every case once with what the archive knows of it; what that settles is to be learnt by its likelihood.

    Such a row has no scores: what was played with help says nothing of how the policy plays.
    """
    told = {index: known(workflow, case) for index, case in enumerate(cases)}
    policy = Policy(decoder, prompts, temperature=TOLD_TEMPERATURE, seeds=seeds, known=told)
    episodes = play(workflow, cases, policy)
    rows = []
    for index, episode in enumerate(episodes):
        row, had = _without_help(policy, episode)
        rows.append(_taught(row, learnt(told[index], _columns(had, decoder), row.choices)))
    return rows


def rehearsal(episodes: Sequence[Episode], *, decoder: Decoder, prompts: Prompts) -> list[Row]:
    """Episodes of confirmed answers, every choice of which is to be learnt, as in SFT; they have no scores.

    Outcomes tell of some facts only, and what is learnt of those moves the reading of the others (mixing what was
    learnt before into RL: Ouyang et al. 2022, PPO-ptx).
    """
    policy = Policy(decoder, prompts)
    rows = [_without_help(policy, episode)[0] for episode in episodes]
    return [_taught(row, row.choices) for row in rows]


def _without_help(policy: Policy, episode: Episode) -> tuple[Row, Conversation]:
    """The episode as the policy would have had to say it alone: there is more to choose, and that is what is learnt."""
    had = policy.told([(turn.question, turn.answer) for turn in episode.turns])
    return _row(episode, had, ()), had


def _taught(row: Row, columns: Iterable[int]) -> Row:
    for column in columns:
        row.advantages[column] = 1.0
    return row


def _give_credit(
    rows: Sequence[Row], columns: Sequence[Mapping[str, list[int]]], worth: Sequence[Mapping[str, float]]
) -> None:
    judged = [[path for path in found if path in where] for found, where in zip(worth, columns, strict=True)]
    for path in dict.fromkeys(path for paths in judged for path in paths):
        mine = [place for place, paths in enumerate(judged) if path in paths]
        answers = [[rows[place].completion[column] for column in columns[place][path]] for place in mine]
        gains = token_advantages(answers, [worth[place][path] for place in mine])
        for place, given in zip(mine, gains, strict=True):
            for column, gain in zip(columns[place][path], given, strict=True):
                rows[place].advantages[column] = gain


def _columns(conversation: Conversation, decoder: Decoder) -> dict[str, list[int]]:
    """Where in the completion the tokens of each fact's answer stand."""
    found: dict[str, list[int]] = {}
    for said in conversation.held:
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
    for said in conversation.held:
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
