"""A bundle is answered by an OpenAI-compatible server: asked by schema, its quotations located afterwards."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from scaffolds.case import Document, open_case
from scaffolds.decode import Grammar, Job
from tests.workflows.desk.bundle import APPLICATION, bundle_folder
from tests.workflows.desk.office import model
from workflows.serve.remote import open_remote

pytest.importorskip("openai", reason="the remote backend needs the openai package")


class _Server(BaseHTTPRequestHandler):
    """A chat-completions endpoint that answers by schema with the bundle's own weights."""

    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        decoder = model().decoder
        prompt = decoder.tokenizer.apply_chat_template(body["messages"], tokenize=False, add_generation_prompt=True)
        ids = tuple(decoder.tokenizer.encode(prompt))
        grammar = Grammar.json(body["response_format"]["json_schema"]["schema"])
        [answer] = decoder.generate([Job(ids, grammar, body["max_tokens"])])
        message = {"role": "assistant", "content": answer.text, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        raw = json.dumps({"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a running server, and what it was asked."""
    asked: list[dict[str, Any]] = []
    handler = type("Handler", (_Server,), {"asked": asked})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{http.server_address[1]}/v1", asked
        http.shutdown()


def test_a_server_reads_and_what_is_no_quotation_goes_to_a_person(server: tuple[str, list[dict[str, Any]]]) -> None:
    url, asked = server
    workflow, remote = open_remote(bundle_folder(), url=url, name="m")
    text = APPLICATION.read_text(encoding="utf-8")
    received = date(2026, 3, 10)
    document = Document(id="aanvraag", text=text, received=received)
    case = open_case("Z", workflow=workflow.name, documents=[document], received=received, at=datetime.now(UTC))
    step = workflow.first
    reading = remote.reader().read(case, step=step.id, facts=step.facts)  # type: ignore[union-attr, arg-type]
    assert text in asked[0]["messages"][0]["content"]
    assert asked[0]["messages"][0]["content"].startswith("Ontvangen: 2026-03-10")
    assert set(reading.facts) == set(step.facts.kinds)  # type: ignore[union-attr]
    assert reading.confidence == {}
    for fact in reading.facts.values():
        found = all(text[place.start : place.end] == place.quotation for place in fact.evidence)
        assert found
        assert len(fact.evidence) == len(fact.values) or "quotation_not_found" in fact.problems
