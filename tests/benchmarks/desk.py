"""What a page costs with many users and many cases: a load run against the real server.

    python -m tests.benchmarks.desk [--store DIR] [--cases 10000] [--fewer 1000] [--events 50] [--users 20]
                                    [--seconds 60] [--pause 0,5] [--processes 2] [--database postgresql] [--make]

A store is made by code with `--cases` and with `--fewer` cases of `--events` events each; people handled a few of them
to each point of their way, and the rest are like these. Stores made in `--store` are kept, and finished where they were
left; `--make` stops there. `casewright desk` serves each, and is asked over HTTP, over connections that stay
open while there is no pause:

* by one user, one page at a time: the processor time of the server per page, and how many times as much the larger
  store costs, which means the same on a busy machine;
* by all users at once, each with a sign-in of their own, page after page with `--pause` seconds in between (drawn
  anew each time, from half to one and a half of it; 0 is no pause at all, more than any office asks): the milliseconds
  of an answer at the 50th, 95th and 99th percentile.

The users are on the same machine and take their share of its cores. No model works meanwhile (`--workers 0`).
"""

import argparse
import os
import random
import re
import socket
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from sqlalchemy import event, func, select

from tests.postgres import new_database
from tests.workflows.desk.command import Command, running
from tests.workflows.desk.many import HOLDERS, fill, handled
from tests.workflows.desk.office import populate
from workflows.desk import people, roles, sessions
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.desk.tables import cases as rows

PAGES = {
    "work list": "/cases",
    "by doubt": "/cases?order=doubt",
    "closed": "/cases?closed=true",
    "mine": "/cases?whose=mine",
    "one role": "/cases?role=tweede_ondertekenaar",
    "by number": "/cases?q={case}",
    "by word": "/cases?q=lindelaan",
    "case": "/cases/{case}",
    "figures": "/figures",
    "intake": "/intake",
    "switches": "/switches",
    "log": "/log",
    "people": "/people",
    "sign-in": "/sign-in",
}
MOST = 150
"""Milliseconds at the 95th percentile that a page may take."""
ALONE, AT_ONCE = 40, 200
Times = dict[str, list[float]]


def build(database: str, *, cases: int, events: int) -> None:
    """Make the store, or what is missing of it; without waiting for the disk, which a lost store does not need."""
    with open_desk(Settings(database=database, workers=0)) as desk:
        hurry = "PRAGMA synchronous = OFF" if desk.engine.dialect.name == "sqlite" else "SET synchronous_commit = off"
        desk.engine.dispose()
        event.listen(desk.engine, "connect", lambda connection, _: connection.execute(hurry))
        with desk.engine.connect() as connection:
            made = connection.execute(select(func.count()).where(rows.c.id.like("Z-2020-%"))).scalar_one()
        if made >= cases:
            return
        populate(desk)
        examples = handled(desk)
        turned = examples[made % len(examples) :] + examples[: made % len(examples)]
        for low in range(made + 1, cases + 1, AT_ONCE):
            fill(desk, turned, cases=range(low, min(low + AT_ONCE, cases + 1)), events=events)
            print(f"{min(low + AT_ONCE - 1, cases):>9,} cases made", flush=True)


def sign_in(database: str, *, users: int) -> list[str]:
    """Give every user a sign-in; they may see every page."""
    tokens = []
    with open_desk(Settings(database=database, workers=0)) as desk:
        for name in HOLDERS[:users]:
            person = people.vouched(desk.engine, name, display=name, roles=roles.ROLES, workflows=("*",))
            tokens.append(sessions.begin(desk.engine, person))
    return tokens


class User:
    """Someone's browser: a connection that stays open, a sign-in, and the pages that are looked at by chance.

    It speaks HTTP by hand, since it takes its time from the cores that the server has.
    """

    def __init__(self, url: str, token: str, *, cases: int, seed: int) -> None:
        host, port = url.removeprefix("http://").split(":")
        self._at, self._cases, self.drawn = (host, int(port)), cases, random.Random(seed)
        self._asks = f"host: {host}\r\ncookie: desk={token}\r\n\r\n"
        self._open: socket.socket | None = None

    def get(self, name: str) -> float:
        """Ask for a page; give the milliseconds until all of it was there."""
        path = PAGES[name].format(case=f"Z-2020-{self.drawn.randint(1, self._cases):07d}")
        start = time.perf_counter()
        if self._open is None:
            self._open = socket.create_connection(self._at, timeout=120)
        self._open.sendall(f"GET {path} HTTP/1.1\r\n{self._asks}".encode())
        got = b""
        while b"\r\n\r\n" not in got:
            more = self._open.recv(1 << 18)
            assert more, f"{path}: the server hung up"
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        status, length = head[9:12], re.search(rb"content-length: (\d+)", head)
        assert status == b"200", f"{path}: {status!r}"
        assert length, f"{path}: no length"
        left = int(length[1]) - len(body)
        while left:
            more = self._open.recv(left)
            assert more, f"{path}: the server hung up"
            left -= len(more)
        return 1000 * (time.perf_counter() - start)

    def pause(self, seconds: float) -> None:
        """Do something else for about so long; a connection does not stay open for that."""
        if seconds:
            self.leave()
            time.sleep(seconds * (0.5 + self.drawn.random()))

    def leave(self) -> None:
        """Let the connection go; the next page opens one."""
        if self._open is not None:
            self._open.close()
            self._open = None


