"""Every route against every role, and against who is not signed in."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from starlette.routing import Mount, Route

from tests.workflows.desk.office import take_in
from tests.workflows.desk.site import Site, open_site
from workflows.desk.desk import Desk

NOBODY = "nobody"
WHO = (NOBODY, "anna", "bert", "carla", "dirk", "eva")
CASEWORKER, SIGNER, LEAD, AUDITOR, ADMINISTRATOR = WHO[1:]
READERS = {CASEWORKER, SIGNER, LEAD, AUDITOR}
HANDLERS = {CASEWORKER}
EVERYONE = set(WHO)
PAGES: dict[tuple[str, str], set[str]] = {
    ("GET", "/sign-in"): EVERYONE,
    ("POST", "/sign-in"): set(),
    ("GET", "/sign-in/oidc"): set(),
    ("GET", "/sign-in/oidc/callback"): set(),
    ("POST", "/sign-out"): EVERYONE - {NOBODY},
    ("GET", "/session"): EVERYONE - {NOBODY},
    ("GET", "/session/left"): EVERYONE - {NOBODY},
    ("GET", "/kept/{name}"): EVERYONE - {NOBODY},
    ("GET", "/password"): EVERYONE - {NOBODY},
    ("POST", "/password"): EVERYONE - {NOBODY},
    ("POST", "/language"): EVERYONE,
    ("GET", "/"): EVERYONE - {NOBODY},
    ("GET", "/cases"): READERS,
    ("GET", "/intake"): {CASEWORKER, LEAD},
    ("POST", "/intake"): {CASEWORKER, LEAD},
    ("GET", "/cases/{case_id}"): READERS,
    ("POST", "/cases/{case_id}/bsn"): READERS,
    ("POST", "/cases/{case_id}/facts"): HANDLERS,
    ("POST", "/cases/{case_id}/unread"): HANDLERS,
    ("POST", "/cases/{case_id}/request"): HANDLERS,
    ("POST", "/cases/{case_id}/completion"): HANDLERS,
    ("POST", "/cases/{case_id}/lapse"): HANDLERS,
    ("POST", "/cases/{case_id}/decision"): READERS,
    ("POST", "/cases/{case_id}/signature"): READERS,
    ("POST", "/cases/{case_id}/letter"): HANDLERS,
    ("POST", "/cases/{case_id}/hand-over"): {CASEWORKER, SIGNER, LEAD},
    ("POST", "/cases/{case_id}/override"): HANDLERS,
    ("POST", "/cases/{case_id}/override/settle"): {LEAD},
    ("GET", "/cases/{case_id}/letter.{form}"): READERS,
    ("POST", "/cases/{case_id}/letter.{form}"): READERS,
    ("GET", "/cases/{case_id}/documents/{place}"): READERS,
    ("POST", "/cases/{case_id}/documents/{place}"): READERS,
    ("GET", "/figures"): {LEAD, AUDITOR},
    ("GET", "/people"): {ADMINISTRATOR},
    ("POST", "/people"): {ADMINISTRATOR},
    ("POST", "/people/change"): {ADMINISTRATOR},
    ("GET", "/switches"): {LEAD, ADMINISTRATOR},
    ("POST", "/switches"): {LEAD, ADMINISTRATOR},
    ("GET", "/log"): {AUDITOR, ADMINISTRATOR},
    ("GET", "/health"): EVERYONE,
}
API: dict[tuple[str, str], set[str]] = {
    ("POST", "/api/v1/sessions"): EVERYONE,
    ("DELETE", "/api/v1/sessions"): EVERYONE - {NOBODY},
    ("GET", "/api/v1/cases"): READERS,
    ("POST", "/api/v1/cases"): {CASEWORKER, LEAD},
    **{
        (method, f"/api/v1{path}"): who
        for (method, path), who in PAGES.items()
        if path.startswith("/cases/{case_id}") and "letter." not in path and "documents" not in path
    },
}
BODIES = {
    "bsn": {"reason": "Zo."},
    "sessions": {"name": "niemand", "password": "x"},
    "cases": {"workflow": "woo_verzoek", "received": "2026-03-10", "documents": [{"text": "Een verzoek."}]},
    "facts": {"facts": {}},
    "completion": {"on": "2026-03-10", "documents": [{"text": "Meer."}]},
    "decision": {"option": "verlenen", "reason": "Zo."},
    "signature": {"agreed": True},
    "hand-over": {"reason": "Zo."},
    "override": {"table": "omgevingsvergunning/boom", "outputs": {"uitkomst": "vergunningvrij"}, "reason": "Zo."},
    "settle": {"agreed": True, "reason": "Zo."},
}


@pytest.fixture(scope="module")
def _module_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    from tests.workflows.desk.office import populate
    from workflows.desk.opening import open_desk
    from workflows.desk.settings import Settings

    with open_desk(Settings(database=str(tmp_path_factory.mktemp("matrix") / "desk.db"))) as opened:
        populate(opened)
        yield opened


@pytest.fixture(scope="module")
def site(_module_desk: Desk) -> Iterator[tuple[Site, str]]:
    """A site with one case that waits for its facts to be confirmed."""
    with open_site(_module_desk) as opened:
        yield opened, take_in(_module_desk)


def _routes(site: Site) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    todo = list(site.app.routes)
    while todo:
        route = todo.pop()
        if isinstance(route, APIRoute | Route) and not isinstance(route, Mount):
            found |= {(method, route.path) for method in route.methods or () if method != "HEAD"}
        else:
            todo += getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", [])
    return found


def test_the_matrix_names_every_route(site: tuple[Site, str]) -> None:
    paths = {(m.upper(), p) for p, ms in site[0].app.openapi()["paths"].items() for m in ms}
    assert paths == set(API)
    pages = {(method, path) for method, path in _routes(site[0]) if not path.startswith("/api/")}
    assert pages == set(PAGES) or {path for _, path in pages} == {path for _, path in PAGES}


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path"), sorted(PAGES))
def test_a_page_is_open_to_exactly_its_roles(site: tuple[Site, str], method: str, path: str, who: str) -> None:
    opened, number = site
    browser = opened.browser(None if who == NOBODY else who)
    where = path.format(case_id=number, place=0, form="pdf", name="niets")
    if method == "GET":
        answer = browser.get(where)
    else:
        answer = browser.post(where, {"expected": browser_count(opened, number), "to": "person:anna", "reason": "x"})
    allowed = who in PAGES[method, path]
    if path.startswith("/sign-in/oidc"):
        assert answer.status_code == 404  # no provider is set
    elif (method, path) == ("POST", "/sign-in"):
        assert answer.status_code == 403  # a form that this browser never asked for
    elif allowed:
        # What is not possible at this moment is said as such, to who would be allowed to do it.
        absent = answer.status_code == 404 and ("letter." in path or "/kept/" in path)
        assert absent or answer.status_code in (200, 303, 400)
        assert answer.headers.get("location", "") != "/sign-in" or path == "/sign-out"
    elif who == NOBODY:
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in")
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize(("method", "path"), sorted(API))
def test_the_api_is_open_to_the_same_roles(site: tuple[Site, str], method: str, path: str, who: str) -> None:
    opened, number = site
    client = opened.browser().client if who == NOBODY else opened.bearer(who)
    body = None
    if method == "POST":
        body = dict(BODIES.get(path.rpartition("/")[2], {}))
        if "case_id" in path and not path.endswith("/bsn"):
            body["expected"] = browser_count(opened, number)
    answer = client.request(method, path.format(case_id=number), json=body)
    if path == "/api/v1/sessions" and method == "POST":
        assert answer.status_code == 401  # nobody is called niemand
    elif who in API[method, path]:
        assert answer.status_code in (200, 201, 204, 400), answer.text
    else:
        assert answer.status_code == (401 if who == NOBODY else 403), answer.text


@pytest.mark.parametrize(("method", "path"), sorted(API))
def test_a_browsers_cookie_does_not_open_the_api(site: tuple[Site, str], method: str, path: str) -> None:
    opened, number = site
    if path == "/api/v1/sessions" and method == "POST":
        return
    body = BODIES.get(path.rpartition("/")[2], {}) | {"expected": 1}
    if path == "/api/v1/cases":
        body = BODIES["cases"]
    answer = opened.browser("anna").client.request(
        method, path.format(case_id=number), json=body if method == "POST" else None
    )
    assert answer.status_code == 401


def browser_count(site: Site, number: str) -> int:
    """How many events the case has now."""
    return sum(1 for _ in site.desk.store.records(number))
