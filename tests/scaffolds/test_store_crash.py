"""A writer that is killed at any moment loses nothing that it was told is kept."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scaffolds.store import Store
from tests.postgres import new_database

ROOT = Path(__file__).parents[2]
ROUNDS, WRITERS = 3, 2


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_acknowledged_append_survives_kill_9(database: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/traces.db" if database == "sqlite" else new_database()
    chance = random.Random(7)
    Store(url, create=True).close()
    for number in range(ROUNDS):
        writers = {case_id: _writer(url, case_id) for case_id in (f"Z-{number}-{n}" for n in range(WRITERS))}
        for writer in writers.values():
            assert writer.stdout is not None
            assert writer.stdout.readline() == "2\n"
        time.sleep(chance.uniform(0, 0.5))
        for writer in writers.values():
            writer.kill()
        with Store(url) as store:
            for case_id, writer in writers.items():
                acknowledged = [int(line) for line in writer.communicate()[0].splitlines()]
                events = store.case(case_id).events
                assert len(events) >= max(acknowledged, default=2)
                assert [event.payload["number"] for event in events] == list(range(len(events)))
                assert len(events) % 2 == 0, "an append is kept whole or not at all"
            report = store.verify()
            assert report.problems == ()
            assert report.cases == (number + 1) * WRITERS


def _writer(url: str, case_id: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.scaffolds.store_writer", url, case_id]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
