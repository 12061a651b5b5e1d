"""Small traces by hand, and XES text around them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from finetune.logs.importer import Import, import_log
from finetune.logs.trace import Event, Log, Trace, read_log

START = datetime(2020, 1, 1, tzinfo=UTC)


def trace(case: str, *steps: tuple[str, float]) -> Trace:
    """Return a trace of (activity, days after the start of 2020)."""
    events = tuple(
        Event(name, name.lower(), START + timedelta(days=days), 60, None, index)
        for index, (name, days) in enumerate(steps)
    )
    return Trace(case, events)


def event_xml(activity: str = "A", time: str = "2020-01-01T10:00:00+01:00", more: str = "") -> str:
    name = f'<string key="concept:name" value="{activity}"/>'
    return f'<event>{name}<date key="time:timestamp" value="{time}"/>{more}</event>'


def case_xml(case: str, *events: str, more: str = "") -> str:
    return f'<trace><string key="concept:name" value="{case}"/>{more}{"".join(events)}</trace>'


def log_xml(*cases: str, more: str = "") -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="2.0">{more}{"".join(cases)}</log>'


def imported(folder: Path, name: str, content: str | bytes, **how: object) -> Log:
    """Write `content` under `name`, import it and return the log."""
    source = folder / name
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    out = folder / "traces.jsonl"
    import_log(source, out, how=Import(**how))  # type: ignore[arg-type]
    return read_log(out)
