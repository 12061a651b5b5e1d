"""Kills the desk under load, and its database by turns, and prints what was lost.

    python -m tests.benchmarks.desk_kill [--kills 50] [--database sqlite|postgresql]

Caseworkers take in, take over and confirm through the API of a desk that is a process of its own. After the last
kill every acknowledged action is looked up in the store, its chain verified, and the queue emptied.
"""

import argparse
import tempfile
from pathlib import Path

from tests.postgres import Server
from tests.workflows.desk.killing import trial


def main() -> None:
    """Run the trial and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--caseworkers", type=int, default=8)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server() if chosen.database == "postgresql" else None
        where = f"{server.url}/postgres" if server else str(Path(folder) / "desk.db")
        found = trial(where, kills=chosen.kills, server=server, caseworkers=chosen.caseworkers)
    rows = {
        "kills": ", ".join(f"{count} of the {name}" for name, count in found.kills.items()),
        "acknowledged actions": found.acknowledged,
        "of these missing": len(found.missing),
        "events in the chain": found.events,
        "jobs, all done": found.jobs,
        "answers by status": ", ".join(f"{status}: {count}" for status, count in sorted(found.answers.items())),
        "problems": "; ".join(found.problems) or "none",
    }
    for name, value in rows.items():
        print(f"{name:<24}{value}")


if __name__ == "__main__":
    main()
