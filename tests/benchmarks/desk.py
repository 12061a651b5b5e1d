"""What a page costs with many users and many cases: a load run against the real server.

    python -m tests.benchmarks.desk [--cases 10000] [--events 50] [--fewer 1000] [--users 20] [--seconds 60]
                                    [--database URL]

A store is made by code twice, with `--cases` and with `--fewer` cases of `--events` events each; people handled a few
of them to each point of their way, and the rest are like these. Then `casewright desk` serves it, and users ask for
pages one after the other, without a pause, each with a sign-in of their own. The table gives milliseconds per page
at the 50th, 95th and 99th percentile, and how many times as much the larger store costs at the 50th: of everything
here that figure alone means the same on a busy machine.
"""

import argparse
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

import httpx2

from tests.workflows.desk.many import HOLDERS, fill, handled
from tests.workflows.desk.office import populate
from workflows.desk import people, roles, sessions
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings

PAGES = {
    "work list": "/cases",
    "by doubt": "/cases?order=doubt",
    "mine": "/cases?whose=mine",
    "one role": "/cases?role=tweede_ondertekenaar",
    "search": "/cases?q={case}",
    "case": "/cases/{case}",
    "figures": "/figures",
    "intake": "/intake",
    "log": "/log",
    "people": "/people",
}
Times = dict[str, list[float]]


def build(database: str, *, cases: int, events: int, users: int) -> list[str]:
    """Make the store; return a sign-in for each user."""
    with open_desk(Settings(database=database, workers=0)) as desk:
        populate(desk)
        fill(desk, handled(desk), cases=range(1, cases + 1), events=events)
        tokens = []
        for name in HOLDERS[:users]:
            person = people.vouched(desk.engine, name, display=name, roles=roles.ROLES, workflows=("*",))
            tokens.append(sessions.begin(desk.engine, person))
        return tokens


@contextmanager
def serving(database: str) -> Iterator[str]:
    """Run the desk; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "finetune.cli", "desk", "--database", database, "--port", str(port)]
    environment = {**os.environ, "CASEWRIGHT_DESK_REQUESTS_PER_MINUTE": "1000000"}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                httpx2.get(f"{url}/health", timeout=60).raise_for_status()
                break
            except httpx2.TransportError:
                if running.poll() is not None:
                    raise SystemExit("the desk did not start") from None
                time.sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait()


def load(url: str, tokens: Sequence[str], *, cases: int, seconds: float) -> Times:
    """Let every user ask for pages until the time is over; give the milliseconds of each answer by page."""
    times: Times = defaultdict(list)
    over = time.monotonic() + seconds

    def user(number: int) -> None:
        drawn = random.Random(number)
        with httpx2.Client(base_url=url, cookies={"desk": tokens[number]}, timeout=120) as client:
            while time.monotonic() < over:
                name = drawn.choice(list(PAGES))
                path = PAGES[name].format(case=f"Z-2020-{drawn.randint(1, cases):07d}")
                start = time.perf_counter()
                client.get(path).raise_for_status()
                times[name].append(1000 * (time.perf_counter() - start))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(len(tokens))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def percentiles(found: list[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th."""
    cut = quantiles(found, n=100, method="inclusive")
    return cut[49], cut[94], cut[98]


def main() -> None:
    """Run both sizes and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--fewer", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=50)
    parser.add_argument("--users", type=int, default=len(HOLDERS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", default="", help="Two empty PostgreSQL databases, as URL,URL; else SQLite.")
    chosen = parser.parse_args()
    found: list[Times] = []
    with tempfile.TemporaryDirectory() as folder:
        places = chosen.database.split(",") if chosen.database else [str(Path(folder) / f"{n}.db") for n in "ab"]
        for where, cases in zip(places, (chosen.fewer, chosen.cases), strict=True):
            tokens = build(where, cases=cases, events=chosen.events, users=chosen.users)
            with serving(where) as url:
                load(url, tokens, cases=cases, seconds=chosen.seconds / 10)  # what is kept is kept from here on
                found.append(load(url, tokens, cases=cases, seconds=chosen.seconds))
    fewer, more = found
    print(f"{chosen.users} users; {chosen.fewer:,} and {chosen.cases:,} cases of {chosen.events} events; milliseconds")
    print(f"{'page':<12}{'answers':>9}" + "".join(f"{name:>9}" for name in ("p50", "p95", "p99") * 2) + f"{'times':>8}")
    for name in PAGES:
        if len(fewer[name]) < 2 or len(more[name]) < 2:
            print(f"{name:<12}{len(more[name]):>9}  too few to tell")
            continue
        first, second = percentiles(fewer[name]), percentiles(more[name])
        shown = "".join(f"{value:>9.0f}" for value in (*first, *second))
        print(f"{name:<12}{len(more[name]):>9}{shown}{second[0] / first[0]:>8.2f}")


if __name__ == "__main__":
    main()
