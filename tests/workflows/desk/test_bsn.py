"""A BSN is masked wherever a case is shown, and shown to who gives a reason, which is noted in the case."""

from collections.abc import Iterator

import pytest

from scaffolds.store import replay
from tests.workflows.desk import office
from tests.workflows.desk.bundle import APPLICATION
from tests.workflows.desk.office import LOCKS, person, see, take_in
from tests.workflows.desk.site import Site, open_site
from workflows.desk import actions, queue, switches, worker
from workflows.desk.confirming import Said
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.view.case import view
from workflows.desk.writing import Forbidden

BSN = "111222333"
HIDDEN = "•••••••••"
SWITCH = ("workflow", "omgevingsvergunning")
WHY = "Ik vergelijk het met de BRP."
NAMED = Said(choice="value", values=(f"M. de Graaf, BSN {BSN}",))


def _taken_in(desk: Desk) -> str:
    return take_in(desk, text=f"{APPLICATION.read_text(encoding='utf-8')}\nBSN: {BSN}\n")


@pytest.fixture
def site(light: Desk) -> Iterator[tuple[Site, str]]:
    """A site with a case that waits for its decision, with a BSN in its text and in a fact."""
    number = _taken_in(light)
    office.confirm(light, number, aanvrager=NAMED)
    office.confirm(light, number)
    with open_site(light) as opened:
        yield opened, number


@pytest.mark.parametrize("name", ["anna", "carla", "dirk"])
def test_no_page_and_no_answer_of_the_api_shows_a_bsn(site: tuple[Site, str], name: str) -> None:
    opened, number = site
    browser, program = opened.browser(name), opened.bearer(name)
    for page in (browser.get(f"/cases/{number}"), browser.get("/cases")):
        assert page.status_code == 200
        assert BSN not in page.text
        assert f"M. de Graaf, BSN {HIDDEN}" in page.text
    assert BSN not in program.get("/api/v1/cases").text
    shown = program.get(f"/api/v1/cases/{number}")
    assert BSN not in shown.text
    assert shown.json()["bsn"] == "masked"
    [document] = shown.json()["documents"]
    assert document["sha256"] == see(opened.desk, number).documents[0].sha256
    for fact in shown.json()["facts"]:
        for place in fact["evidence"]:
            assert document["text"][place["start"] : place["end"]] == place["quotation"]


def test_the_log_of_the_desk_masks_what_a_reason_held(light: Desk) -> None:
    switches.set_mode(light.engine, *SWITCH, "off", known=light.every_switch(), reason=f"Fout bij {BSN}.", by="carla")
    with open_site(light) as opened:
        shown = opened.browser("eva").get("/log")
    assert shown.status_code == 200
    assert BSN not in shown.text
    assert f"Fout bij {HIDDEN}." in shown.text


def test_a_reason_shows_it_once_and_is_noted_with_who_gave_it(site: tuple[Site, str]) -> None:
    opened, number = site
    anna = opened.browser("anna")
    refused = anna.post(f"/cases/{number}/bsn", {"reason": "  "})
    assert (refused.status_code, BSN in refused.text) == (400, False)
    shown = anna.post(f"/cases/{number}/bsn", {"reason": WHY})
    assert shown.status_code == 200
    assert f"M. de Graaf, BSN {BSN}" in shown.text
    after = anna.get(f"/cases/{number}").text
    assert BSN not in after
    assert WHY in after
    [noted] = see(opened.desk, number).of("bsn_shown")
    assert (noted.actor, noted.payload) == ("person:anna", {"what": "case", "reason": WHY})
    assert opened.desk.store.verify().sound


def test_a_program_gives_a_reason_too(site: tuple[Site, str]) -> None:
    opened, number = site
    program = opened.bearer("dirk")
    assert program.post(f"/api/v1/cases/{number}/bsn", json={"reason": ""}).status_code == 422
    shown = program.post(f"/api/v1/cases/{number}/bsn", json={"reason": WHY})
    assert (shown.status_code, shown.json()["bsn"]) == (200, "shown")
    assert BSN in shown.json()["documents"][0]["text"]
    assert [event.actor for event in see(opened.desk, number).of("bsn_shown")] == ["person:dirk"]


def test_a_file_of_such_a_case_is_given_for_a_reason_only(site: tuple[Site, str]) -> None:
    opened, number = site
    office.decide(opened.desk, number)
    anna = opened.browser("anna")
    for file, what in (("documents/0", "document"), ("letter.html", "letter")):
        where = f"/cases/{number}/{file}"
        assert where in anna.get(f"/cases/{number}").text
        assert anna.get(where).status_code == 403
        assert anna.post(where).status_code == 400
        given = anna.post(where, {"reason": WHY})
        assert given.headers["content-disposition"].startswith("attachment;")
        assert BSN in given.text
        assert see(opened.desk, number).events[-1].payload["what"] == what


def test_a_letter_goes_out_with_what_was_masked_on_the_page(site: tuple[Site, str]) -> None:
    opened, number = site
    desk = opened.desk
    office.decide(desk, number)
    actions.sign(desk, person(desk, "bert"), number, expected=len(see(desk, number).events), agreed=True)
    anna = opened.browser("anna")
    page = anna.get(f"/cases/{number}").text
    assert '<textarea id="letter"' not in page
    assert '<textarea id="letter"' in anna.post(f"/cases/{number}/bsn", {"reason": WHY}).text
    assert anna.post(f"/cases/{number}/letter", {"expected": anna.expected(number)}).status_code == 303
    [sent] = see(desk, number).of("letter_sent")
    assert BSN in sent.payload["letter"]
    assert not sent.payload["edited"]
    closed = actions.show_bsn(desk, person(desk, "dirk"), number, what="case", reason="Controle achteraf.")
    assert desk.state(closed).phase == "closed"
    assert replay(desk.workflows[closed.workflow], closed).difference is None


def test_looking_disturbs_nobody(desk: Desk) -> None:
    number = _taken_in(desk)
    job = queue.claim(desk.engine, worker="een", lease=60)
    assert job is not None
    actions.show_bsn(desk, person(desk, "dirk"), number, what="case", reason=WHY)
    worker.do(desk, job, lock=LOCKS)
    seen = len(see(desk, number).events)
    assert see(desk, number).events[-1].kind == "facts_proposed"
    assert queue.left(desk.engine) == 0
    actions.show_bsn(desk, person(desk, "dirk"), number, what="case", reason=WHY)
    handed = actions.hand_over(
        desk, person(desk, "anna"), number, expected=seen, reason="Graag.", role="teamleider"
    )
    assert [event.kind for event in handed.events[seen:]] == ["bsn_shown", "handed_over"]
    noted = actions.show_bsn(desk, person(desk, "dirk"), number, what="case", reason=WHY)
    assert view(desk, noted).role == "teamleider"
    assert replay(desk.workflows[noted.workflow], noted).difference is None


def test_a_case_without_a_bsn_has_nothing_to_show(light: Desk) -> None:
    number = take_in(light)
    with pytest.raises(Refused, match="holds no citizen service number"):
        actions.show_bsn(light, person(light, "anna"), number, what="case", reason=WHY)
    assert view(light, see(light, number)).bsn == "none"
    with pytest.raises(Forbidden):
        actions.show_bsn(light, person(light, "eva"), number, what="case", reason=WHY)
