"""A bundle that is answered by a server: vLLM, or any that speaks OpenAI's protocol and holds its model.

The server is asked with the prompt's words and the JSON Schema. It tells no probabilities, so nobody is told how sure
it was; its quotations are located afterwards, and what is not found goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scaffolds.decode import Answerer, AnswerRequest, Grammar
from scaffolds.environment import Question, Reply
from scaffolds.facts import json_schema, longest_output
from scaffolds.prompt import Prompts
from scaffolds.workflow import Workflow
from workflows.registry import load_workflow
from workflows.serve.bundle import Bundle, read_bundle
from workflows.serve.reader import Reader


@dataclass(kw_only=True)
class RemotePolicy:
    """Answers the questions of one case with a server, each question with the documents before it."""

    answerer: Answerer
    prompts: Prompts

    def __call__(self, asked: Sequence[tuple[int, Question]]) -> list[Reply]:
        answers = self.answerer.answer([self._request(question) for _, question in asked])
        return [Reply(text=answer.text) for answer in answers]

    def recall(self, question: Question, answer: str) -> None:
        """Every question stands alone here."""

    def _request(self, question: Question) -> AnswerRequest:
        texts = list(question.case.texts.values())
        body = self.prompts.body(question.facts, texts=texts, received=question.case.received)
        return AnswerRequest(
            messages=({"role": "user", "content": body},),
            schema=json_schema(question.facts),
            grammar=Grammar.reading(question.facts, texts, received=question.case.received),
            max_tokens=longest_output(question.facts, document="\n\n".join(texts)) + 1,
        )


@dataclass(frozen=True, kw_only=True)
class RemoteModel:
    """A bundle without its weights."""

    bundle: Bundle
    answerer: Answerer

    def reader(self) -> Reader:
        """Give a reader for one case."""
        prompts = Prompts(tokenizer=None, describe=self.bundle.describe)
        return Reader(bundle=self.bundle, policy=RemotePolicy(answerer=self.answerer, prompts=prompts))


def open_remote(folder: Path, *, url: str, name: str) -> tuple[Workflow, RemoteModel]:
    """Read a bundle that the server at `url` answers for under the model name `name`."""
    import openai
    import outlines

    from scaffolds.decode import RemoteAnswerer

    workflow = load_workflow(read_bundle(folder).workflow)
    bundle = read_bundle(folder, workflow=workflow)
    client = openai.OpenAI(base_url=url, api_key="casewright", timeout=300)
    answerer = RemoteAnswerer(outlines.from_openai(client, name))
    return workflow, RemoteModel(bundle=bundle, answerer=answerer)
