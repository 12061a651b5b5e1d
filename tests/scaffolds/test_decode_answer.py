"""One call for every model: in this process, through Outlines, and on an OpenAI-compatible server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema
import outlines
import pytest
from outlines.inputs import Chat
from outlines.types import CFG, JsonSchema

from scaffolds.decode import (
    AnswerRequest,
    CasewrightModel,
    Decoder,
    Grammar,
    Job,
    LocalAnswerer,
    RemoteAnswerer,
)
from scaffolds.errors import CasewrightError
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "besluit": {"type": "string", "enum": ["verlenen", "weigeren"]},
        "termijn": {"type": "integer", "minimum": 1, "maximum": 14},
    },
    "required": ["besluit", "termijn"],
    "additionalProperties": False,
}
MESSAGES = ({"role": "system", "content": "Lees."}, {"role": "user", "content": 'Kap de "boom".'})


@lru_cache
def decoder() -> Decoder:
    return Decoder(tiny_model(), tiny_tokenizer())


def render(messages: tuple[dict[str, str], ...]) -> tuple[int, ...]:
    text = tiny_tokenizer().apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True)
    return tuple(tiny_tokenizer().encode(text))


def request(messages: tuple[dict[str, str], ...] = MESSAGES) -> AnswerRequest:
    return AnswerRequest(messages, SCHEMA, Grammar.json(SCHEMA), 60)


def test_a_local_answer_is_the_decoders_generation() -> None:
    subject = decoder()
    other = ({"role": "user", "content": "Dakkapel."},)
    answers = LocalAnswerer(subject, render).answer([request(), request(other)])
    jobs = [Job(render(messages), Grammar.json(SCHEMA), 60) for messages in (MESSAGES, other)]
    assert [answer.generation for answer in answers] == subject.generate(jobs)
    for answer in answers:
        jsonschema.validate(json.loads(answer.text), SCHEMA)


def test_outlines_generates_json_through_the_decoder() -> None:
    subject = decoder()
    generator = outlines.Generator(CasewrightModel(subject), JsonSchema(SCHEMA), backend="llguidance")
    [expected] = subject.generate([Job(render(MESSAGES), Grammar.json(SCHEMA), 60)])
    assert generator(Chat(list(MESSAGES))) == expected.text
    texts = generator.batch(["Kappen.", "Dakkapel."], temperature=1.5, seed=1)
    assert len(texts) == 2
    for text in texts:
        jsonschema.validate(json.loads(text), SCHEMA)


def test_outlines_generates_from_a_context_free_grammar_through_the_decoder() -> None:
    model = CasewrightModel(decoder())
    generator = outlines.Generator(model, CFG('start: "ja" | "nee"'), backend="llguidance")
    assert generator("Kappen?") in {"ja", "nee"}


def test_outlines_without_llguidance_or_without_a_type_is_refused() -> None:
    model = CasewrightModel(decoder())
    for generator in (outlines.Generator(model), outlines.Generator(model, JsonSchema(SCHEMA))):
        with pytest.raises(CasewrightError, match='backend="llguidance"'):
            generator("Kappen.")


def test_outlines_leaves_the_decoders_tokenizer_alone() -> None:
    subject = decoder()
    before = subject.tokenizer.padding_side
    CasewrightModel(subject)
    assert subject.tokenizer.padding_side == before


class _Server(BaseHTTPRequestHandler):
    """A chat-completions endpoint that answers by schema with Casewright's own decoder."""

    seen: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.seen.append(body)
        if body["messages"][-1]["content"] == "stuk":
            self._send(400, {"error": {"message": "schema not supported", "type": "invalid_request_error"}})
            return
        grammar = Grammar.json(body["response_format"]["json_schema"]["schema"])
        [answer] = decoder().generate([Job(render(tuple(body["messages"])), grammar, body["max_tokens"])])
        text = "" if body["messages"][-1]["content"] == "leeg" else answer.text
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        self._send(
            200, {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        )

    def _send(self, status: int, value: dict[str, Any]) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """An Outlines model on a real local server, and the requests that the server has received."""
    openai = pytest.importorskip("openai", reason="the remote backend needs the openai package")
    seen: list[dict[str, Any]] = []
    handler = type("Handler", (_Server,), {"seen": seen})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{http.server_address[1]}/v1"
        client = openai.OpenAI(base_url=address, api_key="none", max_retries=0)
        yield outlines.from_openai(client, "m"), seen
        http.shutdown()
        thread.join()


def test_threads_that_share_a_model_get_what_each_would_get_alone() -> None:
    prompts = [render(({"role": "user", "content": "Kappen. " * length},)) for length in range(1, 9)]

    def answered(prompt: tuple[int, ...]) -> list[str]:
        # Jobs of unlike length, so that passes hold several groups and groups end at different steps.
        jobs = [Job(prompt[cut:], Grammar.json(SCHEMA), 60) for cut in (0, 3)]
        return [answer.text for answer in decoder().generate(jobs)]

    alone = [answered(prompt) for prompt in prompts]
    with ThreadPoolExecutor(len(prompts)) as threads:
        together = list(threads.map(answered, prompts))
    assert together == alone


def test_a_server_answers_the_same_call_by_schema(server: tuple[Any, list[dict[str, Any]]]) -> None:
    model, seen = server
    others = [
        ({"role": "user", "content": text},) for text in ("Kappen.", "Dakkapel.", 'Een "uitrit" \U0001f333.')
    ]
    requests = [request(), *(request(other) for other in others)]
    remote = RemoteAnswerer(model).answer(requests)
    local = LocalAnswerer(decoder(), render).answer(requests)
    assert [answer.text for answer in remote] == [answer.text for answer in local]
    assert all(answer.generation is None for answer in remote)
    assert all(body["max_tokens"] == 60 and body["temperature"] == 0.0 for body in seen)


def test_a_server_never_sees_llguidances_own_options(server: tuple[Any, list[dict[str, Any]]]) -> None:
    model, seen = server
    schema = SCHEMA | {"x-guidance": {"whitespace_flexible": False}}
    RemoteAnswerer(model).answer([AnswerRequest(MESSAGES, schema, Grammar.json(schema), 60)])
    assert "x-guidance" not in json.dumps(seen)


@pytest.mark.parametrize(("content", "message"), [("stuk", "schema not supported"), ("leeg", "without text")])
def test_a_server_that_refuses_or_says_nothing_is_named(
    server: tuple[Any, list[dict[str, Any]]], content: str, message: str
) -> None:
    with pytest.raises(CasewrightError, match=message):
        RemoteAnswerer(server[0]).answer([request(({"role": "user", "content": content},))])


def test_a_server_that_is_not_there_is_a_clear_error() -> None:
    openai = pytest.importorskip("openai", reason="the remote backend needs the openai package")
    client = openai.OpenAI(base_url="http://127.0.0.1:9/v1", api_key="none", max_retries=0)
    with pytest.raises(CasewrightError, match="did not answer"):
        RemoteAnswerer(outlines.from_openai(client, "m")).answer([request()])


def test_no_requests_need_no_server() -> None:
    assert RemoteAnswerer(None).answer([]) == []
