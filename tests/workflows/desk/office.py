"""A small office: its people, its clock, an application, and what they do with it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from threading import Lock
from typing import Any

from argon2 import PasswordHasher

from scaffolds.case import Case
from scaffolds.workflow import Read
from tests.workflows.desk.bundle import APPLICATION, bundle_folder
from workflows.desk import actions, arrivals, people, queue, worker, writing
from workflows.desk.confirming import Said
from workflows.desk.desk import Desk
from workflows.desk.people import Person
from workflows.desk.roles import Role
from workflows.documents import Upload
from workflows.intake import Intake
from workflows.intake import take_in as read_uploads
from workflows.serve.reader import Model, open_model

PASSWORD = "drie losse woorden"
WORKFLOW = "omgevingsvergunning"
RECEIVED = date(2026, 3, 10)
PEOPLE: dict[str, tuple[Role, ...]] = {
    "anna": ("behandelaar",),
    "bert": ("tweede_ondertekenaar",),
    "carla": ("teamleider",),
    "dirk": ("auditor",),
    "eva": ("beheerder",),
    "frits": ("behandelaar", "tweede_ondertekenaar"),
    "gerda": ("behandelaar",),
}
LOCKS = {WORKFLOW: Lock()}
TREE = {
    "activiteit": ("boom_vellen", "kappen van een boom"),
    "aanvrager": ("M. de Graaf", ""),
    "gemachtigde": None,
    "locatie.straat": ("Lindelaan", ""),
    "locatie.huisnummer": ("12", ""),
    "locatie.postcode": ("1501 KL", "1501 KL"),
    "locatie.plaats": ("Zaandam", ""),
    "omschrijving": ("kappen van een zieke kastanje in mijn achtertuin", ""),
    "aanvraagdatum": ("2026-03-09", "9 maart 2026"),
    "begindatum": ("20-04-2026", "20 april 2026"),
    "kosten": ("€ 850,00", "€ 850,00"),
    "eigenaar": ("ja", "eigenaar van het perceel"),
    "monument": ("nee", "geen monument"),
    "bijlagen": (("foto", "situatietekening"), ""),
    "boomsoort": ("kastanje", ""),
    "stamomtrek": ("145", "145 cm"),
    "aantal_bomen": ("1", "één boom"),
    "velreden": ("ziek_of_dood", "ziek"),
    "herplant": ("ja", "nieuwe boom terugplanten"),
}
"""What stands in the demo's application, as a caseworker types it: value and place; None is not stated."""


@dataclass
class Clock:
    """Says what a test sets."""

    now: datetime = field(default=datetime(2026, 3, 11, 9, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@cache
def model() -> Model:
    """The bundle in memory, once per test run."""
    return open_model(bundle_folder())[1]


@cache
def _hash() -> str:
    """The hash of PASSWORD, with parameters that cost nothing: they stand in it, and are read from it."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def populate(desk: Desk) -> None:
    """Give everyone an account with PASSWORD; gerda sees only Woo requests."""
    for name, roles in PEOPLE.items():
        workflows = ("woo_verzoek",) if name == "gerda" else ("*",)
        people.vouched(desk.engine, name, display=name.title(), roles=roles, workflows=workflows)
    with desk.engine.begin() as connection:
        connection.execute(people.people.update().values(password=_hash()))


def person(desk: Desk, name: str) -> Person:
    """Someone of the office."""
    found = people.find(desk.engine, name)
    assert found is not None
    return found


def sent(text: str = "", name: str = "aanvraag.txt") -> Intake:
    """An application as it is sent in."""
    raw = (text or APPLICATION.read_text(encoding="utf-8")).encode()
    return read_uploads([Upload(name=name, raw=raw)], received=RECEIVED)


def take_in(desk: Desk, name: str = "anna", *, workflow: str = WORKFLOW, text: str = "") -> str:
    """Take in an application that came in on RECEIVED."""
    return arrivals.take_in(desk, person(desk, name), workflow=workflow, sent=sent(text), received=RECEIVED)


def work(desk: Desk) -> int:
    """Do every job that waits; return how many."""
    count = 0
    while job := queue.claim(desk.engine, worker="proef", lease=60):
        worker.do(desk, job, lock=LOCKS)
        count += 1
    return count


def see(desk: Desk, number: str, name: str = "anna") -> Case:
    """Look at a case."""
    return writing.see(desk, person(desk, name), number)


def said(kinds: Any, **changed: Said) -> dict[str, Said]:
    """What a caseworker says who reads the demo's application well."""
    answers = {}
    for path in kinds:
        if path in changed:
            answers[path] = changed[path]
        elif TREE[path] is None:
            answers[path] = Said(choice="not_stated")
        else:
            value, quote = TREE[path]  # type: ignore[misc]
            values = value if isinstance(value, tuple) else (value,)
            answers[path] = Said(choice="value", values=values, quote=quote)
    return answers


def confirm(desk: Desk, number: str, name: str = "anna", **changed: Said) -> Case:
    """Confirm the facts of the present step."""
    case = see(desk, number, name)
    step = desk.state(case).step
    assert isinstance(step, Read)
    answers = said(step.facts.kinds, **changed)
    return actions.confirm(desk, person(desk, name), number, expected=len(case.events), said=answers)


def to_decision(desk: Desk, number: str, name: str = "anna") -> Case:
    """Bring a case as far as its decision."""
    while desk.state(see(desk, number)).phase in ("read", "confirm"):
        work(desk)
        confirm(desk, number, name)
    return see(desk, number)


NORMS = {
    "fysieke_leefomgeving": "Het werk past in de buurt.",
    "evenredigheid": "De gevolgen zijn niet onevenredig.",
}


def decide(desk: Desk, number: str, name: str = "anna", option: str = "verlenen") -> Case:
    """Decide."""
    expected = len(see(desk, number).events)
    reason = "De boom is ziek en wordt vervangen."
    return actions.decide(
        desk, person(desk, name), number, expected=expected, option=option, reason=reason, norms=NORMS
    )
