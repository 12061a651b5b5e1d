"""Speed of decision tables: `python -m tests.benchmarks.table`.

The table has three inputs and four rows. Where zen-engine and pyDMNrules are installed (in an environment of
the benchmark's own: `pip install zen-engine pyDMNrules pyyaml defusedxml`), they evaluate the same table in
the same run: pyDMNrules the DMN that Casewright exports, zen-engine its own JSON.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from scaffolds.dmn import write_dmn
from scaffolds.table import Table, dump_table, load_text, prove, read_table_text
from scaffolds.table.plain import dump_plain

ON = date(2026, 9, 1)
LOAN = """\
id: Approval
version: 1
title_nl: Wordt de lening verstrekt?
inputs:
  Age: {type: int, range: "[0..120]"}
  Risk: {type: enum, values: [High, Medium, Low]}
  Affordable: {type: bool}
outputs:
  Status: {type: enum, values: [Approved, Declined]}
rows:
  - {id: r1, when: {Age: ">= 18", Risk: "Medium, Low", Affordable: "true"}, then: {Status: Approved}}
  - {id: r2, when: {Age: "< 18", Risk: "Medium, Low", Affordable: "true"}, then: {Status: Declined}}
  - {id: r3, when: {Risk: High, Affordable: "true"}, then: {Status: Declined}}
  - {id: r4, when: {Affordable: "false"}, then: {Status: Declined}}
"""
INPUTS = [
    {"Age": age, "Risk": risk, "Affordable": affordable}
    for age in (17, 18, 40)
    for risk in ("High", "Medium", "Low")
    for affordable in (True, False)
]


def best(call: Callable[[dict[str, object]], object], rounds: int, repeats: int = 5) -> float:
    """Microseconds per call: the best of `repeats`, each over all inputs `rounds` times."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        for _ in range(rounds):
            for inputs in INPUTS:
                call(inputs)
        times.append((perf_counter() - start) / rounds / len(INPUTS) * 1e6)
    return min(times)


def zen(answers: list[object]) -> Callable[[dict[str, object]], object]:
    """zen-engine on the same four rows, in its own JSON."""
    import zen

    rules = [
        {"a": ">= 18", "b": '"Medium","Low"', "c": "true", "o": '"Approved"'},
        {"a": "< 18", "b": '"Medium","Low"', "c": "true", "o": '"Declined"'},
        {"a": "", "b": '"High"', "c": "true", "o": '"Declined"'},
        {"a": "", "b": "", "c": "false", "o": '"Declined"'},
    ]
    fields = {"a": "Age", "b": "Risk", "c": "Affordable"}
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": key, "name": name, "field": name} for key, name in fields.items()],
        "outputs": [{"id": "o", "name": "Status", "field": "Status"}],
        "rules": [{"_id": f"r{n}", **rule} for n, rule in enumerate(rules)],
    }
    nodes = [
        {"id": "i", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "t", "type": "decisionTableNode", "name": "t", "position": {"x": 0, "y": 0}, "content": content},
        {"id": "u", "type": "outputNode", "name": "out", "position": {"x": 0, "y": 0}},
    ]
    edges = [
        {"id": "1", "sourceId": "i", "targetId": "t", "type": "edge"},
        {"id": "2", "sourceId": "t", "targetId": "u", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    assert [decision.evaluate(inputs)["result"]["Status"] for inputs in INPUTS] == answers
    return decision.evaluate


def pydmnrules(answers: list[object], table: Table) -> Callable[[dict[str, object]], object]:
    """pyDMNrules on the DMN that Casewright exports."""
    import pyDMNrules

    engine = pyDMNrules.DMN()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loan.dmn"
        path.write_bytes(write_dmn([table]))
        status = engine.loadXML(str(path))
    assert not status.get("errors"), status

    def decide(inputs: dict[str, object]) -> object:
        return engine.decide(inputs)

    def status_of(result: object) -> object:
        status, answer = result
        assert not status.get("errors"), status
        last = answer[-1] if isinstance(answer, list) else answer
        return last["Result"]["Status"]

    assert [status_of(decide(inputs)) for inputs in INPUTS] == answers
    return decide


def big_table() -> Table:
    """200 rows over 8 inputs of 1,000 values each, complete, none overlapping."""
    boxes = [[(0, 999)] * 8]
    k = 0
    while len(boxes) < 200:
        box = boxes.pop(0)
        low, high = box[k % 8]
        middle = low + (high - low) * (3 + len(boxes) % 5) // 10
        boxes += [[*box[: k % 8], part, *box[k % 8 + 1 :]] for part in ((low, middle), (middle + 1, high))]
        k += 1 + len(boxes) % 3
    rows = [
        {"id": f"r{n}", "when": {f"n{k}": f"[{a}..{b}]" for k, (a, b) in enumerate(box)}, "then": {"o": "a"}}
        for n, box in enumerate(boxes)
    ]
    plain = {
        "id": "big",
        "version": "1",
        "title_nl": "Groot",
        "hit_policy": "UNIQUE",
        "inputs": {f"n{k}": {"type": "int", "range": "[0..999]"} for k in range(8)},
        "outputs": {"o": {"type": "enum", "values": ["a"]}},
        "rows": rows,
    }
    return read_table_text(dump_plain(plain), draft=True)


def seconds(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


def main() -> None:
    """Print the two tables of figures."""
    table = load_text(LOAN, draft=True)
    answers = [table.evaluate(inputs, on=ON).outputs["Status"] for inputs in INPUTS]
    figures = {"casewright": best(lambda inputs: table.evaluate(inputs, on=ON), 2000)}
    if find_spec("zen"):
        figures["zen-engine"] = best(zen(answers), 200)
    if find_spec("pyDMNrules"):
        figures["pyDMNrules"] = best(pydmnrules(answers, table), 10)
    print("one evaluation, 3 inputs, 4 rows, receipt included")
    for name, figure in figures.items():
        print(f"  {name:12} {figure:10.2f} us   x {figure / figures['casewright']:.0f}")
    for name, package in (("zen-engine", "zen"), ("pyDMNrules", "pyDMNrules")):
        if name not in figures:
            print(f"  {name:12} not installed ({package})", file=sys.stderr)
    big = big_table()
    text = dump_table(big)
    inputs = {column.name: 500 for column in big.inputs}
    big.evaluate(inputs, on=ON)
    print("a table of 200 rows and 8 inputs")
    print(f"  read         {seconds(lambda: read_table_text(text, draft=True)):10.3f} s")
    for policy in ("UNIQUE", "ANY", "FIRST", "PRIORITY"):
        again = read_table_text(text.replace("UNIQUE", policy), draft=True)
        print(f"  proof {policy:8} {seconds(lambda again=again: prove(again)):8.3f} s")
    each = seconds(lambda: [big.evaluate(inputs, on=ON) for _ in range(10_000)]) / 10_000
    print(f"  evaluate     {each * 1e6:10.2f} us")


if __name__ == "__main__":
    main()
