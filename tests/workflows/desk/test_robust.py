"""What nobody means to send gets an answer that is no failure, and a database that is away is told as such."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.postgres import Server
from tests.workflows.desk.office import populate, take_in
from tests.workflows.desk.site import Browser, open_site
from workflows.desk import people, roles
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings

ODD = [
    "/sign-in?onward=//[x",
    "/sign-in?onward=/%00",
    "/log?before=99999999999999999999",
    "/log?before=-1",
    "/cases?q=%00",
    "/cases?q=%F4%8F%BF%BF",
    "/cases?q=%ED%A0%80",
    "/cases?after=%00~%00",
    "/cases?order=doubt&after=nan~x",
    "/cases?order=doubt&after=1e999~x",
    "/cases/%00",
    "/cases/%F0%9F%98%80",
    "/cases/x/documents/99999999999999999999999",
    "/figures?days=99999999999999999999",
]


@pytest.fixture
def somebody(where: str) -> Iterator[Browser]:
    """Someone with every role."""
    with open_desk(Settings(database=where, workers=0)) as desk, open_site(desk) as site:
        populate(desk)
        person = people.vouched(desk.engine, "allen", display="Allen", roles=roles.ROLES, workflows=("*",))
        yield site.browser(person.id)


def test_odd_addresses_are_answered(somebody: Browser) -> None:
    answers = {path: somebody.get(path).status_code for path in ODD}
    assert {path: status for path, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/switches", {"kind": "workflow", "name": "a\x00b", "mode": "off", "reason": "Zo."}),
        ("/switches", {"kind": "workflow", "name": "a", "mode": "off", "reason": "Z\x00o."}),
        ("/people", {"name": "piet", "display": "Piet\x00", "role": "auditor", "workflow": "a\x00"}),
        ("/people/change", {"id": "anna\x00", "role": "auditor", "active": "yes"}),
        ("/intake", {"workflow": "omgevingsvergunning", "received": "0001-01-01", "text": "Een boom."}),
        ("/intake", {"workflow": "omgevingsvergunning", "received": "2026-03-10", "text": "Een\x00boom."}),
        ("/language", {"language": "nl", "onward": "//[x"}),
    ],
)
def test_odd_forms_are_answered(somebody: Browser, path: str, form: dict[str, str]) -> None:
    assert somebody.post(path, form).status_code < 500


def test_a_sign_that_the_database_cannot_hold_is_no_failure_of_the_sign_in(somebody: Browser) -> None:
    answer = somebody.client.post("/api/v1/sessions", json={"name": "a\x00", "password": "x"})
    assert answer.status_code in (400, 401)


def test_a_number_that_the_store_has_from_elsewhere_is_passed_over(where: str) -> None:
    with open_desk(Settings(database=where, workers=0)) as desk:
        populate(desk)
        first = take_in(desk)
        elsewhere = f"{first[:-1]}{int(first[-1]) + 1}"
        events = desk.store.case(first).events[:1]
        desk.store.append(elsewhere, events, workflow="omgevingsvergunning", expected=0)
        assert take_in(desk) == f"{first[:-1]}{int(first[-1]) + 2}"


def test_processes_that_start_at_once_make_one_first_account(where: str) -> None:
    with open_desk(Settings(database=where, workers=0)) as desk, ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: people.first_account(desk.engine), range(4)))
        assert sum(one is not None for one in made) == 1


def test_someone_who_signs_in_twice_at_once_for_the_first_time_is_one_person(where: str) -> None:
    with open_desk(Settings(database=where, workers=0)) as desk, ThreadPoolExecutor(4) as threads:
        found = threads.map(
            lambda _: people.vouched(desk.engine, "x#1", display="X", roles=("auditor",), workflows=("*",)), range(8)
        )
        assert {person.id for person in found} == {"x#1"}


def test_a_database_that_is_away_is_told_as_such_and_found_again() -> None:
    server = Server()
    with psycopg.connect(f"{server.url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE away")
    with open_desk(Settings(database=f"{server.url}/away", workers=0)) as desk, open_site(desk) as site:
        populate(desk)
        number = take_in(desk)
        browser = site.browser("anna")
        server.kill()
        answer = browser.get(f"/cases/{number}")
        assert (answer.status_code, "database" in answer.text) == (503, True)
        server.start()
        assert browser.get(f"/cases/{number}").status_code == 200
