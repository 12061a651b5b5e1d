"""draft: the letter that is due in a case, from a template of the workflow filled with what is known by code.

Templates are the workflow's own files; nothing that an applicant wrote is ever used as one. "# " begins a heading,
"- " an item, "Onderwerp: " the subject, an empty line ends a paragraph, and lines of a paragraph flow together. A
value that is missing stops the letter instead of leaving a gap. `{{ rechtsmiddelen }}` is the remedies clause.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from scaffolds.case import Case
from scaffolds.clock import term_of
from scaffolds.engine import State, state_of
from scaffolds.errors import CasewrightError
from scaffolds.term import TermError, TermResult
from scaffolds.workflow import Ask, Draft, Workflow
from workflows.letter.content import (
    END,
    HEADING,
    ITEM,
    LINE,
    UNMARKED,
    VALUE,
    Block,
    Heading,
    Items,
    Letter,
    Paragraph,
    one_line,
    printable,
)
from workflows.letter.dutch import cents_nl, day_nl
from workflows.letter.remedies import RemedyDue, remedy_of

SUBJECT = "Onderwerp: "
CLAUSE = "rechtsmiddelen"
NAMES = frozenset(
    {"zaak", "ontvangen", "gegeven", "vragen", "termijn", "uitleg", "bronnen", "reden", "bestuursorgaan", CLAUSE}
)
"""What a template may use; `gegeven` holds the stated facts, `adres.plaats` as `gegeven.adres_plaats`."""


class _Source(str):
    """Text of the house itself, which may hold headings and items where a value may not."""


@dataclass(frozen=True)
class Part:
    """A piece of a letter: the template's own words, or what it was `filled` with from the case."""

    text: str
    filled: bool


def letter(workflow: Workflow, case: Case, *, on: date) -> str:
    """The letter that is due, as plain text; raises as `draft` does."""
    return draft(workflow, case, on=on).text


def draft(workflow: Workflow, case: Case, *, on: date) -> Letter:
    """Draft the letter that is due at the present step, dated `on`.

    Raises CasewrightError when no letter is due, when the template needs what the case does not have, and when a
    decision's letter lacks the remedies clause.
    """
    return _plain(_marked(workflow, case, on))


def draft_in_parts(workflow: Workflow, case: Case, *, on: date) -> tuple[Letter, list[Part]]:
    """As `draft`, and its text with the template's own words told apart from what it was filled with."""
    marked = _marked(workflow, case, on)
    pieces = re.split(f"({VALUE}.*?{END})", marked.text, flags=re.DOTALL)
    parts = [Part(piece.translate(UNMARKED), piece.startswith(VALUE)) for piece in pieces if piece]
    return _plain(marked), parts


def _plain(marked: Letter) -> Letter:
    """A letter without its marks."""
    return replace(marked, subject=marked.subject.translate(UNMARKED), blocks=tuple(map(_unmarked, marked.blocks)))


def _marked(workflow: Workflow, case: Case, on: date) -> Letter:
    """The letter with the marks around what it was filled with."""
    state = state_of(workflow, case)
    remedy = None
    if isinstance(state.step, Ask):
        name = state.step.letter
    elif isinstance(state.step, Draft) and state.decision:
        name = state.step.letters[state.decision]
        remedy = remedy_of(workflow, state.decision, on=on)
    else:
        raise CasewrightError(f"Case {case.id} is not at a step that sends a letter.")
    source = template(workflow, name)
    if remedy is not None and CLAUSE not in source:
        raise CasewrightError(f"The letter {name} tells of a decision; it has to hold {{{{ {CLAUSE} }}}} (Awb 3:45).")
    try:
        text = _compiled(source).render(_context(workflow, case, state, remedy))
    except TemplateError as error:
        raise CasewrightError(f"The letter {name} cannot be written for case {case.id}: {error}.") from error
    subject, blocks = _blocks(text)
    if not subject:
        raise CasewrightError(f"The letter {name} has no line that begins with '{SUBJECT}'.")
    return Letter(case=case.id, on=on, subject=subject[0].upper() + subject[1:], blocks=blocks)


@cache
def environment() -> ImmutableSandboxedEnvironment:
    """The environment that letters are rendered in: sandboxed, and strict about what is missing."""
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_value,
    )
    made.filters |= {"dag": day_nl, "bedrag": cents_nl}
    return made


@lru_cache(maxsize=256)
def _compiled(source: str) -> Template:
    """A template of a workflow, compiled once: that takes longer than all the rest of a case's page."""
    return environment().from_string(source)


def template(workflow: Workflow, name: str) -> str:
    """The text of a letter's template. Raises CasewrightError when the workflow has no such letter."""
    try:
        return resources.files(workflow.package).joinpath("letters", name).read_text("utf-8")
    except (OSError, ModuleNotFoundError) as error:
        raise CasewrightError(f"There is no letter {name} in {workflow.package}/letters: {error}.") from error


def _value(value: Any) -> Any:
    """Mark a value as one, whatever it looks like; its own line ends stay, and end no block."""
    if isinstance(value, _Source | StrictUndefined):
        return value
    lines = str(value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return VALUE + LINE.join(line for line in map(one_line, lines) if line) + END


def _blocks(text: str) -> tuple[str, tuple[Block, ...]]:
    """Read a filled template; the subject, and the blocks in order, with the marks of what they were filled with."""
    subject = ""
    blocks: list[Block] = []
    flowing: list[str] = []
    items: list[str] = []

    def close() -> None:
        if flowed := _kept(printable(" ".join(flowing))).replace(LINE, "\n"):
            blocks.append(Paragraph(flowed))
        if items:
            blocks.append(Items(tuple(items)))
        flowing.clear()
        items.clear()

    for line in text.split("\n"):
        flat = _kept(printable(line.replace(LINE, " ")))
        if line.startswith(SUBJECT):
            subject = flat.removeprefix(SUBJECT)
        elif line.startswith(HEADING):
            close()
            blocks.append(Heading(flat.removeprefix(HEADING)))
        elif line.startswith(ITEM):
            if flowing:
                close()
            items.append(flat.removeprefix(ITEM))
        elif not flat or items:
            close()
            flowing += [line] if flat else []
        else:
            flowing.append(line)
    close()
    return subject, tuple(blocks)


def _kept(text: str) -> str:
    """`text`, or nothing where it is but marks and blanks."""
    return text if text.translate(UNMARKED).strip() else ""


def _unmarked(block: Block) -> Block:
    if isinstance(block, Items):
        return Items(tuple(text.translate(UNMARKED) for text in block.texts))
    return replace(block, text=block.text.translate(UNMARKED))


def _context(workflow: Workflow, case: Case, state: State, remedy: RemedyDue | None) -> Mapping[str, Any]:
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
    context = {
        "zaak": case.id,
        "ontvangen": case.received,
        "gegeven": stated,
        "vragen": questions,
        "termijn": _term(workflow, case),
        "uitleg": [r["explanation_nl"] for r in state.receipts if isinstance(next(iter(r["outputs"].values())), str)],
        "bronnen": list(dict.fromkeys(source for r in state.receipts for source in r["sources"])),
        "reden": decided.payload["reason"] if decided else "",
        "bestuursorgaan": workflow.authority,
    }
    if remedy is not None:
        clause = resources.files("workflows.letter").joinpath("rechtsmiddelen.txt.jinja").read_text("utf-8")
        filled = _compiled(clause).render(zaak=case.id, rechtsmiddel=remedy)
        context[CLAUSE] = _Source(filled)
    return context


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
