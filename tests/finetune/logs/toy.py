"""A toy log: permits whose middle step depends on what was asked for, and whose end shares a time stamp."""

from dataclasses import replace
from pathlib import Path

from finetune.logs.trace import LogHeader, Trace, write_log
from tests.finetune.logs.traces import trace


def toy_traces(count: int = 40, *, start: int = 0) -> list[Trace]:
    """Cases one after the other in time: "Kap" goes through B, "Bouw" through C; D and E come at one moment."""
    return [_toy(start + number) for number in range(count)]


def _toy(number: int) -> Trace:
    wants, middle = ("Kap", "B") if number % 3 else ("Bouw", "C")
    day = 2.0 * number
    made = trace(f"zaak-{number:03}", ("A", day), (middle, day + 0.2), ("D", day + 0.4), ("E", day + 0.4))
    return replace(made, attributes={"parts": wants, "endDate": "verleend"})


def toy_file(path: Path, count: int = 40) -> Path:
    """Write the toy log as a trace file."""
    write_log(path, LogHeader("toy.xes", "0" * 64, "xes", "activity"), toy_traces(count), attributes={})
    return path
