"""A desk on SQLite and the same on PostgreSQL, with the people of a small office and a real bundle."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.postgres import new_database
from tests.workflows.desk.office import Clock, model, populate
from workflows.desk.desk import Desk
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    return new_database() if request.param == "postgresql" else str(tmp_path / "desk.db")


@pytest.fixture
def clock() -> Clock:
    """A clock that a test can set."""
    return Clock()


@pytest.fixture
def desk(where: str, clock: Clock) -> Iterator[Desk]:
    """A desk on either database; every suggestion is shown."""
    with open_desk(Settings(database=where, blind_share=0)) as opened:
        populate(opened)
        yield replace(opened, models={"omgevingsvergunning": model()}, clock=clock)


@pytest.fixture
def light(tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    """A desk on SQLite without a model: people read."""
    with open_desk(Settings(database=str(tmp_path / "desk.db"))) as opened:
        populate(opened)
        yield replace(opened, clock=clock)
