"""Letters: a template of the workflow, filled by code with confirmed facts, receipts and terms.

Templates are the workflow's own files; nothing that an applicant wrote is ever used as one. A value that is missing
stops the letter instead of leaving a gap. The remedies clause is computed from the day of publication.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scaffolds.case import Case
from scaffolds.clock import term_of
from scaffolds.engine import State, state_of
from scaffolds.errors import CasewrightError
from scaffolds.term import TermError, TermEvent, TermResult, compute
from scaffolds.workflow import Ask, Draft, Workflow

MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


NAMES = frozenset(
    {"zaak", "vandaag", "ontvangen", "gegeven", "vragen", "termijn", "uitleg", "bronnen", "reden", "bezwaar_tot"}
)
"""What a template may use; `gegeven` holds the stated facts, `adres.plaats` as `gegeven.adres_plaats`."""


def day_nl(day: date) -> str:
    """Write a day as Dutch letters do: 3 maart 2026."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def cents_nl(cents: int) -> str:
    """Write euro cents as Dutch letters do: € 12.500,00."""
    whole, rest = divmod(cents, 100)
    return f"€ {whole:,}".replace(",", ".") + f",{rest:02d}"


_FILLED, _END = "\ue000", "\ue001"
"""Private-use characters around what a template is filled with; they are taken out of every value first."""


@dataclass(frozen=True)
class Part:
    """A piece of a letter: the template's own words, or what it was `filled` with from the case."""

    text: str
    filled: bool


def letter(workflow: Workflow, case: Case, *, on: date) -> str:
    """Render the letter that is due at the present step, dated `on`.

    Raises CasewrightError when no letter is due, or when the template needs what the case does not have.
    """
    return "".join(part.text for part in letter_parts(workflow, case, on=on))


def letter_parts(workflow: Workflow, case: Case, *, on: date) -> list[Part]:
    """As `letter`, with the template's own words told apart from what it was filled with."""
    state = state_of(workflow, case)
    if isinstance(state.step, Ask):
        name = state.step.letter
    elif isinstance(state.step, Draft) and state.decision:
        name = state.step.letters[state.decision]
    else:
        raise CasewrightError(f"Case {case.id} is not at a step that sends a letter.")
    source = template(workflow, name)
    try:
        return list(_parts(environment().from_string(source).render(_context(workflow, case, state, on))))
    except TemplateError as error:
        raise CasewrightError(f"The letter {name} cannot be written for case {case.id}: {error}.") from error


def _parts(marked: str) -> Iterator[Part]:
    for number, piece in enumerate(marked.split(_FILLED)):
        filled, end, own = piece.partition(_END)
        if not end:
            filled, own = ("", piece) if not number else (piece, "")
        yield from (Part(text, is_filled) for text, is_filled in ((filled, True), (own, False)) if text)


def _mark(value: Any) -> Any:
    if isinstance(value, Undefined):
        return value  # StrictUndefined refuses when it is written
    text = str(value).translate({ord(_FILLED): None, ord(_END): None})
    return f"{_FILLED}{text}{_END}"


def environment() -> ImmutableSandboxedEnvironment:
    """The environment that letters are rendered in: sandboxed, and strict about what is missing."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_mark,
    )
    made.filters |= {"dag": day_nl, "bedrag": cents_nl}
    return made


def template(workflow: Workflow, name: str) -> str:
    """The text of a letter's template. Raises CasewrightError when the workflow has no such letter."""
    try:
        return resources.files(workflow.package).joinpath("letters", name).read_text("utf-8")
    except (OSError, ModuleNotFoundError) as error:
        raise CasewrightError(f"There is no letter {name} in {workflow.package}/letters: {error}.") from error


def _context(workflow: Workflow, case: Case, state: State, on: date) -> Mapping[str, Any]:
    facts = {**state.known, **state.proposed}
    stated = {path.replace(".", "_"): fact.value for path, fact in facts.items() if fact.state == "stated"}
    asked = state.outputs.get(state.step.items, ()) if isinstance(state.step, Ask) else state.asked
    asking = state.step.items.rpartition(".")[0] if isinstance(state.step, Ask) else ""
    questions = [
        line
        for receipt in state.receipts
        if asking in ("", receipt["table"])
        for line in _questions(workflow, receipt, asked)
    ]
    decided = next((event for event in reversed(case.events) if event.kind == "decided"), None)
    return {
        "zaak": case.id,
        "vandaag": on,
        "ontvangen": case.received,
        "gegeven": stated,
        "vragen": questions,
        "termijn": _term(workflow, case),
        "uitleg": [r["explanation_nl"] for r in state.receipts if isinstance(next(iter(r["outputs"].values())), str)],
        "bronnen": list(dict.fromkeys(source for r in state.receipts for source in r["sources"])),
        "reden": decided.payload["reason"] if decided else "",
        "bezwaar_tot": compute("bezwaar_indienen", [TermEvent("published", on)]).legal_end,
    }


def _term(workflow: Workflow, case: Case) -> TermResult | None:
    """The decision term; None where a day that it needs is not known: a letter that uses it is then refused."""
    try:
        return term_of(workflow, case)
    except TermError:
        return None


def _questions(workflow: Workflow, receipt: Mapping[str, Any], asked: Any) -> list[str]:
    table = workflow.tables[receipt["table"]]
    if not isinstance(next(iter(receipt["outputs"].values())), list | tuple) or not asked:
        return []
    return [row.explanation_nl for row in table.rows if row.id in receipt["rows"]]
