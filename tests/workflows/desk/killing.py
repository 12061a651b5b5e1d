"""Kills a desk and its database under load, and looks whether everything that it had acknowledged is there.

Caseworkers take in, take over and confirm through the API. What they got a good answer to is noted as acknowledged.
Notes that are kept in a file let a trial go on that was interrupted, on the same database.
"""

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx2
from sqlalchemy import func, select

from scaffolds.store import Store
from tests.postgres import Server
from tests.workflows.desk.office import WORKFLOW, populate
from tests.workflows.desk.served import Process
from workflows.desk import people, queue, sessions
from workflows.desk.desk import Desk
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.desk.tables import cases, jobs

SECONDS_TO_GO_ON = 300
TEXT = "Ik wil een boom kappen in mijn tuin."


@dataclass(frozen=True)
class Done:
    """An acknowledged action: the kind of its event, who did it, and the reason that only this one has."""

    number: str
    kind: str
    actor: str
    reason: str = ""


class Notes:
    """What was acknowledged, killed and answered so far; with a file also by those who wrote in it before."""

    def __init__(self, path: Path | None = None) -> None:
        self.acknowledged: list[Done] = []
        self.kills: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self._told: Counter[int] = Counter()
        for line in path.read_text(encoding="utf-8").splitlines() if path and path.exists() else ():
            note = json.loads(line)
            if "killed" in note:
                self.kills[note["killed"]] += 1
                self.answers.update({int(status): count for status, count in note["answers"].items()})
            else:
                self.acknowledged.append(Done(**note))
        self._told.update(self.answers)
        self._lock = threading.Lock()
        self._file = path.open("a", encoding="utf-8") if path else None

    def done(self, one: Done) -> None:
        """Note what was acknowledged."""
        self._write(asdict(one))
        self.acknowledged.append(one)

    def killed(self, name: str) -> None:
        """Note a kill that is over, and the answers since the one before."""
        answers = self.answers.copy()
        self._write({"killed": name, "answers": answers - self._told})
        self._told = answers
        self.kills[name] += 1

    def _write(self, note: dict[str, object]) -> None:
        if self._file:
            with self._lock:
                self._file.write(json.dumps(note) + "\n")
                self._file.flush()


@dataclass
class Load:
    """Caseworkers at work until they are told to stop."""

    url: str
    tokens: dict[str, str]
    notes: Notes
    lost: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> list[threading.Thread]:
        """Let everyone begin."""
        threads = [threading.Thread(target=self._work, args=(name,), daemon=True) for name in self.tokens]
        for thread in threads:
            thread.start()
        return threads

    def stop(self) -> None:
        """Let everyone finish what they do."""
        self._over.set()

    def more(self, count: int) -> None:
        """Wait until this many more actions were acknowledged."""
        wanted = len(self.notes.acknowledged) + count
        wait(lambda: len(self.notes.acknowledged) >= wanted, "the desk does not go on")

    def _work(self, name: str) -> None:
        headers = {"authorization": f"Bearer {self.tokens[name]}"}
        with httpx2.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60) as client:
            round_ = 0
            while not self._over.is_set():
                round_ += 1
                try:
                    self._handle(client, name, round_)
                except httpx2.TransportError:
                    self.lost += 1
                    time.sleep(0.1)

    def _handle(self, client: httpx2.Client, name: str, round_: int) -> None:
        """Take in an application, take it over, and confirm what there is to confirm."""
        document = {"name": f"{name}-{round_}.txt", "text": TEXT}
        body = {"workflow": WORKFLOW, "received": "2026-03-10", "documents": [document]}
        case = self._post(client, "/cases", body)
        if case is None:
            return
        self._note(case, "case_opened", "applicant")
        where = f"/cases/{case['id']}"
        reason = f"{name} {round_}"
        taken = self._post(client, f"{where}/hand-over", {"expected": case["events"], "reason": reason})
        if taken is not None:
            self._note(taken, "handed_over", f"person:{name}", reason)
        now = client.get(where)
        self.notes.answers[now.status_code] += 1
        if now.status_code == 200 and now.json()["phase"] == "confirm":
            facts = {fact["path"]: {"choice": "not_stated"} for fact in now.json()["reading"]}
            done = self._post(client, f"{where}/facts", {"expected": now.json()["events"], "facts": facts})
            if done is not None:
                self._note(done, "facts_confirmed", f"person:{name}")

    def _post(self, client: httpx2.Client, path: str, body: dict[str, object]) -> dict[str, object] | None:
        answer = client.post(path, json=body)
        self.notes.answers[answer.status_code] += 1
        if answer.status_code == 503:
            time.sleep(0.1)
        return answer.json() if answer.status_code in (200, 201) else None

    def _note(self, case: dict[str, object], kind: str, actor: str, reason: str = "") -> None:
        self.notes.done(Done(str(case["id"]), kind, actor, reason))


