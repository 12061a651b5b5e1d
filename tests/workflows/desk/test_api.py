"""The API does what the pages do, under the same rules, and describes itself in OpenAPI 3.1."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from tests.workflows.desk import office
from tests.workflows.desk.bundle import APPLICATION
from tests.workflows.desk.office import NORMS, PASSWORD, TREE, WORKFLOW, work
from tests.workflows.desk.site import Site, open_site
from workflows.desk.desk import Desk


@pytest.fixture
def site(desk: Desk) -> Iterator[Site]:
    """A site on either database, with a model."""
    with open_site(desk) as opened:
        yield opened


def _application(**document: str) -> dict[str, Any]:
    return {"workflow": WORKFLOW, "received": "2026-03-10", "documents": [document]}


def _answers(case: dict[str, Any]) -> dict[str, Any]:
    answers = {}
    for fact in case["reading"]:
        known = TREE[fact["path"]]
        if known is None:
            answers[fact["path"]] = {"choice": "not_stated"}
        else:
            values = list(known[0]) if isinstance(known[0], tuple) else [known[0]]
            answers[fact["path"]] = {"choice": "value", "values": values, "quote": known[1]}
    return answers


def test_a_case_goes_from_intake_to_letter(site: Site) -> None:
    anna, bert = site.bearer("anna"), site.bearer("bert")
    text = APPLICATION.read_text(encoding="utf-8")
    case = anna.post("/api/v1/cases", json=_application(text=text)).json()
    where = f"/api/v1/cases/{case['id']}"
    for _ in range(2):
        work(site.desk)
        case = anna.get(where).json()
        assert (case["phase"], case["suggestion"]) == ("confirm", "shown")
        assert all(0 <= fact["confidence"] <= 1 for fact in case["reading"])
        answers = {"expected": case["events"], "facts": _answers(case)}
        case = anna.post(f"{where}/facts", json=answers).json()
    assert case["phase"] == "decide"
    decision = {"expected": case["events"], "option": "verlenen", "reason": "Ziek en vervangen.", "norms": NORMS}
    case = anna.post(f"{where}/decision", json=decision).json()
    signature = {"expected": case["events"], "agreed": True}
    assert anna.post(f"{where}/signature", json=signature).status_code == 403
    assert bert.post(f"{where}/signature", json=signature).status_code == 200
    work(site.desk)
    case = anna.get(where).json()
    assert "verlenen u" in case["draft"]
    closed = anna.post(f"{where}/letter", json={"expected": case["events"]}).json()
    assert closed["phase"] == "closed"
    assert site.desk.store.verify().sound


def test_who_comes_late_gets_409_with_how_many_events_there_are(site: Site) -> None:
    anna = site.bearer("anna")
    case = anna.post("/api/v1/cases", json=_application(text="Ik wil kappen.")).json()
    step = {"expected": case["events"], "reason": "Ik pak dit op."}
    where = f"/api/v1/cases/{case['id']}/hand-over"
    assert anna.post(where, json=step).status_code == 200
    late = anna.post(where, json=step)
    assert late.status_code == 409
    assert (late.json()["expected"], late.json()["present"]) == (case["events"], case["events"] + 1)


def test_facts_that_are_not_settled_are_named(site: Site) -> None:
    anna = site.bearer("anna")
    case = anna.post("/api/v1/cases", json=_application(text="Ik wil kappen.")).json()
    work(site.desk)
    case = anna.get(f"/api/v1/cases/{case['id']}").json()
    answer = anna.post(f"/api/v1/cases/{case['id']}/facts", json={"expected": case["events"], "facts": {}})
    assert answer.status_code == 400
    assert set(answer.json()["problems"].values()) == {"missing"}


def test_a_file_comes_in_as_base64(site: Site) -> None:
    anna = site.bearer("anna")
    raw = b64encode(b"Ik wil een boom kappen.").decode()
    case = anna.post("/api/v1/cases", json=_application(name="a.txt", base64=raw)).json()
    assert case["documents"][0]["text"] == "Ik wil een boom kappen."
    assert anna.post("/api/v1/cases", json=_application(name="a.txt", base64="%")).status_code == 400


def test_a_program_signs_in_by_name_and_password_and_out_again(site: Site) -> None:
    client = site.browser().client
    assert client.post("/api/v1/sessions", json={"name": "anna", "password": "fout"}).status_code == 401
    token = client.post("/api/v1/sessions", json={"name": "anna", "password": PASSWORD}).json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    assert client.get("/api/v1/cases").status_code == 200
    assert client.delete("/api/v1/sessions").status_code == 204
    assert client.get("/api/v1/cases").status_code == 401


def test_the_list_is_that_of_the_page(site: Site) -> None:
    number = office.take_in(site.desk)
    listed = site.bearer("dirk").get("/api/v1/cases").json()
    assert [case["id"] for case in listed["cases"]] == [number]
    assert site.bearer("gerda").get("/api/v1/cases").json()["cases"] == []
    assert site.bearer("gerda").get(f"/api/v1/cases/{number}").status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"expected": 0}, {"expected": 3, "meer": 1}, {"expected": "3x"}, [], {"expected": 10**30}]
)
def test_a_body_that_does_not_fit_is_refused_with_its_place(site: Site, body: Any) -> None:
    number = office.take_in(site.desk)
    answer = site.bearer("anna").post(f"/api/v1/cases/{number}/unread", json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"]


def test_it_describes_itself(site: Site) -> None:
    described = site.bearer("anna").get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in described["paths"])
