"""End to end in Chromium against the real server, with script and without: intake to letter with four eyes.

On every page: no violation that axe finds at 1440 and 320 pixels, and nothing wider than the window. Screenshots are
kept in build/screenshots.
"""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from tests.workflows.desk.bundle import APPLICATION
from tests.workflows.desk.office import PASSWORD, TREE, model, populate
from workflows.desk import queue
from workflows.desk.database import moment
from workflows.desk.desk import Desk
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.desk.tables import sessions
from workflows.desk.web.app import create_app

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHOTS = Path(__file__).parents[3] / "build" / "screenshots"
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Chromium absent: install the package chromium")


@dataclass
class Server:
    """The desk on a port of its own, with a worker."""

    desk: Desk
    url: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a desk with a real bundle."""
    settings = Settings(database=str(tmp_path_factory.mktemp("browser") / "desk.db"), blind_share=0)
    with open_desk(settings) as opened:
        populate(opened)
        desk = replace(opened, models={"omgevingsvergunning": model()})
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config = uvicorn.Config(create_app(settings, desk=desk), host="127.0.0.1", port=port, log_level="warning")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not running.started and time.monotonic() < deadline:
            time.sleep(0.05)
        yield Server(desk, f"http://127.0.0.1:{port}")
        running.should_exit = True
        thread.join(30)


@dataclass
class Office:
    """Everyone's own browser, and what was found wrong with the pages they saw."""

    browser: Any
    server: Server
    script: bool
    wrong: list[str] = field(default_factory=list)
    seen: int = 0
    pages: dict[str, Any] = field(default_factory=dict)

    def page(self, name: str) -> Any:
        """The page of someone, signed in by the form."""
        if name not in self.pages:
            context = self.browser.new_context(java_script_enabled=self.script, locale="nl-NL")
            page = context.new_page()
            page.goto(f"{self.server.url}/sign-in?onward=/cases")
            page.fill("#name", name)
            page.fill("#password", PASSWORD)
            page.click("main button")
            assert page.url.endswith("/cases")
            self.pages[name] = page
        return self.pages[name]

    def check(self, page: Any, name: str) -> None:
        """Look at a page at two widths; axe needs script, which the page itself never does."""
        for width in (1440, 320):
            page.set_viewport_size({"width": width, "height": 900})
            SHOTS.mkdir(parents=True, exist_ok=True)
            mode = "script" if self.script else "plain"
            page.screenshot(path=str(SHOTS / f"{mode}-{self.seen:02}-{name}-{width}.png"), full_page=True)
            if not self.script:
                continue
            page.evaluate(AXE)
            found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            self.wrong += [f"{name} at {width}: {one['id']} {one['nodes'][0]['html']}" for one in found["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.wrong.append(f"{name} at {width}: wider than the window")
        page.set_viewport_size({"width": 1440, "height": 900})
        self.seen += 1

    def settled(self) -> None:
        """Wait until the model has read what it was asked to."""
        deadline = time.monotonic() + 120
        while queue.left(self.server.desk.engine) and time.monotonic() < deadline:
            time.sleep(0.1)


@pytest.fixture(params=[True, False], ids=["script", "plain"])
def office(request: pytest.FixtureRequest, server: Server) -> Iterator[Office]:
    """The office at work."""
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield Office(browser, server, request.param)
        browser.close()


def take_in(page: Any, url: str, *, text: str = "") -> str:
    """Take in the demo's application, with a text beside it."""
    page.goto(f"{url}/intake")
    page.select_option("#workflow", "omgevingsvergunning")
    page.fill("#received", "2026-03-10")
    page.set_input_files("#files", str(APPLICATION))
    page.fill("#text", text)
    page.click("main form button")
    assert "/cases/Z-" in page.url
    return str(page.url)


def confirm(page: Any) -> None:
    """Answer for every fact: as the application says, whatever was suggested."""
    for box in page.query_selector_all("fieldset.desk-fact"):
        path = box.query_selector('input[type="radio"]').get_attribute("name").removesuffix(":choice")
        answer = TREE[path]
        if answer is None:
            box.query_selector('input[value="not_stated"]').check()
            continue
        box.query_selector('input[value="value"]').check()
        values = answer[0] if isinstance(answer[0], tuple) else (answer[0],)
        for value in values:
            if tick := box.query_selector(f'input[type="checkbox"][value="{value}"]'):
                tick.check()
            elif choice := box.query_selector("select"):
                choice.select_option(value)
            else:
                typed = box.query_selector(f'input[name="{path}:value"]')
                day, _, rest = value.partition("-")
                iso = "-".join(reversed(value.split("-"))) if len(day) == 2 and rest else value
                typed.fill(iso if typed.get_attribute("type") == "date" else value)
        if answer[1] and (quote := box.query_selector(f'input[name="{path}:quote"]')):
            quote.fill(answer[1])
    page.click(".desk-task button.nl-button--primary")


def test_from_intake_to_letter_with_four_eyes(office: Office) -> None:
    anna, url = office.page("anna"), office.server.url
    out = office.browser.new_context(java_script_enabled=office.script).new_page()
    out.goto(f"{url}/sign-in")
    office.check(out, "sign-in")
    anna.goto(f"{url}/intake")
    office.check(anna, "intake")
    case = take_in(anna, url)
    office.settled()
    anna.goto(case)
    assert anna.inner_text("#task") == "Kijk elk gegeven na"
    office.check(anna, "confirm")
    anna.click(".desk-task button.nl-button--primary")
    assert anna.title().startswith("Fout:")
    assert anna.query_selector('[role="alert"] a') is not None
    office.check(anna, "unsettled")
    confirm(anna)
    office.settled()
    anna.goto(case)
    confirm(anna)
    assert anna.inner_text("#task") == "Neem een besluit"
    office.check(anna, "decide")
    for area in anna.query_selector_all(".desk-task textarea"):
        area.fill("De boom is ziek en wordt vervangen.")
    anna.check("#option-verlenen")
    anna.click(".desk-task button.nl-button--primary")
    assert anna.inner_text("#task") == "Tweede handtekening"
    assert anna.query_selector('.desk-task button[name="agreed"]') is None
    office.check(anna, "waits-for-another")
    bert = office.page("bert")
    bert.goto(case)
    office.check(bert, "sign")
    bert.click('button[name="agreed"][value="yes"]')
    office.settled()
    anna.goto(case)
    assert anna.inner_text("#task") == "Verstuur de brief"
    office.check(anna, "letter")
    anna.click(".desk-task button.nl-button--primary")
    assert anna.inner_text("#task") == "De zaak is afgesloten"
    office.check(anna, "closed")
    assert office.wrong == []


def test_the_other_pages(office: Office) -> None:
    url = office.server.url
    anna = office.page("anna")
    take_in(anna, url)
    office.settled()
    anna.goto(f"{url}/cases?order=doubt")
    office.check(anna, "work")
    pages = (
        ("carla", "/figures"), ("carla", "/switches"), ("dirk", "/log"), ("eva", "/people"), ("eva", "/"),
        ("eva", "/cases"), ("anna", "/cases/Z-1"), ("anna", "/password"),
    )
    for name, path in pages:
        page = office.page(name)
        page.goto(url + path)
        office.check(page, f"{name}{path.replace('/', '-')}")
    eva = office.page("eva")
    eva.goto(f"{url}/people")
    eva.click('button[name="language"]')
    assert eva.inner_text("h1") == "People"
    office.check(eva, "english")
    eva.click('button[name="language"]')
    assert office.wrong == []


def test_evidence_and_fact_lead_to_each_other_by_keyboard(office: Office) -> None:
    anna, url = office.page("anna"), office.server.url
    case = take_in(anna, url)
    office.settled()
    anna.goto(case)
    confirm(anna)
    office.settled()
    anna.goto(case)
    number = anna.query_selector(".desk-mark-number")
    there = number.get_attribute("href")
    number.focus()
    anna.keyboard.press("Enter")
    assert anna.url.endswith(there)
    back = anna.query_selector(f"{there} a.desk-quote")
    back.focus()
    anna.keyboard.press("Enter")
    assert anna.query_selector(f"#{anna.url.partition('#')[2]} + mark") is not None


def test_a_stale_form_keeps_what_was_typed(office: Office) -> None:
    anna, frits, url = office.page("anna"), office.page("frits"), office.server.url
    case = take_in(anna, url)
    office.settled()
    anna.goto(case)
    frits.goto(case)
    frits.click("text=Zaak oppakken of overdragen")
    frits.fill("#hand-over-reason", "Ik neem dit over.")
    frits.click("section:has(#hand-over) button")
    box = anna.query_selector("fieldset.desk-fact:has(input[name='aanvrager:choice'])")
    box.query_selector('input[value="value"]').check()
    box.query_selector('input[name="aanvrager:value"]').fill("Mevrouw De Graaf")
    anna.click(".desk-task button.nl-button--primary")
    assert "Iemand anders is intussen verder gegaan" in anna.inner_text('[role="alert"]')
    assert anna.input_value('input[name="aanvrager:value"]') == "Mevrouw De Graaf"
    office.check(anna, "stale")
    assert office.wrong == []


def test_a_bsn_is_shown_to_who_gives_a_reason(office: Office) -> None:
    anna, url = office.page("anna"), office.server.url
    case = take_in(anna, url, text="Mijn BSN is 111222333.")
    office.settled()
    anna.goto(case)
    assert "Mijn BSN is •••••••••." in anna.inner_text("main")
    anna.click("text=Tonen of opslaan")
    anna.fill("#bsn-reason", "Ik vergelijk het met de BRP.")
    office.check(anna, "bsn-masked")
    anna.click("text=Toon op deze pagina")
    assert "Mijn BSN is 111222333." in anna.inner_text("main")
    assert "Ik vergelijk het met de BRP." in anna.inner_text("section:has(#timeline)")
    office.check(anna, "bsn-shown")
    anna.goto(case)
    assert "111222333" not in anna.content()
    assert office.wrong == []


def test_the_end_of_a_sign_in_is_announced_extended_and_loses_nothing(office: Office) -> None:
    anna, url, desk = office.page("anna"), office.server.url, office.server.desk
    case = take_in(anna, url)
    office.settled()
    if office.script:
        anna.clock.install()
    anna.goto(case)
    anna.click("text=Zaak oppakken of overdragen")
    anna.fill("#hand-over-reason", "Ik neem dit over.")
    if office.script:
        idle(desk, minutes=29.5)
        anna.clock.fast_forward(29.5 * 60_000)
        anna.wait_for_selector("dialog[open]")
        assert "Uw inlog eindigt bijna" in anna.inner_text("dialog")
        office.check(anna, "ending")
        anna.keyboard.press("Enter")
        anna.wait_for_selector("dialog:not([open])", state="attached")
        assert anna.request.get(f"{url}/session/left").json()["seconds"] > 1700
        idle(desk, minutes=31)
        anna.clock.fast_forward(31 * 60_000)
        anna.wait_for_selector("dialog[open]")
        assert "Uw inlog is geëindigd" in anna.inner_text("dialog")
        office.check(anna, "ended")
        anna.keyboard.press("Escape")
    assert anna.inner_text("#session time") != ""
    idle(desk, minutes=31)
    anna.click("section:has(#hand-over) button")
    assert "is bewaard" in anna.inner_text("main")
    anna.fill("#name", "anna")
    anna.fill("#password", PASSWORD)
    anna.click("main form button")
    assert "Ik neem dit over." in anna.inner_text("main")
    office.check(anna, "kept")
    anna.click("main form button")
    assert anna.url == case
    assert "Ik neem dit over." in anna.inner_text("section:has(#timeline)")
    assert office.wrong == []


def idle(desk: Desk, *, minutes: float) -> None:
    """Let every sign-in have been idle for so long."""
    with desk.engine.begin() as connection:
        seen = moment(datetime.now(UTC) - timedelta(minutes=minutes))
        connection.execute(sessions.update().values(seen=seen))


def test_axe_finds_a_fault_that_is_planted(office: Office) -> None:
    if office.script:
        page = office.browser.new_page()
        page.set_content("<html><body><img src='x'><input><p style='color:#ddd'>bleek</p></body></html>")
        office.check(page, "planted")
        assert {one.split(": ")[1].split()[0] for one in office.wrong} >= {"image-alt", "label", "color-contrast"}
