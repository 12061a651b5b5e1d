"""`kill -9` under load, of the desk and of its database: what was acknowledged is there, and no job is lost."""

from pathlib import Path

import psycopg

from tests.postgres import Server
from tests.workflows.desk.killing import Outcome, trial


def check(outcome: Outcome, *, kills: int) -> None:
    assert sum(outcome.kills.values()) == kills
    assert outcome.acknowledged >= kills
    assert outcome.missing == []
    assert outcome.problems == []
    assert outcome.jobs > 0


def test_a_killed_desk_on_sqlite_loses_nothing(tmp_path: Path) -> None:
    check(trial(str(tmp_path / "desk.db"), kills=3), kills=3)


def test_a_killed_desk_and_a_killed_postgresql_lose_nothing() -> None:
    server = Server()
    with psycopg.connect(f"{server.url}/postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE killed")
    check(trial(f"{server.url}/killed", kills=4, server=server), kills=4)