def processor_time(desk: Command, user: User) -> dict[str, float]:
    """Milliseconds of the server's processors per page, asked for one at a time; the second time round counts."""
    found = {}
    user.leave()
    for name in PAGES:
        for _ in range(2):
            before = sum(spent(desk))
            for _ in range(ALONE):
                user.get(name)
            found[name] = (sum(spent(desk)) - before) / ALONE
    return found


def spent(desk: Command) -> list[float]:
    """Milliseconds of processor time that each process which serves pages has taken, in ticks of ten; threads that have
    ended count too.
    """
    tick = 1000 / os.sysconf("SC_CLK_TCK")
    stats = (Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in desk.serving)
    return [tick * (int(fields[11]) + int(fields[12])) for fields in stats]


def load(users: Sequence[User], *, seconds: float, pause: float) -> Times:
    """Let every user ask for pages until the time is over; give the milliseconds of each answer by page."""
    times: Times = defaultdict(list)
    over = time.monotonic() + seconds
    failed: list[BaseException] = []

    def ask(user: User) -> None:
        user.leave()
        time.sleep(pause * user.drawn.random())
        while time.monotonic() < over:
            name = user.drawn.choice(list(PAGES))
            times[name].append(user.get(name))
            user.pause(pause)

    def watched(user: User) -> None:
        try:
            ask(user)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=watched, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"{len(failed)} users stopped; the first: {failed[0]!r}")
    return times


def percentiles(found: list[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th."""
    cut = quantiles(found, n=100, method="inclusive")
    return cut[49], cut[94], cut[98]


def print_processor_time(fewer: dict[str, float], more: dict[str, float], *, sizes: tuple[int, int]) -> None:
    """Print what a page costs the server in either store."""
    print(f"\nProcessor time per page, ms, one user; stores of {sizes[0]:,} and {sizes[1]:,} cases")
    print(f"{'page':<12}{'fewer':>9}{'more':>9}{'times':>9}")
    for name in PAGES:
        print(f"{name:<12}{fewer[name]:>9.1f}{more[name]:>9.1f}{more[name] / fewer[name]:>9.2f}")
    means = [sum(of.values()) / len(of) for of in (fewer, more)]
    print(f"{'mean':<12}{means[0]:>9.1f}{means[1]:>9.1f}{means[1] / means[0]:>9.2f}")


def print_times(times: Times, *, users: int, pause: float, seconds: float) -> None:
    """Print how long users waited, and whether that holds the line."""
    asked = f"{pause:g} s between pages" if pause else "no pause between pages"
    print(f"\nMilliseconds per page, {users} users at once, {asked}")
    print(f"{'page':<12}{'answers':>9}{'p50':>9}{'p95':>9}{'p99':>9}")
    every = [value for found in times.values() for value in found]
    worst = 0.0
    for name, found in [*((name, times[name]) for name in PAGES), ("all", every)]:
        if len(found) < 2:
            print(f"{name:<12}{len(found):>9}  too few to tell")
            continue
        shown = percentiles(found)
        worst = max(worst, shown[1])
        print(f"{name:<12}{len(found):>9}" + "".join(f"{value:>9.0f}" for value in shown))
    verdict = "holds" if worst < MOST else "does not hold"
    print(f"{len(every) / seconds:.0f} pages a second; under {MOST} ms at p95 for every page: {verdict} ({worst:.0f})")


@contextmanager
def places(store: Path | None, database: str, names: Sequence[str]) -> Iterator[list[str]]:
    """Where the stores are: a SQLite file each, kept in a folder or not, or databases of a server of our own."""
    if database == "postgresql":
        yield [new_database() for _ in names]
    elif store is not None:
        yield [str(store / name) for name in names]
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield [str(Path(folder) / name) for name in names]


def main() -> None:
    """Make both stores, ask for pages, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--store", type=Path, help="A folder in which the SQLite stores are kept.")
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--fewer", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=50)
    parser.add_argument("--users", type=int, default=len(HOLDERS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--pause", default="0,5", help="Seconds between pages, one or several.")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--make", action="store_true", help="Only make the stores.")
    chosen = parser.parse_args()
    sizes = chosen.fewer, chosen.cases
    costs: list[dict[str, float]] = []
    with places(chosen.store, chosen.database, [f"{size}x{chosen.events}.db" for size in sizes]) as found:
        for where, size in zip(found, sizes, strict=True):
            build(where, cases=size, events=chosen.events)
        if chosen.make:
            return
        busy = os.getloadavg()[0]
        print(f"{chosen.database}, {chosen.processes} processes, {os.cpu_count()} cores; load before: {busy:.1f}")
        for where, size in zip(found, sizes, strict=True):
            tokens = sign_in(where, users=chosen.users)
            with running(where, "--workers", "0", "--processes", str(chosen.processes)) as desk:
                users = [User(desk.url, token, cases=size, seed=number) for number, token in enumerate(tokens)]
                load(users, seconds=5, pause=0)  # what is kept is kept from here on
                costs.append(processor_time(desk, users[0]))
                if size == chosen.cases:
                    print_processor_time(costs[0], costs[1], sizes=sizes)
                    for pause in map(float, chosen.pause.split(",")):
                        before = spent(desk)
                        times = load(users, seconds=chosen.seconds, pause=pause)
                        print_times(times, users=len(users), pause=pause, seconds=chosen.seconds)
                        took = [now - then for now, then in zip(spent(desk), before, strict=True)]
                        shares = ", ".join(f"{100 * one / sum(took):.0f} %" for one in took)
                        print(f"{sum(took) / sum(map(len, times.values())):.1f} ms of processor time a page; {shares}")


if __name__ == "__main__":
    main()