@dataclass(frozen=True)
class Outcome:
    """What a trial found. `missing` are acknowledged actions that are not there; all but the counts must be empty."""

    kills: Counter[str]
    acknowledged: int
    answers: Counter[int]
    events: int
    jobs: int
    missing: list[Done]
    problems: list[str]


def trial(
    database: str, *, kills: int, server: Server | None = None, caseworkers: int = 4, notes: Path | None = None
) -> Outcome:
    """Kill the desk, or where there is a `server` by turns the desk and the database, at random moments.

    With `notes` of a trial that was interrupted, as many times as were left.
    """
    noted = Notes(notes)
    drawn = random.Random(noted.kills.total())
    with open_desk(Settings(database=database)) as desk:
        tokens = _caseworkers(desk, caseworkers)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = Process(database, port)
    victims: dict[str, Process | Server] = {"desk": process} | ({"database": server} if server else {})
    load = Load(process.url, tokens, noted)
    try:
        threads = load.start()
        for number in range(noted.kills.total(), kills):
            load.more(drawn.randint(1, 10))
            time.sleep(drawn.random() * 0.2)
            name = list(victims)[number % len(victims)]
            victims[name].kill()
            victims[name].start()
            noted.killed(name)
            print(f"{number + 1} of {kills} kills; {len(noted.acknowledged)} actions acknowledged", flush=True)
        load.more(1)
        load.stop()
        for thread in threads:
            thread.join()
        with open_desk(Settings(database=database)) as desk:
            wait(lambda: queue.left(desk.engine) == 0, "a job is left")
            return _look(desk, noted)
    finally:
        load.stop()
        process.kill()


def wait(until: Callable[[], bool], otherwise: str) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + SECONDS_TO_GO_ON
    while not until():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.05)


def _caseworkers(desk: Desk, count: int) -> dict[str, str]:
    populate(desk)
    tokens = {}
    for number in range(count):
        person = people.vouched(
            desk.engine, f"m{number}", display=f"M{number}", roles=("behandelaar",), workflows=("*",)
        )
        tokens[person.id] = sessions.begin(desk.engine, person)
    return tokens


def _look(desk: Desk, notes: Notes) -> Outcome:
    store: Store = desk.store
    report = store.verify()
    problems = [str(problem) for problem in report.problems]
    found: Counter[Done] = Counter()
    rows, work = _rows(desk)
    for case in store.cases():
        for event in case.events:
            reason = str(event.payload.get("reason", "")) if event.kind == "handed_over" else ""
            found[Done(case.id, event.kind, event.actor, reason)] += 1
        if rows.get(case.id) != len(case.events):
            problems.append(f"the work list shows {case.id} with {rows.get(case.id)} of {len(case.events)} events")
        read = Counter(event.payload["step"] for event in case.of("facts_proposed"))
        if twice := [step for step, count in read.items() if count > 1]:
            problems.append(f"{case.id} was read twice for {twice}")
        if desk.state(case).phase == "read":
            problems.append(f"{case.id} waits for a model that nobody asks")
    if unexpected := set(notes.answers) - {200, 201, 409, 503}:
        problems.append(f"answers {sorted(unexpected)}")
    missing = [done for done in notes.acknowledged if not found[done]]
    return Outcome(
        kills=notes.kills, acknowledged=len(notes.acknowledged), answers=notes.answers, events=report.events,
        jobs=work, missing=missing, problems=problems,
    )


def _rows(desk: Desk) -> tuple[dict[str, int], int]:
    """How many events the work list says each case has, and how many jobs there were."""
    with desk.engine.connect() as connection:
        rows = {row.id: row.events for row in connection.execute(select(cases.c.id, cases.c.events))}
        return rows, connection.execute(select(func.count()).select_from(jobs)).scalar_one()
