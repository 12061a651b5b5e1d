"""Which tallies follow from the newest events of a case. Pure. Nothing is counted per person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scaffolds import engine
from scaffolds.case import Case, Event, fact_from_json, local_day
from scaffolds.term import TermResult
from scaffolds.workflow import Workflow
from workflows.desk.tallies import Tally


def tallied(workflow: Workflow, case: Case, *, since: int, term: TermResult | None) -> Iterator[Tally]:
    """Count the events from number `since` on; `term` tells whether a decision was in time."""
    for number in range(since, len(case.events)):
        event = case.events[number]
        match event.kind:
            case "case_opened":
                yield "opened", ""
            case "case_closed":
                yield "closed", ""
            case "completion_asked":
                yield "asked", ""
            case "handed_over" if event.payload["role"]:
                yield "handed_over", event.payload["role"]
            case "override_asked" | "table_overridden":
                yield event.kind, event.payload["table"]
            case "facts_confirmed":
                before = replace(case, events=case.events[:number])
                yield from _agreement(workflow, before, event)
            case "decided":
                yield "decided", event.payload["decision"]
                if term is not None:
                    yield "in_time" if local_day(event.at) <= term.legal_end else "late", ""


def _agreement(workflow: Workflow, before: Case, event: Event) -> Iterator[Tally]:
    """Per fact whether the person came to what the model had read; only where it had read something."""
    suggestion = event.payload.get("suggestion", "none")
    if suggestion in ("none", "off"):
        return
    proposed = engine.state_of(workflow, before).proposed
    for item in event.payload["facts"]:
        fact, read = fact_from_json(item), proposed[item["path"]]
        if read.handed_over:
            yield f"{suggestion}_left", fact.path
        else:
            same = (fact.state, set(fact.values)) == (read.state, set(read.values))
            yield f"{suggestion}_{'same' if same else 'other'}", fact.path
