"""What holds for every request: headers, tokens, origin, size, rate; and what an applicant wrote stays text."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.workflows.desk import office
from tests.workflows.desk.office import PASSWORD, see, take_in
from tests.workflows.desk.site import Site, open_site
from workflows.desk.desk import Desk
from workflows.desk.view.marks import mark
from workflows.desk.web.guard import HEADERS
from workflows.desk.web.sign_in import own


@pytest.fixture
def site(light: Desk) -> Iterator[Site]:
    """A site without a model."""
    with open_site(light) as opened:
        yield opened


@pytest.mark.parametrize("path", ["/sign-in", "/cases", "/nergens", "/static/desk.css", "/api/v1/cases", "/health"])
def test_every_answer_carries_the_headers(site: Site, path: str) -> None:
    answer = site.browser().get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert path.startswith("/static/") or answer.headers["cache-control"] == "no-store"


def test_a_defect_is_told_without_its_insides_and_with_the_headers(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr("workflows.desk.worklist.find", broken)
    answer = site.browser("anna").get("/cases")
    assert answer.status_code == 500
    assert "geheim" not in answer.text
    assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]


def test_a_form_without_its_token_does_nothing(site: Site) -> None:
    number = take_in(site.desk)
    anna = site.browser("anna")
    before = len(see(site.desk, number).events)
    for token in ("", "x" * 32, site.browser("bert").csrf):
        form = {"csrf": token, "expected": str(before), "reason": "Ik."}
        assert anna.client.post(f"/cases/{number}/hand-over", data=form).status_code == 403
    assert len(see(site.desk, number).events) == before


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_a_form_from_elsewhere_does_nothing(site: Site, origin: str) -> None:
    number = take_in(site.desk)
    anna = site.browser("anna")
    form = {"expected": anna.expected(number), "reason": "Ik."}
    answer = anna.post(f"/cases/{number}/hand-over", form, headers={"sec-fetch-site": origin})
    assert answer.status_code == 403


def test_signing_in_renews_everything_and_keeps_only_a_place_of_this_desk(site: Site) -> None:
    browser = site.browser()
    browser.get("/sign-in?onward=/intake")
    token = browser.client.cookies["before"]
    form = {"csrf": token, "name": "anna", "password": PASSWORD, "onward": "/intake"}
    answer = browser.client.post("/sign-in", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert browser.get("/intake").status_code == 200
    assert browser.client.post("/sign-in", data=form | {"csrf": "ander"}).status_code == 403


@pytest.mark.parametrize(
    "onward", ["https://elders.nl", "//elders.nl", "/\\elders.nl", "javascript:alert(1)", "", "/a\nb", "/" + "a" * 600]
)
def test_there_is_no_way_out_through_the_sign_in(onward: str) -> None:
    assert own(onward) == "/"


def test_signing_out_ends_the_sign_in_at_the_server(site: Site) -> None:
    anna = site.browser("anna")
    token = anna.client.cookies["desk"]
    assert anna.post("/sign-out").status_code == 303
    stolen = site.browser()
    stolen.client.cookies.set("desk", token)
    assert stolen.get("/cases").status_code == 303


def test_what_is_too_large_is_refused_told_or_not(light: Desk) -> None:
    small = replace(light, settings=light.settings.model_copy(update={"upload_bytes": 20_000}))
    with open_site(small) as site:
        anna = site.browser("anna")
        told = anna.post("/intake", {"workflow": office.WORKFLOW, "text": "x" * 30_000})
        assert told.status_code == 413

        def stream() -> Iterator[bytes]:
            for _ in range(30):
                yield b"x" * 1_000

        untold = anna.client.post(
            "/intake", content=stream(), headers={"content-type": "application/x-www-form-urlencoded"}
        )
        assert untold.status_code == 413


def test_asking_too_often_is_refused_for_who_asks_and_nobody_else(light: Desk) -> None:
    slow = replace(light, settings=light.settings.model_copy(update={"requests_per_minute": 10}))
    with open_site(slow) as site:
        anna, bert = site.browser("anna"), site.browser("bert")
        answers = [anna.get("/cases").status_code for _ in range(14)]
        assert answers[:10] == [200] * 10
        assert 429 in answers[10:]
        assert bert.get("/cases").status_code == 200


HOSTILE = (
    "<script>alert(1)</script> {{ 7*7 }} {% raw %} ${7*7} '\"--> <img src=x onerror=alert(1)> "
    "=cmd|'/c calc'!A1 \u202e ../../etc/passwd"
)


def test_what_an_applicant_wrote_is_shown_and_never_obeyed(site: Site) -> None:
    number = take_in(site.desk, text=HOSTILE)
    page = site.browser("anna").get(f"/cases/{number}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }} {% raw %}" in page
    assert page.count("<script") == page.count('<script src="/static/session.js?') == 1
    assert "<img" not in page


def test_an_upload_is_given_back_to_be_saved_under_a_harmless_name(site: Site) -> None:
    anna = site.browser("anna")
    form = {"workflow": office.WORKFLOW, "received": "2026-03-10"}
    name = "../../<b>x.txt"
    answer = anna.post("/intake", form, files={"files": (name, HOSTILE.encode(), "text/html")})
    where = answer.headers["location"]
    saved = anna.get(f"{where}/documents/0")
    assert saved.content == HOSTILE.encode()
    assert saved.headers["content-type"] == "application/octet-stream"
    assert saved.headers["content-disposition"].startswith("attachment;")
    assert "/" not in saved.headers["content-disposition"].partition("''")[2]
    assert anna.get(f"{where}/documents/1").status_code == 404


def test_a_file_that_cannot_be_read_is_refused_and_what_was_typed_stays(site: Site) -> None:
    anna = site.browser("anna")
    form = {"workflow": office.WORKFLOW, "received": "2026-03-10", "text": "Mijn aanvraag"}
    answer = anna.post("/intake", form, files={"files": ("a.pdf", b"%PDF-1.7 kapot", "application/pdf")})
    assert answer.status_code == 400
    assert "Mijn aanvraag" in answer.text
    assert 'role="alert"' in answer.text


def test_a_stale_form_gets_409_and_keeps_what_was_typed(site: Site) -> None:
    number = take_in(site.desk)
    anna, frits = site.browser("anna"), site.browser("frits")
    seen = anna.expected(number)
    assert frits.post(f"/cases/{number}/hand-over", {"expected": seen, "reason": "Ik."}).status_code == 303
    typed = {"expected": seen, "aanvrager:choice": "value", "aanvrager:value": "Mevrouw De Graaf"}
    answer = anna.post(f"/cases/{number}/facts", typed)
    assert answer.status_code == 409
    assert answer.text.count("Mevrouw De Graaf") == 2
    assert f'name="expected" value="{int(seen) + 1}"' in answer.text


def test_marks_cut_a_text_without_losing_a_sign(light: Desk) -> None:
    number = take_in(light)
    case = office.confirm(light, number)
    facts = list(enumerate(light.state(case).known.values(), start=1))
    [marked] = mark(case.documents, facts)
    assert "".join(piece.text for piece in marked.pieces) == case.documents[0].text
    assert {n for piece in marked.pieces for n in piece.numbers} == {n for n, fact in facts if fact.evidence}
