"""The policy: a model that answers the questions of episodes, one growing conversation each.

What is trained is what is served: recipes, evaluation, the desk and the terminal all answer through this class.
The next question of an episode is appended to its conversation; nothing said before is rendered anew. Documents
that do not fit in the model's context are read in parts, each in a conversation of its own, and the answers are
joined; documents of more than MOST_PARTS parts are handed to a person. Nothing is ever cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from types import MappingProxyType

from scaffolds import facts
from scaffolds.decode.decoder import Decoder
from scaffolds.decode.generation import Generation, Job, Part
from scaffolds.decode.grammar import Grammar
from scaffolds.environment import Question, Reply
from scaffolds.facts.schema import QUOTATION
from scaffolds.prompt import Prompts

MOST_PARTS = 8


@dataclass(frozen=True)
class Said:
    """One answer in a conversation: its question, its tokens from `start` on, and how they were generated."""

    question: Question
    start: int
    generation: Generation


@dataclass
class Conversation:
    """The tokens of one episode so far; `opening` counts those before the first answer.

    said: every answer of the episode. begun: how many of them the tokens do not hold, because a later question had
    no room behind them and was asked anew. after: the answer that the tokens end with, where it was given here and its
    cache is held.
    """

    tokens: list[int] = field(default_factory=list)
    opening: int = 0
    said: list[Said] = field(default_factory=list)
    begun: int = 0
    after: Generation | None = None

    @property
    def held(self) -> list[Said]:
        """The answers that the tokens hold."""
        return self.said[self.begun :]


class Policy:
    """Answers questions under the document-bound grammar. One instance serves one call of `environment.play`.

    temperature: 0 takes the likeliest text for each fact. seeds: one per episode, needed above temperature 0; an
    episode's answers follow from its seed alone. keep_legal: keep the legal token sets, for the RL trainer. known: per
    episode, facts that it can only say so where its documents are read in one piece.
    """

    def __init__(
        self,
        decoder: Decoder,
        prompts: Prompts,
        *,
        temperature: float = 0.0,
        seeds: Sequence[int] | None = None,
        keep_legal: bool = False,
        known: Mapping[int, Mapping[str, facts.Fact]] = MappingProxyType({}),
    ) -> None:
        self._decoder = decoder
        self._prompts = prompts
        self._temperature = temperature
        self._seeds = seeds
        self._keep_legal = keep_legal
        self._known = known
        self.conversations: dict[int, Conversation] = {}

    def __call__(self, asked: Sequence[tuple[int, Question]]) -> list[Reply]:
        prompted = [self._jobs(index, question) for index, question in asked]
        jobs = [job for jobs in prompted for job in jobs]
        seeds = None
        if self._seeds is not None:
            seeds = [
                (self._seeds[index] * 31 + question.turn) * 31 + part
                for (index, question), mine in zip(asked, prompted, strict=True)
                for part in range(len(mine))
            ]
        answers = iter(
            self._decoder.generate(
                jobs, temperature=self._temperature, seed=seeds, keep_legal=self._keep_legal, hold=True
            )
        )
        replies = []
        for (index, question), mine in zip(asked, prompted, strict=True):
            said = [next(answers) for _ in mine]
            if len(said) == 1:
                conversation = self.conversations[index]
                conversation.said.append(Said(question, len(mine[0].prompt_ids), said[0]))
                conversation.tokens = [*mine[0].prompt_ids, *said[0].token_ids]
                conversation.after = said[0]
                replies.append(Reply(text=said[0].text))
            elif said:
                joined = facts.merge(question.facts, [answer.text for answer in said])
                replies.append(Reply(text=joined, parts=len(said)))
            else:
                replies.append(Reply(text=facts.nothing_read(question.facts), parts=0))
        return replies

    def recall(self, question: Question, answer: str, *, index: int = 0) -> None:
        """Take up a conversation that was had before: its first question, and what the model answered."""
        texts = list(question.case.texts.values())
        conversation = self.conversations.setdefault(index, Conversation())
        asked = self._asked(conversation.tokens, question, texts)
        conversation.tokens = [*asked, *self._prompts.answer(answer)]
        conversation.after = None

    def told(self, turns: Sequence[tuple[Question, str]]) -> Conversation:
        """The conversation as it would stand if the policy had given these answers to these questions.

        What would be read in parts is left out. Raises CasewrightError where the documents do not admit an answer.
        """
        conversation = Conversation()
        for question, answer in turns:
            texts = list(question.case.texts.values())
            prompt = self._prompt(conversation, question, texts)
            if prompt is None:
                continue
            said = self._decoder.told(_job(question, prompt, texts), self._prompts.answer(answer))
            conversation.said.append(Said(question, len(prompt), said))
            conversation.tokens = [*prompt, *said.token_ids]
        return conversation

    def _jobs(self, index: int, question: Question) -> list[Job]:
        """The decoding jobs of a question: one, or one per part of documents that do not fit, or none."""
        texts = list(question.case.texts.values())
        conversation = self.conversations.setdefault(index, Conversation())
        if (prompt := self._prompt(conversation, question, texts)) is not None:
            return [_job(question, prompt, texts, known=self._known.get(index, {}), after=conversation.after)]
        pieces = (piece for text in texts for piece in self._pieces(question, text))
        parts = list(islice(pieces, MOST_PARTS + 1))
        if len(parts) > MOST_PARTS:
            return []
        return [_job(question, self._opening(question, [part]), [part]) for part in parts]

    def _prompt(self, conversation: Conversation, question: Question, texts: list[str]) -> list[int] | None:
        """The question behind the conversation, or anew where that is too long; None where the documents are."""
        if conversation.tokens:
            longer = self._asked(conversation.tokens, question, texts)
            if self._fits(question, longer, texts):
                return longer
        whole = self._opening(question, texts)
        if not self._fits(question, whole, texts):
            return None
        conversation.opening, conversation.begun, conversation.after = len(whole), len(conversation.said), None
        return whole

    def _asked(self, before: list[int], question: Question, texts: list[str]) -> list[int]:
        """The conversation `before` with the question behind it; the opening where there was none."""
        return [*before, *self._prompts.following(question.facts)] if before else self._opening(question, texts)

    def _opening(self, question: Question, texts: list[str]) -> list[int]:
        return self._prompts.opening(question.facts, texts=texts, received=question.case.received)

    def _fits(self, question: Question, prompt: list[int], texts: list[str]) -> bool:
        context = self._decoder.context
        return context is None or (len(prompt) < context and len(prompt) + _longest(question, texts) <= context)

    def _pieces(self, question: Question, text: str) -> Iterator[str]:
        """Cut a text at line ends, else at blanks, into pieces that fit; joined they are the text."""
        if len(text) < 2 or self._fits(question, self._opening(question, [text]), [text]):
            yield text
            return
        middle = len(text) // 2
        cut = max(text.rfind("\n", 0, middle), text.rfind(" ", middle - 200, middle)) + 1 or middle
        yield from self._pieces(question, text[:cut])
        yield from self._pieces(question, text[cut:])


def _job(
    question: Question,
    prompt: list[int],
    texts: list[str],
    *,
    known: Mapping[str, facts.Fact] = MappingProxyType({}),
    after: Generation | None = None,
) -> Job:
    grammar = Grammar.reading(question.facts, texts, received=question.case.received, known=known)
    parts = tuple(_part(path, kind, received=question.case.received) for path, kind in question.facts.kinds.items())
    return Job(tuple(prompt), grammar, max_tokens=_longest(question, texts), parts=parts, after=after)


def _part(path: str, kind: facts.Kind, *, received: date) -> Part:
    # Where nothing is read from the quotation, it only leads to the value, as any other words for it would.
    leads = not kind.copied and kind.readings("", received=received) is None
    return Part(path.rpartition(".")[2], aside=QUOTATION if leads else None)


def _longest(question: Question, texts: list[str]) -> int:
    """Tokens of the longest possible answer, its end included."""
    return facts.longest_output(question.facts, document="\n\n".join(texts)) + 1
