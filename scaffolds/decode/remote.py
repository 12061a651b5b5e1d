"""Answers from a server: OpenAI-compatible or vLLM, through an Outlines model.

A server takes a JSON Schema and no grammar, and tells no token ids. So quotations are not bound to their
document there: they are located afterwards, and what is not found goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scaffolds.errors import CasewrightError

from .answer import Answer, AnswerRequest


class RemoteAnswerer:
    """Answers with a server.

    model: an Outlines model, such as `outlines.from_openai(client, name)` or `outlines.from_vllm(...)`.
    workers: requests in flight at once.
    """

    def __init__(self, model: Any, *, temperature: float = 0.0, workers: int = 8) -> None:
        self._model = model
        self._temperature = temperature
        self._workers = workers

    def answer(self, requests: Sequence[AnswerRequest]) -> list[Answer]:
        """One answer per request, in order.

        Raises CasewrightError when the server cannot be reached, refuses, or gives no text.
        """
        if not requests:
            return []
        with ThreadPoolExecutor(min(self._workers, len(requests))) as threads:
            return list(threads.map(self._ask, requests))

    def _ask(self, request: AnswerRequest) -> Answer:
        from outlines.exceptions import OutlinesError
        from outlines.inputs import Chat
        from outlines.types import JsonSchema

        # llguidance's own options mean nothing to a server, and a strict one refuses unknown keywords.
        schema = {key: value for key, value in request.schema.items() if key != "x-guidance"}
        try:
            text = self._model(
                Chat([dict(message) for message in request.messages]),
                JsonSchema(schema),
                temperature=self._temperature,
                max_tokens=request.max_tokens,
            )
        except OutlinesError as error:
            raise CasewrightError(
                f"The model server did not answer: {error}. Check its address, its model name and its log."
            ) from error
        if not isinstance(text, str) or not text:
            raise CasewrightError(
                "The model server answered without text; check that it can produce JSON by schema."
            )
        return Answer(text)
