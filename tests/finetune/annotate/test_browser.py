"""An annotator in a real browser: what is marked and filled in on the screen is what is pulled."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finetune.annotate.ledger import Ledger
from finetune.annotate.pull import pull
from finetune.annotate.push import push
from finetune.annotate.source import reading_task
from scaffolds.case import Document
from tests.finetune.annotate.plans import SETTINGS, projects
from tests.finetune.annotate.reading import RECEIVED, WORKFLOW, hostile_task
from tests.label_studio import Annotator, Server, running_server

TEXT = (
    "Re\u0301ële café\r\n🌳🌳 Ik, 👩\u200d🌾 Zoë, wil e\u0301e\u0301n boom kappen; "
    "€ 12,50. Ĳsbaan 3\r\nDank <b>u</b>."
)


@pytest.fixture(scope="module")
def server() -> Server:
    return running_server()


@pytest.fixture
def page(server: Server) -> Iterator[Any]:
    """A page of headless Chromium; what it asks of other hosts is noted."""
    sync = pytest.importorskip("playwright.sync_api")
    if (chromium := shutil.which("chromium")) is None:
        pytest.skip("Chromium absent: `make chromium` installs it")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1600, "height": 1400})
        page.set_default_timeout(120_000)
        page.elsewhere = []
        ours = (server.login.url, "data:", "blob:")
        page.on("request", lambda asked: asked.url.startswith(ours) or page.elsewhere.append(asked.url))
        yield page
        browser.close()


def log_in(page: Any, server: Server, annotator: Annotator) -> None:
    page.goto(f"{server.login.url}/user/login/")
    page.fill("input[name=email]", annotator.email)
    page.fill("input[name=password]", annotator.password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)


def open_task(page: Any, server: Server, project: int) -> None:
    """Open the next task of a project's queue, and put the instruction aside."""
    page.goto(f"{server.login.url}/projects/{project}/data?labeling=1")
    page.get_by_label("Close modal").click()
    page.locator(".lsf-htx-richtext").first.wait_for()


def mark(page: Any, label: str, words: str) -> None:
    """Choose a label, select words with the mouse, and pick what was marked from the list to say more of it."""
    page.get_by_role("heading", name="Lezen").click()
    page.keyboard.press("Escape")  # or the label would go to what is picked now
    page.locator(".lsf-labels .lsf-label__text").get_by_text(label, exact=True).click()
    spot = page.evaluate(
        """words => {
          const walker = document.createTreeWalker(document.querySelector('.lsf-htx-richtext'), NodeFilter.SHOW_TEXT);
          for (let node; (node = walker.nextNode());) {
            const at = node.data.indexOf(words);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at); range.setEnd(node, at + words.length);
            const box = range.getBoundingClientRect();
            return [box.left, box.right, box.top + box.height / 2];
          }
        }""",
        words,
    )
    assert spot is not None, words
    left, right, middle = spot
    page.mouse.move(left + 0.5, middle)
    page.mouse.down()
    page.mouse.move((left + right) / 2, middle)
    page.mouse.move(right - 0.5, middle)
    page.mouse.up()
    page.locator(".lsf-outliner-item", has_text=words).last.click()


def choose(page: Any, control: str, option: str) -> None:
    """Choose an option below the heading of a control."""
    heading = page.get_by_role("heading", name=re.compile(f"^{re.escape(control)}"))
    choices = heading.locator("xpath=following-sibling::*[contains(@class, 'lsf-choices')][1]")
    choices.locator(f"input[name='{option}']").check()


def submit(page: Any) -> None:
    with page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST"):
        page.locator("button[name=submit]").click()


def test_marks_and_values_made_on_the_screen_come_back_exactly(page: Any, server: Server, tmp_path: Path) -> None:
    document = Document(id="brief", text=TEXT, received=RECEIVED)
    task = reading_task(WORKFLOW, "lees", case="z", received=RECEIVED, documents=[document], proposed=None)
    anna = server.annotator("anna")
    with Ledger(tmp_path / "plan", create=True) as ledger:
        ledger.create([replace(task, circle="blind")], settings=SETTINGS)
        push(ledger, server.client, WORKFLOW)
        log_in(page, server, anna)
        open_task(page, server, projects(ledger)[0])
        mark(page, "soort", "kappen")
        choose(page, "Waarde van soort", "kappen")
        mark(page, "kosten", "€ 12,50")
        page.locator("input[type=number]:visible").fill("1250")
        mark(page, "straat", "Ĳsbaan 3")
        for path in WORKFLOW.kinds:
            stated = path in ("soort", "kosten", "straat")
            if path != "reden":
                choose(page, f"{path}:", "vermeld" if stated else "niet vermeld")
        submit(page)
        found = pull(ledger, server.client, WORKFLOW)
        assert (found.answered, found.refused) == (1, 0), list(ledger.current("refused"))
        [one] = ledger.annotations(task.key)
        said = {item["path"]: item for item in (one.answer or {})["facts"]}
        assert said["soort"]["values"] == ["kappen"]
        assert said["kosten"]["values"] == [1250]
        assert said["straat"]["values"] == ["Ĳsbaan 3"]
        for path in ("soort", "kosten", "straat"):
            [place] = said[path]["evidence"]
            assert TEXT[place["start"] : place["end"]] == place["quotation"]
            assert place["start"] == TEXT.index(place["quotation"])
        assert all(said[path]["state"] == "not_stated" for path in ("begin", "postcode", "bijlagen"))
        assert one.annotator == anna.email
        assert one.seconds > 0
    assert page.elsewhere == []


def test_a_suggestion_that_is_submitted_unchanged_comes_back_as_accepted(
    page: Any, server: Server, tmp_path: Path
) -> None:
    tasks = [hostile_task(number)[0] for number in (7, 8, 9)]
    anna = server.annotator("anna")
    with Ledger(tmp_path / "plan", create=True) as ledger:
        ledger.create(tasks, settings=SETTINGS)
        push(ledger, server.client, WORKFLOW)
        log_in(page, server, anna)
        for _ in tasks:
            open_task(page, server, projects(ledger)[0])
            submit(page)
        found = pull(ledger, server.client, WORKFLOW)
        assert (found.answered, found.refused) == (3, 0), list(ledger.current("refused"))
        for task in tasks:
            [one] = ledger.annotations(task.key)
            assert one.answer == task.proposed
            assert set(one.suggestion.values()) == {"accepted"}
