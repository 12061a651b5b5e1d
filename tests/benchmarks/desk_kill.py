"""Kills the desk under load, and its database by turns, and prints what was lost.

    python -m tests.benchmarks.desk_kill [--kills 50] [--database sqlite|postgresql] [--keep DIR]

Caseworkers take in, take over and confirm through the API of a desk that is a process of its own. After the last
kill every acknowledged action is looked up in the store, its chain verified, and the queue emptied. With `--keep` the
database and the notes of what was acknowledged stay in DIR, and a run that was interrupted goes on when it is started
again. The exit code is 1 where something was lost.
"""

import argparse
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.postgres import Server
from tests.workflows.desk.killing import trial


def main() -> None:
    """Run the trial and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--caseworkers", type=int, default=8)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("interrupted"))  # so that what was started is stopped
    with ExitStack() as opened:
        folder: Path = chosen.keep or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        server = None
        if chosen.database == "postgresql":
            server = Server(chosen.keep / "postgresql" if chosen.keep else None)
            opened.callback(server.stop)
        where = f"{server.url}/postgres" if server else str(folder / "desk.db")
        notes = folder / f"{chosen.database}.jsonl"
        found = trial(where, kills=chosen.kills, server=server, caseworkers=chosen.caseworkers, notes=notes)
    held = not found.missing and not found.problems
    rows = {
        "kills": ", ".join(f"{count} of the {name}" for name, count in found.kills.items()),
        "acknowledged actions": found.acknowledged,
        "of these missing": len(found.missing),
        "events in the chain": found.events,
        "jobs, all done": found.jobs,
        "answers by status": ", ".join(f"{status}: {count}" for status, count in sorted(found.answers.items())),
        "problems": "; ".join(found.problems) or "none",
        "verdict": "nothing that was acknowledged was lost" if held else "something was lost",
    }
    for name, value in rows.items():
        print(f"{name:<24}{value}")
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
