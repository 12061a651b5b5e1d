"""What the caseworker sees, in Dutch: facts with their quotation, what is missing, rows with articles, the
term.

Words of an applicant are shown without control characters, so that a document cannot steer the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from scaffolds.bsn import mask
from scaffolds.case import Case
from scaffolds.clock import term_of
from scaffolds.facts import Choice, Day, Euros, Fact, Kind, Whole
from scaffolds.workflow import Workflow
from workflows.letter import cents_nl, day_nl

PROBLEMS = {
    "quotation_not_found": "staat niet in het stuk",
    "quotation_disagrees": "de vindplaats zegt iets anders",
    "quotation_malformed": "de vindplaats heeft niet de juiste vorm",
    "repeated_value": "hetzelfde staat er twee keer",
}


def clean(text: str) -> str:
    """Keep what can be printed on one line; everything else becomes a blank."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def clean_lines(text: str) -> str:
    """As `clean`, with line ends kept."""
    return "\n".join(clean(line) for line in text.split("\n"))


def value_nl(kind: Kind, fact: Fact) -> str:
    """Word a fact's value for a reader."""
    if fact.state != "stated":
        return "niet vermeld" if fact.state == "not_stated" else "onzeker: zelf lezen"
    return ", ".join(_one(kind, value) for value in fact.values)


def _one(kind: Kind, value: str | int) -> str:
    if isinstance(kind, Euros):
        return cents_nl(int(value))
    if isinstance(kind, Whole):
        return f"{value} {'' if kind.unit == 'stuks' else kind.unit}".strip()
    if isinstance(kind, Day):
        return day_nl(date.fromisoformat(str(value)))
    if isinstance(kind, Choice):
        return kind.options.get(str(value), clean(str(value)))
    return clean(str(value))


def facts_nl(kinds: Mapping[str, Kind], facts: Mapping[str, Fact]) -> Iterator[str]:
    """One line per fact: what, its value, the quotation with its document, and what is wrong with it; a BSN hidden."""
    for path, fact in facts.items():
        quoted = "; ".join(f"“{clean(place.quotation)}” ({clean(place.document)})" for place in fact.evidence)
        wrong = ", ".join(PROBLEMS[problem] for problem in fact.problems)
        line = f"  {path:22} {value_nl(kinds[path], fact):32} {quoted}"
        yield mask(line).rstrip() + (f"  [zelf nakijken: {wrong}]" if wrong else "")


def receipt_nl(receipt: Mapping[str, Any]) -> Iterator[str]:
    """A table's outcome: its value, and each row that fired with its article."""
    for name, value in receipt["outputs"].items():
        told = ", ".join(value) if isinstance(value, list | tuple) else value
        yield f"  {receipt['table']} {receipt['version']}: {name} = {told or 'niets'}"
    for row in receipt["rows"]:
        yield f"    rij {row}"
    for source in receipt["sources"]:
        yield f"    {source}"
    if receipt["explanation_nl"]:
        yield f"    {receipt['explanation_nl']}"


def term_nl(workflow: Workflow, case: Case) -> Iterator[str]:
    """The term for the decision, step by step with its articles."""
    term = term_of(workflow, case)
    for step in term.steps:
        yield f"  {step.end.isoformat()}  {step.what} ({step.article})"
    state = "opgeschort; " if term.suspended else ""
    yield f"  {state}besluit uiterlijk op {day_nl(term.legal_end)}, veilig tot en met {day_nl(term.safe_end)}"
    for question in term.open_questions:
        yield f"  voor een jurist: {question}"
