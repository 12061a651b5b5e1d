"""Importing an event log against pm4py's importer, in one run: events per second and peak memory.

    python -m tests.benchmarks.log_import LOG.xes.gz [--variant NAME] [--rounds N] [--build DIR]

Each measurement is a process of its own, and seconds are those of the processor, so that other work on the
machine counts little. Ours reads the log, checks it and writes the trace file; pm4py reads it into a table in
memory. Every tool reads the log as it is and repeated ten times (case ids made unique); the table gives ours
against theirs as ratios. pm4py lives only in a virtual environment that this benchmark makes in DIR (default:
a folder that is removed afterwards): its licence, AGPL-3.0, does not fit a dependency of the project.
"""

import argparse
import gzip
import json
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PM4PY = "pm4py==2.7.23.11"
TIMES = 10

OURS = """
import sys, time, json, tempfile
from pathlib import Path
from finetune.logs.importer import Import, import_log
with tempfile.TemporaryDirectory() as folder:
    start = time.process_time()
    cases, events = import_log(Path(sys.argv[1]), Path(folder) / "traces.jsonl", how=Import())
    seconds = time.process_time() - start
"""
THEIRS = """
import sys, time, json, warnings
warnings.simplefilter("ignore")
import pm4py
start = time.process_time()
events = len(pm4py.read_xes(sys.argv[1], variant=sys.argv[2]))
seconds = time.process_time() - start
"""
REPORT = """
with open("/proc/self/status") as status:  # not ru_maxrss, which starts at the size of the parent
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
print(json.dumps({"events": events, "seconds": seconds, "peak": peak}))
"""


def measure(python: Path, program: str, *arguments: str) -> dict[str, float]:
    """Return events, processor seconds and peak memory in MiB of `program`, run by itself (Linux)."""
    command = [str(python), "-c", program + REPORT, *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def repeated(source: Path, target: Path) -> None:
    """Write `source` to `target` with its cases ten times, each time under other ids."""
    opener = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rt", encoding="utf-8-sig") as file:
        text = file.read()
    head, body = text[: text.index("<trace>")], text[text.index("<trace>") : text.rindex("</log>")]
    name = re.compile(r'(<trace>(?:(?!<event>).)*?<string key="concept:name" value=")', re.S)
    with gzip.open(target, "wt", encoding="utf-8", compresslevel=1) as file:
        file.write(head)
        for time in range(TIMES):
            file.write(name.sub(rf"\g<1>{time}-", body))
        file.write("</log>")


def pm4py_python(build: Path) -> Path:
    """Return the interpreter of an environment with pm4py, made where it is absent."""
    python = build / "pm4py" / "bin" / "python"
    if not python.exists():
        venv.create(build / "pm4py", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PM4PY], check=True)
    return python


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("log", type=Path)
    parser.add_argument("--variant", action="append", choices=["iterparse", "line_by_line", "chunk_regex"])
    parser.add_argument("--build", type=Path, help="keep the environment of pm4py here")
    parser.add_argument("--rounds", type=int, default=3, help="the fastest of so many runs counts")
    arguments = parser.parse_args()
    variants = arguments.variant or ["iterparse", "line_by_line", "chunk_regex"]
    with tempfile.TemporaryDirectory() as folder:
        theirs = pm4py_python(arguments.build or Path(folder))
        ten = Path(folder) / "ten.xes.gz"
        repeated(arguments.log, ten)
        print(f"{'tool':24} {'log':>6} {'events':>9} {'events/s':>9} {'MiB':>7} {'speed x':>8} {'memory x':>9}")
        for label, log in (("once", arguments.log), (f"x{TIMES}", ten)):
            runs: dict[str, list[dict[str, float]]] = {}
            for _ in range(arguments.rounds):  # by turns, so that other work on the machine hits all alike
                runs.setdefault("casewright", []).append(measure(Path(sys.executable), OURS, str(log)))
                for variant in variants:
                    found = measure(theirs, THEIRS, str(log), variant)
                    runs.setdefault(f"pm4py {variant}", []).append(found)
            best = {tool: min(found, key=lambda run: run["seconds"]) for tool, found in runs.items()}
            for tool, run in best.items():
                print(line(tool, label, run, best["casewright"]), flush=True)


def line(tool: str, label: str, found: dict[str, float], ours: dict[str, float]) -> str:
    """Return a row; the ratios say how many times faster, and how many times smaller, ours is."""
    speed = found["seconds"] / found["events"] / (ours["seconds"] / ours["events"])
    rate = found["events"] / found["seconds"]
    ratios = f"{speed:>8.2f} {found['peak'] / ours['peak']:>9.2f}"
    return f"{tool:24} {label:>6} {found['events']:>9,.0f} {rate:>9,.0f} {found['peak']:>7.0f} {ratios}"


if __name__ == "__main__":
    main()
