"""What a page costs does not grow with the number of cases: counted in statements and in SQLite's own steps.

Steps are counted and not seconds, so that a busy machine says the same as a quiet one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from tests.workflows.desk.many import DONE, HOLDERS, fill, handled
from tests.workflows.desk.office import WORKFLOW, populate
from tests.workflows.desk.site import open_site
from workflows.desk import people, queue, roles
from workflows.desk.database import moment
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.desk.tables import cases, jobs, sessions, words

FEW, MANY = 60, 20_000
GRANULE = 20
A_PAGE, A_THOUSAND = 5_000, 20_000
"""Steps for the lines of a full page, and for the thousand at which counting and looking up stop."""
CASE = "/cases/Z-2020-0000006"
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
    """Statements and steps per page, with sixty cases and with twenty thousand."""
    folder: Path = tmp_path_factory.mktemp("cost")
    settings = Settings(database=str(folder / "desk.db"), workers=0)
    with open_desk(settings) as desk, open_site(desk) as opened:
        populate(desk)
        holder = people.vouched(
            desk.engine, HOLDERS[0], display="M0", roles=roles.ROLES, workflows=("*",)
        )
        examples = handled(desk)
        meter = Meter(desk.engine)
        found: dict[str, list[tuple[int, int]]] = {page: [] for page in (*PAGES, "claim")}
        browser = opened.browser(holder.id)
        with desk.engine.begin() as connection:
            # That a sign-in is in use is noted once a minute, which would be counted with some page or other.
            later = moment(datetime.now(UTC) + timedelta(days=1))
            connection.execute(sessions.update().values(seen=later))
        fill(desk, examples, cases=range(1, FEW), events=8)
        for more in (0, MANY):
            copy(desk.engine, more)
            for page in PAGES:
                browser.get(page)  # what is kept from the first time is not the price of a page
                meter.read()
                assert browser.get(page).status_code == 200, page
                found[page].append(meter.read())
            assert queue.claim(desk.engine, worker="een", lease=60) is None
            found["claim"].append(meter.read())
        yield found


def copy(engine: Engine, count: int) -> None:
    """Add rows of cases that are as those there are, with their words and their work long done."""
    with engine.begin() as connection:
        known = [dict(row._mapping) for row in connection.execute(select(cases))]
        told = {row["id"]: [] for row in known}
        for word, number in connection.execute(select(words.c.word, words.c.case_id)):
            told[number].append(word)
        pairs = [(f"Z-2021-{number:07d}", known[number % len(known)]) for number in range(count)]
        for table, rows in (
            (cases, [row | {"id": new} for new, row in pairs]),
            (words, [{"word": word, "case_id": new} for new, row in pairs for word in (new, *told[row["id"]][:4])]),
            (jobs, [{"case_id": new, **DONE} for new, _ in pairs]),
        ):
            if rows:
                connection.execute(table.insert(), rows)


@pytest.mark.parametrize("page", [*PAGES, "claim"])
def test_a_page_costs_the_same_with_more_cases(
    measured: dict[str, list[tuple[int, int]]], page: str
) -> None:
    (statements, steps), (later_statements, later_steps) = measured[page]
    assert later_statements == statements
    most = A_THOUSAND if page == "/figures" or "q=" in page else A_PAGE
    assert later_steps <= steps + most, (steps, later_steps)
