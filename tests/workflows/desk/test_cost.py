"""What a page costs does not grow with the number of cases: counted in statements and in SQLite's own steps.

Steps are counted and not seconds, so that a busy machine says the same as a quiet one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.workflows.desk.many import HOLDERS, fill, handled
from tests.workflows.desk.office import WORKFLOW, Clock, populate
from tests.workflows.desk.site import Site
from workflows.desk import people, queue, roles
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings

FEW, MANY = 100, 1_000
GRANULE = 20
CASE = "/cases/Z-2020-0000004"
PAGES = (
    "/cases",
    "/cases?order=doubt",
    "/cases?closed=true",
    "/cases?whose=mine",
    "/cases?role=teamleider",
    "/cases?role=tweede_ondertekenaar",
    f"/cases?workflow={WORKFLOW}",
    "/cases?workflow=bezwaar",
    "/cases?q=z-2020-0000004",
    "/cases?q=lindelaan",
    "/cases?q=bestaatniet",
    CASE,
    f"{CASE}/letter.html",
    f"{CASE}/documents/0",
    "/intake",
    "/figures",
    "/log",
    "/people",
    "/switches",
    "/health",
)


class Meter:
    """Counts the statements that an engine runs, and the steps that SQLite takes for them."""

    def __init__(self, engine: Engine) -> None:
        self.statements = self.steps = 0
        event.listen(engine, "before_cursor_execute", self._executed)
        event.listen(engine, "checkout", self._taken)

    def _executed(self, *_: Any) -> None:
        self.statements += 1

    def _taken(self, connection: Any, *_: Any) -> None:
        connection.set_progress_handler(self._stepped, GRANULE)

    def _stepped(self) -> int:
        self.steps += GRANULE
        return 0

    def read(self) -> tuple[int, int]:
        """Give both counts, and begin again."""
        found = self.statements, self.steps
        self.statements = self.steps = 0
        return found


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[tuple[int, int]]]]:
    """Statements and steps per page, with few cases and with many."""
    folder: Path = tmp_path_factory.mktemp("cost")
    with open_desk(Settings(database=str(folder / "desk.db"), workers=0)) as desk:
        populate(desk)
        holder = people.vouched(
            desk.engine, HOLDERS[0], display="M0", roles=roles.ROLES, workflows=("*",)
        )
        examples = handled(desk)
        meter = Meter(desk.engine)
        found: dict[str, list[tuple[int, int]]] = {page: [] for page in (*PAGES, "claim")}
        browser = Site(desk).browser(holder.id)
        for cases in (range(1, FEW), range(FEW, MANY)):
            fill(desk, examples, cases=cases, events=8)
            for page in PAGES:
                browser.get(page)  # what is kept from the first time is not the price of a page
                meter.read()
                assert browser.get(page).status_code == 200, page
                found[page].append(meter.read())
            assert queue.claim(desk.engine, worker="een", lease=60) is None
            found["claim"].append(meter.read())
        yield found


@pytest.mark.parametrize("page", [*PAGES, "claim"])
def test_a_page_costs_the_same_with_ten_times_the_cases(
    measured: dict[str, list[tuple[int, int]]], page: str
) -> None:
    (statements, steps), (later_statements, later_steps) = measured[page]
    assert later_statements == statements
    assert later_steps <= 1.5 * steps + 500, (steps, later_steps)
