"""The hostile applications through a running desk, by its pages and its API.

Each is taken in or refused with a reason. None changes what tables, term and route make of the case, none puts an
element of its own into a page, none leaves anything on the disk, and the desk still answers after the last.
"""

import os
import re
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path

import httpx2
import pytest

from scaffolds.clock import term_of
from scaffolds.workflow import Read
from tests.hostile import CANARY, SENTENCES, Hostile, broken, written
from tests.scaffolds.gold import STATED
from tests.workflows.desk.office import WORKFLOW, person, populate, see
from workflows.desk import actions, sessions
from workflows.desk.confirming import Said
from workflows.desk.desk import Desk
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.documents import Upload
from workflows.omgevingsvergunning import WORKFLOW as PERMIT

RECEIVED = "2026-03-02"
HONEST = Upload(name="aanvraag.txt", raw="\n".join(SENTENCES).encode())
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Answer:
    """How the desk answered an upload; `number` is the case that it became."""

    status: int
    number: str


@contextmanager
def serving(folder: Path, database: Path) -> Iterator[str]:
    """Run `casewright desk` in a folder of its own; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CASEWRIGHT_DESK_REQUESTS_PER_MINUTE": "1000000"}
    command = [sys.executable, "-m", "finetune.cli", "desk", "--database", str(database), "--port", str(port)]
    running = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + 300
        while True:
            try:
                httpx2.get(f"{url}/health", timeout=30).raise_for_status()
                break
            except httpx2.HTTPError:
                assert running.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
        yield url
        assert httpx2.get(f"{url}/health", timeout=60).status_code == 200
        assert running.poll() is None
    finally:
        running.terminate()
        running.wait(60)


class Sender:
    """Sends uploads by the intake page and by the API."""

    def __init__(self, desk: Desk, url: str) -> None:
        token = sessions.begin(desk.engine, person(desk, "anna"))
        found = sessions.find(desk.engine, token, desk.settings)
        assert found is not None
        self._csrf = found.csrf
        self.pages = httpx2.Client(base_url=url, cookies={"desk": token}, timeout=300)
        self.api = httpx2.Client(base_url=f"{url}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=300)

    def by_page(self, upload: Upload) -> Answer:
        """Upload by the form."""
        fields = {"csrf": self._csrf, "workflow": WORKFLOW, "received": RECEIVED}
        answer = self.pages.post("/intake", data=fields, files={"files": (upload.name, upload.raw)})
        return Answer(answer.status_code, answer.headers.get("location", "").removeprefix("/cases/"))

    def by_api(self, upload: Upload) -> Answer:
        """Send in base64."""
        document = {"name": upload.name, "base64": b64encode(upload.raw).decode()}
        answer = self.api.post("/cases", json={"workflow": WORKFLOW, "received": RECEIVED, "documents": [document]})
        return Answer(answer.status_code, answer.json()["id"] if answer.status_code == 201 else "")

    def page(self, number: str) -> str:
        """The page of a case."""
        return self.pages.get(f"/cases/{number}").raise_for_status().text


OWN_SCRIPT = re.compile(r'<script src="/static/[\w.?=/-]*session\.js[\w.?=-]*" defer>')
"""The one script of the desk: it warns before a sign-in ends."""


class Elements(HTMLParser):
    """The elements of a page with the names of their attributes, and what is dangerous among them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: set[tuple[str, ...]] = set()
        self.dangers: list[str] = []
        self.own_scripts = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.add((tag, *sorted(name for name, _ in attrs)))
        reaches = [value or "" for name, value in attrs if name in ("href", "src", "action", "formaction")]
        outside = [value for value in reaches if not re.match(r"/(?!/)|#|\?", value)]
        handlers = [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if OWN_SCRIPT.fullmatch(self.get_starttag_text() or "") and not self.own_scripts:
            self.own_scripts += 1
        elif outside or handlers or tag in ("script", "iframe", "object", "embed", "base", "style", "img"):
            self.dangers.append(f"{tag} {outside} {handlers}")


def typed() -> dict[str, Said]:
    """What a caseworker answers who reads the honest application well."""
    answers = {}
    for path, stated in STATED.items():
        pairs = stated if isinstance(stated, list) else [stated]
        values = tuple("€ 900" if path == "kosten" else str(value) for value, _ in pairs)
        answers[path] = Said(choice="value", values=values, quote="" if len(pairs) > 1 else pairs[0][1])
    return answers


def outcome(desk: Desk, number: str) -> object:
    """Confirm the facts of a case, and give what tables, term and route make of it."""
    answers = typed()
    while isinstance(step := desk.state(case := see(desk, number)).step, Read):
        said = {path: answers.get(path, Said(choice="not_stated")) for path in step.facts.kinds}
        actions.confirm(desk, person(desk, "anna"), number, expected=len(case.events), said=said)
    state = desk.state(case)
    receipts = [event.payload for event in case.of("table_evaluated")]
    return receipts, term_of(PERMIT, case), state.step, state.phase, state.outputs


def trial(folder: Path, hostile: Sequence[Hostile]) -> dict[str, Answer]:
    """Send everything to a running desk, and look at what became of it; give the answers by the trick's name."""
    place = folder / "here"
    place.mkdir()
    database = folder / "desk.db"
    with open_desk(Settings(database=str(database))) as desk:
        populate(desk)
        with serving(place, database) as url:
            sender = Sender(desk, url)
            honest = sender.by_page(HONEST)
            ways = cycle((sender.by_page, sender.by_api))
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda one: one[0](one[1].upload), zip(ways, hostile, strict=False)))
            usual = Elements(sender.page(honest.number)).found
            taken = [(one, answer) for one, answer in zip(hostile, answers, strict=True) if answer.number]
            for one, answer in taken:
                looked = Elements(sender.page(answer.number))
                assert looked.dangers == [], one.name
                assert looked.found <= usual, (one.name, looked.found - usual)
            assert Elements(sender.pages.get("/cases").raise_for_status().text).dangers == []
        expected = outcome(desk, honest.number)
        for one, answer in taken:
            text = "\n".join(document.text for document in see(desk, answer.number).documents)
            if all(sentence in text for sentence in SENTENCES):
                assert outcome(desk, answer.number) == expected, one.name
        assert desk.store.verify().sound
    assert list(place.rglob("*")) == []
    assert not [path for path in folder.rglob("*") if CANARY in path.name]
    return {one.name: answer for one, answer in zip(hostile, answers, strict=True)}


@pytest.mark.timeout(1200)
def test_no_hostile_application_gets_anywhere(tmp_path: Path) -> None:
    answers = trial(tmp_path, [*written(), *broken()])
    assert len(answers) >= 240
    assert {answer.status for answer in answers.values()} <= {201, 303, 400, 422}
    assert sum(bool(answer.number) for answer in answers.values()) >= 200
