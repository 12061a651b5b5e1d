"""A page says when its sign-in ends, one action extends it, and what was typed outlives it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.workflows.desk.office import PASSWORD, WORKFLOW, populate, see, take_in
from tests.workflows.desk.site import Browser, Site, open_site
from workflows.desk import people, sessions
from workflows.desk.database import moment
from workflows.desk.desk import Desk
from workflows.desk.forgetting import forget
from workflows.desk.kept import Typed, find, keep
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.desk.tables import kept
from workflows.desk.tables import sessions as table
from workflows.desk.web.context import seconds_warned

TYPED = "Ik neem dit over van een collega."


@pytest.fixture
def site(light: Desk) -> Iterator[Site]:
    """A site without a model."""
    with open_site(light) as opened:
        yield opened


def idle(desk: Desk, **ago: float) -> None:
    """Let every sign-in have been idle for so long."""
    with desk.engine.begin() as connection:
        connection.execute(update(table).values(seen=moment(datetime.now(UTC) - timedelta(**ago))))


def left(browser: Browser) -> int:
    """What the desk says is left, in seconds."""
    return int(browser.get("/session/left").json()["seconds"])


def sign_in(browser: Browser, name: str, where: str) -> str:
    """Sign in by the form at `where`; return where that leads."""
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|onward)" value="([^"]*)"', browser.get(where).text))
    form = {**hidden, "name": name, "password": PASSWORD}
    return str(browser.client.post("/sign-in", data=form).headers["location"])


def signed_in(site: Site, name: str) -> Browser:
    """Someone's browser, signed in by the form."""
    browser = site.browser()
    sign_in(browser, name, "/sign-in")
    found = re.search(r'name="csrf" value="([^"]*)"', browser.get("/intake").text)
    assert found is not None
    browser.csrf = found[1]
    return browser


def resend(page: str) -> tuple[str, dict[str, str]]:
    """Where the form with what was typed goes, and what it holds."""
    form = re.search(r'<form method="post" action="(/cases[^"]*|/intake)".*?</form>', page, re.S)
    assert form is not None
    return form[1], dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[0]))


def test_every_page_says_until_when_and_looking_at_what_is_left_extends_nothing(site: Site) -> None:
    anna = signed_in(site, "anna")
    idle(site.desk, minutes=25)
    assert 290 <= left(anna) <= 300
    assert 290 <= left(anna) <= 300
    assert re.search(r"Ingelogd tot <time>\d\d:\d\d</time>", anna.get("/cases").text)
    assert left(anna) > 1790


def test_one_action_extends_it_without_leaving_the_page(site: Site) -> None:
    anna = signed_in(site, "anna")
    assert '<a href="/session" target="_blank"' in anna.get("/intake").text
    idle(site.desk, minutes=29)
    assert "U blijft ingelogd tot" in anna.get("/session").text
    assert left(anna) > 1790
    idle(site.desk, minutes=31)
    assert anna.get("/session").status_code == anna.get("/session/left").status_code == 303


def test_the_latest_end_is_told_as_one_that_cannot_be_extended(site: Site) -> None:
    anna = signed_in(site, "anna")
    assert anna.get("/session/left").json()["final"] is False
    with site.desk.engine.begin() as connection:
        created = datetime.now(UTC) - timedelta(hours=site.desk.settings.session_hours) + timedelta(minutes=5)
        connection.execute(update(table).values(created=moment(created)))
    anna.get("/session")
    assert anna.get("/session/left").json()["final"] is True
    assert 290 <= left(anna) <= 300


@pytest.mark.parametrize("minutes", [1, 2, 30])
def test_the_warning_comes_at_least_twenty_seconds_before_the_end(minutes: int) -> None:
    assert 20 <= seconds_warned(Settings(idle_minutes=minutes)) < 60 * minutes


def test_a_sign_in_in_use_never_ends_before_it_says(light: Desk) -> None:
    short = Settings(idle_minutes=1)
    token = sessions.begin(light.engine, people.find(light.engine, "anna"))  # type: ignore[arg-type]
    for _ in range(4):
        idle(light, seconds=40)
        found = sessions.find(light.engine, token, short)
        assert found is not None
        assert found.ends - datetime.now(UTC) > timedelta(seconds=59)


