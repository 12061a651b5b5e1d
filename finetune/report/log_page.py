"""The page about a log: one HTML file that needs no network, no script and no file beside it."""

from collections.abc import Sequence
from html import escape

from finetune.logs.describe import ORDERS, RESOLUTIONS, Description
from workflows.svg import bar_chart, histogram, line_chart

_STYLE = """body{font:16px/1.5 sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .75rem;border-bottom:1px solid #ddd}
td{overflow-wrap:anywhere}.numbers td:not(.text),.numbers th:not(.text){text-align:right;overflow-wrap:normal}
figure{margin:1.5rem 0}svg{max-width:100%;height:auto}"""


def log_page(log: Description) -> str:
    """Return the page as HTML. What comes from the log is escaped; the same log gives the same text."""
    title = escape(f"Event log {log.header.source}")
    changes = "".join(f"<p><strong>{escape(change)}</strong></p>" for change in log.resolution_changes)
    best, again, headline = (f"{log.ceiling[name]:.1%}" for name in ("exact", "repeated", "headline"))
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{_STYLE}</style></head><body><main><h1>{title}</h1>
{_table(("Fact", "Value"), log.figures())}
<h2>What a model can reach</h2>
<p>Given only the activities so far, no model can be right on more than {best} of the steps of this log.
{again} of the steps follow a sequence that occurs again; where that share is small, the ceiling is high
because most sequences occur once, not because the log is easy. The headline of an evaluation looks only at the first
event after the clock has moved on, where a caseworker has a choice; there the ceiling is {headline}.</p>
<h2>Order and time</h2>
<p>{log.tied_share:.1%} of adjacent events share a time stamp. Their order in the log is a convention
(here: {escape(ORDERS[log.header.ties])}), not an observation.</p>
{changes}{_years(log)}{_plots(log)}<h2>Activities</h2>{_activities(log)}</main></body></html>
"""


def _plots(log: Description) -> str:
    lines = {"tied pairs": [(float(year.year), year.tied / max(1, year.pairs)) for year in log.years]}
    plots = [
        line_chart(
            lines | {f"resolution: {name}": _share(log, name) for name in RESOLUTIONS},
            title="Ties and resolution of time by year",
            desc="Shares by year of adjacent events with one time stamp, and of time stamps per resolution.",
            x="year",
            y="share",
        ),
        bar_chart(
            [(str(year.year), float(year.events)) for year in log.years],
            title="Events by year",
            desc="Number of events in each year.",
            x="year",
            y="events",
        ),
        histogram(
            log.days,
            title="Days per case",
            desc="Cases by days from first to last event.",
            x="days",
            y="cases",
        ),
        histogram(log.lengths, title="Events per case", desc="Cases by number of events.", x="events", y="cases"),
    ]
    return "".join(f"<figure>{plot}</figure>" for plot in plots)


def _share(log: Description, name: str) -> list[tuple[float, float]]:
    return [(float(year.year), year.resolution.get(name, 0) / year.events) for year in log.years]


def _years(log: Description) -> str:
    rows = [
        (
            str(year.year),
            f"{year.events:,}",
            f"{year.tied / max(1, year.pairs):.1%}",
            *(f"{year.resolution.get(name, 0) / year.events:.1%}" for name in RESOLUTIONS),
        )
        for year in log.years
    ]
    head = ("Year", "Events", "Tied pairs", *(f"Resolution: {name}" for name in RESOLUTIONS))
    return _table(head, rows, numbers=range(len(head)))


def _activities(log: Description) -> str:
    rows = [(name, log.labels[name], f"{count:,}") for name, count in log.activities.items()]
    return _table(("Activity", "Label", "Events"), rows, numbers=(2,))


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, numbers: Sequence[int] = ()) -> str:
    """numbers: the columns that hold numbers, which stand on the right and are never broken."""

    def line(kind: str, cells: tuple[str, ...]) -> str:
        marks = ("" if place in numbers else ' class="text"' for place in range(len(cells)))
        return "".join(
            f"<{kind}{mark}>{escape(cell)}</{kind.split()[0]}>" for mark, cell in zip(marks, cells, strict=True)
        )

    body = "".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    return f'<table class="numbers"><thead><tr>{line("th", head)}</tr></thead><tbody>{body}</tbody></table>'
