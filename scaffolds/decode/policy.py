"""The policy: a model that answers the questions of episodes, one growing conversation each.

What is trained is what is served: recipes, evaluation, the desk and the terminal all answer through this class.
The next question of an episode is appended to its conversation; nothing said before is rendered anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scaffolds import facts
from scaffolds.decode.decoder import Decoder
from scaffolds.decode.generation import Generation, Job
from scaffolds.decode.grammar import Grammar
from scaffolds.environment import Question
from scaffolds.prompt import Prompts


@dataclass(frozen=True)
class Said:
    """One answer in a conversation: its question, its tokens from `start` on, and how they were generated."""

    question: Question
    start: int
    generation: Generation


@dataclass
class Conversation:
    """The tokens of one episode so far; `opening` counts those before the first answer."""

    tokens: list[int] = field(default_factory=list)
    opening: int = 0
    said: list[Said] = field(default_factory=list)


class Policy:
    """Answers questions under the document-bound grammar. One instance serves one call of `environment.play`.

    temperature: 0 takes the likeliest legal token. seeds: one per episode, needed above temperature 0; an
    episode's answers follow from its seed alone. keep_legal: keep the legal token sets, for the RL trainer.
    """

    def __init__(self, decoder: Decoder, prompts: Prompts, *, temperature: float = 0.0,
                 seeds: Sequence[int] | None = None, keep_legal: bool = False) -> None:
        self._decoder = decoder
        self._prompts = prompts
        self._temperature = temperature
        self._seeds = seeds
        self._keep_legal = keep_legal
        self.conversations: dict[int, Conversation] = {}

    def __call__(self, asked: Sequence[tuple[int, Question]]) -> list[str]:
        jobs = []
        for index, question in asked:
            conversation = self.conversations.setdefault(index, Conversation())
            if question.turn == 0:
                texts = list(question.case.texts.values())
                conversation.tokens = self._prompts.opening(
                    question.facts, texts=texts, received=question.case.received
                )
                conversation.opening = len(conversation.tokens)
            else:
                conversation.tokens += self._prompts.following(question.facts)
            jobs.append(job(question, tuple(conversation.tokens)))
        seeds = None
        if self._seeds is not None:
            seeds = [self._seeds[index] * 31 + question.turn for index, question in asked]
        answers = self._decoder.generate(
            jobs, temperature=self._temperature, seed=seeds, keep_legal=self._keep_legal
        )
        for (index, question), answer in zip(asked, answers, strict=True):
            conversation = self.conversations[index]
            conversation.said.append(Said(question, len(conversation.tokens), answer))
            conversation.tokens += answer.token_ids
        return [answer.text for answer in answers]


def job(question: Question, prompt: tuple[int, ...]) -> Job:
    """Make the decoding job of a question: its grammar is bound to its documents, its length is proven."""
    texts = list(question.case.texts.values())
    grammar = Grammar.lark(facts.grammar(question.facts, *texts))
    longest = facts.longest_output(question.facts, document="\n\n".join(texts))
    return Job(prompt, grammar, max_tokens=longest + 1)
