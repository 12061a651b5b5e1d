"""Pulling a large project against the SDK's plain listing, in one run: time per task and peak memory.

    python -m tests.benchmarks.annotation_pull [--tasks N] [--rounds N]

A server of the tests' own gets a tenth of N tasks and N tasks, each with a suggestion and an annotation. A measurement
is a process of its own, by turns. Ours exports, checks every result and keeps it;
the SDK's listing (`for task in ls.tasks.list(project=...)`) only reads. Memory is what a process adds to what it had
when its libraries were loaded.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from finetune.annotate.answer import results_of
from finetune.annotate.client import Client
from finetune.annotate.ledger import Ledger
from finetune.annotate.push import push
from tests.finetune.annotate.plans import SETTINGS, projects
from tests.finetune.annotate.reading import FORM, WORKFLOW, hostile_task
from tests.label_studio import running_server

HEAD = """
import json, sys, time
from pathlib import Path
from finetune.annotate.client import connect
from finetune.annotate.ledger import Ledger
from finetune.annotate.pull import pull
from tests.finetune.annotate.reading import WORKFLOW
def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
folder, project, url, token = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], Path(sys.argv[4]).read_text().strip()
client = connect(url, token)
client.users()
before, start = peak(), time.perf_counter()
"""
OURS = """
with Ledger(folder) as ledger:
    found = pull(ledger, client, WORKFLOW)
assert found.refused == found.lost_tasks == 0
tasks = found.new
"""
THEIRS = """
tasks = sum(1 for _ in client.sdk.tasks.list(project=project))
"""
TAIL = """
print(json.dumps({"tasks": tasks, "seconds": time.perf_counter() - start, "peak": peak() - before}))
"""


def measure(program: str, folder: Path, project: int, url: str, token: Path) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, "-c", HEAD + program + TAIL, str(folder), str(project), url, str(token)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def pushed(folder: Path, count: int, client: Client) -> int:
    """Push a plan, each task with an annotation of the first account; give the project's number."""
    tasks = [replace(hostile_task(number)[0], circle="shown") for number in range(count)]
    original: Any = Client.send

    def with_annotations(self: Client, project: int, sent: Any) -> None:
        for task in sent:
            [suggested] = task["predictions"]
            task["annotations"] = [{"result": suggested["result"], "lead_time": 12.0, "completed_by": 1}]
        original(self, project, sent)

    assert results_of(FORM, tasks[0], tasks[0].proposed or {})
    with Ledger(folder, create=True) as ledger:
        ledger.create(tasks, settings=SETTINGS)
        Client.send = with_annotations  # type: ignore[method-assign]
        try:
            push(ledger, client, WORKFLOW)
        finally:
            Client.send = original  # type: ignore[method-assign]
        [project] = projects(ledger)
    return project


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    server = running_server()
    with tempfile.TemporaryDirectory() as made:
        print(f"{'':16} {'tasks':>7} {'ms/task':>9} {'MiB more':>9}")
        for count in (options.tasks // 10, options.tasks):
            plan = Path(made) / f"plan-{count}"
            project = pushed(plan, count, server.client)
            for _ in range(options.rounds):
                fresh = Path(made) / "fresh"
                shutil.rmtree(fresh, ignore_errors=True)
                shutil.copytree(plan, fresh)
                for name, program in (("casewright pull", OURS), ("SDK listing", THEIRS)):
                    found = measure(program, fresh, project, server.login.url, server.folder / "token")
                    assert found["tasks"] == count, found
                    each = 1000 * found["seconds"] / count
                    print(f"{name:16} {count:>7} {each:>9.2f} {found['peak']:>9.1f}", flush=True)


if __name__ == "__main__":
    main()
