"""The dashboard: how much comes in and goes out, what is late, and how often people come to what the model read."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from fastapi import APIRouter, Response

from workflows import svg
from workflows.desk import queue, tallies, worklist
from workflows.desk.messages import say
from workflows.desk.people import ALL
from workflows.desk.tallies import Tally
from workflows.desk.web.context import SignedIn, check_right, page

router = APIRouter()
DAYS = (30, 90, 365)


@router.get("/figures")
def figures(here: SignedIn, days: int = 90) -> Response:
    """Show the figures of the last days."""
    check_right(here, "figures")
    days = days if days in DAYS else 90
    desk = here.desk
    since = desk.today - timedelta(days=days)
    seen = [name for name in desk.workflows if ALL in here.person.workflows or here.person.sees(name)]
    found = tallies.totals(desk.engine, since=since, workflows=seen)
    agreement = _agreement(found)
    corrected = sorted(
        ((path, other, same + other) for path, (same, other) in agreement["shown"].items() if same + other),
        key=lambda one: (-one[1] / one[2], one[0]),
    )
    return page(
        here.request,
        "figures.html",
        here=here,
        days=days,
        choices=DAYS,
        counts={what: sum(n for (w, _), n in found.items() if w == what) for what in COUNTED},
        handed={about: n for (what, about), n in found.items() if what == "handed_over"},
        late_now=worklist.late(desk.engine, today=desk.today.isoformat(), workflows=seen),
        waiting=queue.left(desk.engine),
        agreement={kind: _share(paths) for kind, paths in agreement.items()},
        corrected=corrected,
        volumes=_volumes(here, since, seen),
        corrections=_corrections(here, corrected),
    )


COUNTED = ("opened", "closed", "decided", "in_time", "late", "asked", "override_asked", "table_overridden")


def _agreement(found: dict[Tally, int]) -> dict[str, dict[str, tuple[int, int]]]:
    """Per way of showing and per fact: how often a person came to the same, and to something else."""
    counted: dict[str, dict[str, list[int]]] = {kind: defaultdict(lambda: [0, 0]) for kind in SHOWN}
    for (what, about), number in found.items():
        kind, _, outcome = what.partition("_")
        if kind in counted and outcome in ("same", "other"):
            counted[kind][about][outcome == "other"] += number
    return {kind: {path: (same, other) for path, (same, other) in paths.items()} for kind, paths in counted.items()}


SHOWN = ("shown", "withheld", "shadow")


def _share(paths: dict[str, tuple[int, int]]) -> tuple[int, int]:
    return sum(same for same, _ in paths.values()), sum(same + other for same, other in paths.values())


def _volumes(here: SignedIn, since: date, workflows: list[str]) -> str:
    lines = {}
    for what in ("opened", "closed"):
        per_day = tallies.by_day(here.desk.engine, what, since=since, workflows=workflows)
        weeks: dict[int, int] = dict.fromkeys(range((here.desk.today - since).days // 7 + 1), 0)
        for day, number in per_day.items():
            weeks[(date.fromisoformat(day) - since).days // 7] += number
        lines[say(here.language, f"figures.{what}")] = [(float(w), float(n)) for w, n in weeks.items()]
    title, desc, x, y = (say(here.language, f"figures.volumes.{key}") for key in ("title", "desc", "x", "y"))
    return svg.line_chart(lines, title=title, desc=desc, x=x, y=y)


def _corrections(here: SignedIn, corrected: list[tuple[str, int, int]]) -> str:
    bars = [(path.rpartition(".")[2], 100 * other / total) for path, other, total in corrected[:6] if other]
    title, desc, x, y = (say(here.language, f"figures.corrections.{key}") for key in ("title", "desc", "x", "y"))
    return svg.bar_chart(bars, title=title, desc=desc, x=x, y=y)