def test_what_was_typed_is_seen_again_after_signing_in_and_sent_like_any_form(site: Site) -> None:
    number = take_in(site.desk)
    anna = signed_in(site, "anna")
    form = {"expected": anna.expected(number), "reason": TYPED}
    idle(site.desk, minutes=31)
    answer = anna.post(f"/cases/{number}/hand-over", form)
    assert answer.headers["location"].startswith("/sign-in?onward=/kept/")
    assert see(site.desk, number).of("handed_over") == ()
    assert "is bewaard" in anna.get(answer.headers["location"]).text
    where = sign_in(anna, "anna", answer.headers["location"])
    assert where.startswith("/kept/")
    page = anna.get(where).text
    assert TYPED in page
    action, fields = resend(page)
    assert anna.client.post(action, data=fields).status_code == 303
    [handed] = see(site.desk, number).of("handed_over")
    assert handed.payload["reason"] == TYPED


def test_a_page_of_before_signing_in_again_loses_nothing_either(site: Site) -> None:
    number = take_in(site.desk)
    anna = signed_in(site, "anna")
    form = {"csrf": anna.csrf, "expected": anna.expected(number), "reason": TYPED}
    idle(site.desk, minutes=31)
    sign_in(anna, "anna", "/sign-in")
    answer = anna.client.post(f"/cases/{number}/hand-over", data=form)
    assert answer.headers["location"].startswith("/kept/")
    assert see(site.desk, number).of("handed_over") == ()
    assert TYPED in anna.get(answer.headers["location"]).text


def test_a_new_application_is_kept_too_and_its_files_are_asked_for_again(site: Site) -> None:
    anna = signed_in(site, "anna")
    idle(site.desk, minutes=31)
    form = {"workflow": WORKFLOW, "received": "2026-03-10", "text": "Mijn <b>aanvraag</b>\nregel twee"}
    late = anna.post("/intake", form, files={"files": ("a.txt", b"Bijlage.", "text/plain")})
    page = anna.get(sign_in(anna, "anna", late.headers["location"])).text
    assert "Mijn &lt;b&gt;aanvraag&lt;/b&gt;\nregel twee" in page
    assert 'type="file"' in page


def test_nobody_else_sees_it_and_it_goes_with_its_case(site: Site) -> None:
    number = take_in(site.desk)
    anna, frits = signed_in(site, "anna"), signed_in(site, "frits")
    form = {"expected": anna.expected(number), "reason": TYPED}
    idle(site.desk, minutes=31)
    late = anna.post(f"/cases/{number}/hand-over", form).headers["location"].removeprefix("/sign-in?onward=")
    sign_in(frits, "frits", "/sign-in")
    assert frits.get(late).status_code == 404
    sign_in(anna, "anna", "/sign-in")
    assert anna.get(late).status_code == 200
    with site.desk.engine.begin() as connection:
        forget(connection, number)
    assert anna.get(late).status_code == 404


def test_either_database_keeps_and_forgets_it(where: str) -> None:
    typed = Typed(path="/cases/Z-1/decision", fields=[("reason", "É\x00 \udc80 🌳"), ("reason", "")], files=["files"])
    with open_desk(Settings(database=where)) as desk:
        populate(desk)
        name = keep(desk.engine, "anna", typed)
        assert find(desk.engine, name, person="anna") == typed
        assert find(desk.engine, name, person="bert") is None
        with desk.engine.begin() as connection:
            forget(connection, "Z-10")
        assert find(desk.engine, name, person="anna") == typed
        with desk.engine.begin() as connection:
            forget(connection, "Z-1")
        assert find(desk.engine, name, person="anna") is None
        assert keep(desk.engine, "anna", Typed(path="/intake", fields=[("text", "x" * 1_000_000)])) == ""


def test_after_an_hour_it_is_gone(site: Site) -> None:
    anna = signed_in(site, "anna")
    idle(site.desk, minutes=31)
    late = anna.post("/intake", {"text": TYPED}).headers["location"].removeprefix("/sign-in?onward=")
    with site.desk.engine.begin() as connection:
        connection.execute(update(kept).values(at=moment(datetime.now(UTC) - timedelta(minutes=61))))
    sign_in(anna, "anna", "/sign-in")
    assert anna.get(late).status_code == 404


def test_passwords_forged_forms_and_what_a_revoked_sign_in_sent_are_not_kept(site: Site) -> None:
    anna = signed_in(site, "anna")
    idle(site.desk, minutes=31)
    assert anna.post("/password", {"old": "x", "new": "y"}).headers["location"] == "/sign-in?onward=/"
    assert anna.post("/intake", {"csrf": "van elders", "text": TYPED}).headers["location"] == "/sign-in?onward=/"
    sessions.end_all(site.desk.engine, "anna", by="eva")
    assert anna.post("/intake", {"text": TYPED}).headers["location"] == "/sign-in?onward=/"
    assert site.browser().post("/intake", {"text": TYPED}).headers["location"] == "/sign-in?onward=/"
    with site.desk.engine.connect() as connection:
        assert connection.execute(kept.select()).all() == []
