"""Two processes on one database: a hundred cases by twenty caseworkers at once, none lost, none handled twice.

On SQLite, where two processes are not meant to share much work, a quarter of the cases.
"""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random

import httpx2

from scaffolds.store import Store, replay
from tests.workflows.desk.bundle import bundle_folder
from tests.workflows.desk.command import running
from tests.workflows.desk.office import NORMS, PASSWORD, TREE, WORKFLOW, populate
from workflows.desk import people, queue, switches
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.omgevingsvergunning import WORKFLOW as PERMIT

CASEWORKERS, READ_BY_THE_MODEL = 20, 4
TEXT = Path(__file__).parents[3].joinpath("docs", "demo", "aanvraag.txt").read_text(encoding="utf-8")


def test_many_cases_are_each_handled_once(where: str) -> None:
    count = 100 if where.startswith("postgresql") else 25
    with open_desk(Settings(database=where)) as desk:
        populate(desk)
        for number in range(CASEWORKERS):
            roles = ("behandelaar", "tweede_ondertekenaar")
            people.vouched(desk.engine, f"m{number}", display=f"M{number}", roles=roles, workflows=["*"])
        with desk.engine.begin() as connection:
            known = people.people.select().where(people.people.c.id == "anna")
            values = {"password": connection.execute(known).one().password}
            connection.execute(people.people.update().values(values))
    with ExitStack() as opened:
        bundle = ("--bundle", str(bundle_folder()))
        urls = [opened.enter_context(running(where, *bundle)).url for _ in range(2)]
        clients = [_client(urls[number % 2], f"m{number}") for number in range(CASEWORKERS)]
        numbers = [_take_in(clients[n % CASEWORKERS]) for n in range(READ_BY_THE_MODEL)]
        with open_desk(Settings(database=where)) as desk:
            deadline = time.monotonic() + 200
            while queue.left(desk.engine):
                assert time.monotonic() < deadline
                time.sleep(0.2)
            # The model has shown that it reads in both processes; the rest is about people.
            known = desk.every_switch()
            switches.set_mode(desk.engine, "workflow", WORKFLOW, "off", known=known, reason="Proef.", by="eva")
        with ThreadPoolExecutor(CASEWORKERS) as threads:
            rest = threads.map(lambda n: _take_in(clients[n % CASEWORKERS]), range(count - READ_BY_THE_MODEL))
            numbers += list(rest)
            left = set(numbers)
            shifts = threads.map(lambda place: _shift(clients[place], left, Random(place)), range(CASEWORKERS))
            done = Counter(action for shift in shifts for action in shift)
    assert len(set(numbers)) == count
    assert (done["decision"], done["signature"], done["letter"]) == (count, count, count)
    with Store(where) as store:
        assert store.verify().sound
        for case in store.cases():
            counts = Counter(event.kind for event in case.events)
            assert [counts[kind] for kind in ("facts_confirmed", "decided", "signed", "letter_sent")] == [2, 1, 1, 1]
            [decided], [signed] = case.of("decided"), case.of("signed")
            assert decided.actor != signed.actor
            assert replay(PERMIT, case).difference is None
        assert sum(1 for _ in store.case_ids()) == count


def _client(url: str, name: str) -> httpx2.Client:
    client = httpx2.Client(base_url=f"{url}/api/v1", timeout=120)
    token = client.post("/sessions", json={"name": name, "password": PASSWORD}).raise_for_status().json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    return client


def _take_in(client: httpx2.Client) -> str:
    body = {"workflow": WORKFLOW, "received": "2026-03-10", "documents": [{"text": TEXT}]}
    found = re.fullmatch(r"Z-\d{4}-\d{7}", client.post("/cases", json=body).raise_for_status().json()["id"])
    assert found is not None
    return found[0]


def _shift(client: httpx2.Client, left: set[str], random: Random) -> list[str]:
    """Do what can be done on any case until all are closed; count what was accepted, not what came late."""
    accepted = []
    while open_cases := sorted(left):
        number = random.choice(open_cases)
        case = client.get(f"/cases/{number}").raise_for_status().json()
        if case["phase"] == "closed":
            left.discard(number)
            continue
        action, body = _next(case)
        answer = client.post(f"/cases/{number}/{action}", json={"expected": case["events"], **body})
        # Someone was first, or this was my own decision and another signs it.
        assert answer.status_code in (200, 409, 403 if action == "signature" else 409), answer.text
        if answer.status_code == 200:
            accepted.append(action)
    return accepted


def _next(case: dict) -> tuple[str, dict]:  # type: ignore[type-arg]
    if case["phase"] == "confirm":
        facts = {}
        for fact in case["reading"]:
            known = TREE[fact["path"]]
            values = [] if known is None else list(known[0]) if isinstance(known[0], tuple) else [known[0]]
            choice = "value" if known else "not_stated"
            facts[fact["path"]] = {"choice": choice, "values": values, "quote": known[1] if known else ""}
        return "facts", {"facts": facts}
    if case["phase"] == "decide":
        return "decision", {"option": "verlenen", "reason": "Ziek en vervangen.", "norms": NORMS}
    if case["phase"] == "sign":
        return "signature", {"agreed": True}
    return "letter", {}
