"""What a person said of a fact, made into the fact: the suggestion holds, another value, not stated, or contradictory.

Every fact is answered by itself. A person who gives another value may say where it stands; the place is then looked
up in the documents, and must be there word for word. A text is looked up as it was typed; a person may also word one
that no document has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from jsonschema import Draft202012Validator

from scaffolds.case import Case
from scaffolds.facts import Day, Euros, Evidence, Fact, Kind, Postcode, Whole, locate

Choice = Literal["proposal", "value", "not_stated", "unsure"]
Problem = Literal["missing", "hidden", "no_value", "misfit", "not_found"]
_AMOUNT = re.compile(r"(?:€\s*)?(\d{1,3}(?:\.\d{3})+|\d{1,12})(?:,(\d{2}|-))?")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A person's answer for one fact, as it was typed. `values` and `quote` are what was filled in for "value".

    `reason` is why it is not what was suggested, where the person says so.
    """

    choice: str = ""
    values: tuple[str, ...] = ()
    quote: str = ""
    reason: str = ""


def settle(
    kinds: Mapping[str, Kind],
    said: Mapping[str, Said],
    *,
    proposed: Mapping[str, Fact],
    case: Case,
    shown: bool,
) -> tuple[dict[str, Fact], dict[str, Problem]]:
    """Give the facts, and per fact that could not be made what is wrong with the answer."""
    texts = {document.id: document.text for document in case.documents}
    facts: dict[str, Fact] = {}
    problems: dict[str, Problem] = {}
    for path, kind in kinds.items():
        made = _settle(path, kind, said.get(path, Said()), proposed.get(path), texts, shown)
        if isinstance(made, Fact):
            facts[path] = made
        else:
            problems[path] = made
    return facts, problems


def reasons(
    facts: Mapping[str, Fact], said: Mapping[str, Said], *, proposed: Mapping[str, Fact]
) -> dict[str, str]:
    """Why the person came to something else than was suggested, by path, where they say so."""
    return {
        path: said[path].reason.strip()
        for path, fact in facts.items()
        if said[path].reason.strip()
        and not proposed[path].handed_over
        and (fact.state, fact.values) != (proposed[path].state, proposed[path].values)
    }


def _settle(
    path: str, kind: Kind, said: Said, proposal: Fact | None, texts: Mapping[str, str], shown: bool
) -> Fact | Problem:
    match said.choice:
        case "proposal":
            if not shown or proposal is None or proposal.handed_over:
                return "hidden"
            return proposal
        case "not_stated" | "unsure":
            return Fact(path=path, state=said.choice)
        case "value":
            pass
        case _:
            return "missing"
    typed = [value.strip() for value in said.values if value.strip()]
    if kind.copied and kind.many > 1:
        typed = [part.strip() for value in typed for part in value.split(";") if part.strip()]
    if not typed:
        return "no_value"
    values = tuple(read(kind, value) for value in typed)
    if any(value is None for value in values) or len(set(values)) < len(values) or len(values) > kind.many:
        return "misfit"
    quotes = [str(value) for value in values] if kind.copied else [said.quote.strip()] * bool(said.quote.strip())
    places = [locate(quote, documents=texts) for quote in quotes]
    if None in places and not kind.copied:
        return "not_found"
    evidence: tuple[Evidence, ...] = tuple(place for place in places if place)
    if len(evidence) != len(values):
        # A person who mends a value that was read from the right place need not point at it again.
        kept = proposal.evidence if shown and proposal is not None else ()
        evidence = kept if len(kept) == len(values) else evidence * len(values)
    fact = Fact(path=path, state="stated", values=values, evidence=evidence)  # type: ignore[arg-type]
    return replace(fact, evidence=()) if len(evidence) != len(values) else fact


def read(kind: Kind, typed: str) -> str | int | None:
    """Read what a person typed as a value of `kind`; None where it is none."""
    value: str | int = typed
    if isinstance(kind, Euros):
        amount = _AMOUNT.fullmatch(typed)
        if amount is None:
            return None
        cents = amount[2] if amount[2] and amount[2] != "-" else "00"
        value = int(amount[1].replace(".", "") + cents)
    elif isinstance(kind, Whole):
        if not re.fullmatch(r"[0-9]{1,15}", typed):
            return None
        value = int(typed)
    elif isinstance(kind, Postcode):
        value = "".join(typed.split()).upper()
    elif isinstance(kind, Day):
        dutch = re.fullmatch(r"(\d{1,2})-(\d{1,2})-(\d{4})", typed)
        value = f"{dutch[3]}-{int(dutch[2]):02}-{int(dutch[1]):02}" if dutch else typed
    schema = kind.schema()
    if schema is None:
        return value if len(typed) <= 4 * kind.quote_chars else None
    return value if Draft202012Validator(schema).is_valid(value) else None
