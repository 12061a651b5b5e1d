"""What the model answered, fact by fact: state, value, quotation, where it stands, and what is wrong with it.

An answer is checked again after decoding, whatever held it while decoding: against the schema, against the
document, and each value against its own quotation. A fact with a problem is never used: a person reads it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, Literal, cast

from jsonschema import Draft202012Validator, FormatChecker

from scaffolds.errors import CasewrightError
from scaffolds.facts.declare import Facts
from scaffolds.facts.kinds import Kind, Value
from scaffolds.facts.schema import NOT_STATED, QUOTATION, UNSURE, VALUE, json_schema, tree, words

State = Literal["stated", "not_stated", "unsure"]
Problem = Literal["quotation_not_found", "quotation_disagrees", "quotation_malformed", "repeated_value"]


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The span of a document that supports a fact: [start, end) in code points.

    `occurrences` tells how often the quotation stands in the documents that were read; the span is the first.
    """

    document: str
    start: int
    end: int
    quotation: str
    occurrences: int = 1

    def overlaps(self, other: Evidence) -> bool:
        """Whether both spans share a character."""
        return self.document == other.document and self.start < other.end and other.start < self.end


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact as answered. `values` and `evidence` run in parallel; both are empty unless it is stated."""

    path: str
    state: State
    values: tuple[Value, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def value(self) -> Value | None:
        """The single value, or None when the fact is not stated or unsure."""
        return self.values[0] if self.values else None

    @property
    def handed_over(self) -> bool:
        """Whether a person has to read this fact: the model was unsure, or the answer has a problem."""
        return self.state == "unsure" or bool(self.problems)

    def says(self, other: Fact) -> bool:
        """Whether both say the same: state and values, several of them in any order."""
        return (self.state, set(self.values)) == (other.state, set(other.values))

    def meets(self, other: Fact) -> bool:
        """Whether both point at a common place."""
        return any(one.overlaps(two) for one in self.evidence for two in other.evidence)


@cache
def _validator(facts: Hashable) -> Draft202012Validator:
    return Draft202012Validator(json_schema(cast(type[Facts], facts)), format_checker=FormatChecker(["date"]))


def validate(facts: type[Facts], answer: Any) -> list[str]:
    """Give the schema errors of a parsed answer, each with its place; empty when it is valid."""
    validator = _validator(cast(Hashable, facts))
    errors = sorted(validator.iter_errors(answer), key=lambda e: list(map(str, e.absolute_path)))
    return [f"{e.json_path}: {e.message}" for e in errors]


def locate(quotation: str, *, documents: Mapping[str, str]) -> Evidence | None:
    """Find a quotation verbatim in documents (text by id, first document first); None when it is in none.

    A place where it begins and ends at the edges of `words` goes before one inside a longer word or number.
    """
    places = [(name, place) for name, text in documents.items() for place in _places(quotation, text)]
    if not places:
        return None
    end = len(quotation)
    whole = (at for at in places if {at[1], at[1] + end} <= _edges(documents[at[0]]))
    name, start = next(whole, places[0])
    return Evidence(
        document=name, start=start, end=start + end, quotation=quotation, occurrences=len(places)
    )


def _places(quotation: str, text: str) -> Iterator[int]:
    at = text.find(quotation) if quotation else -1
    while at >= 0:
        yield at
        at = text.find(quotation, at + len(quotation))


@lru_cache(maxsize=64)
def _edges(text: str) -> frozenset[int]:
    return frozenset(accumulate(map(len, words(text)), initial=0))


def _problems(kind: Kind, values: list[Value], quotations: list[str], received: date) -> set[Problem]:
    found: set[Problem] = set()
    for value, quotation in zip(values, quotations, strict=True):
        if kind.agrees(value, quotation=quotation, received=received) is False:
            found.add("quotation_disagrees")
        shape = kind.pattern()
        if shape and not re.fullmatch(shape, quotation):
            found.add("quotation_malformed")
    if len(set(values)) < len(values):
        found.add("repeated_value")
    return found


def parse(
    facts: type[Facts], answer: str, *, documents: Mapping[str, str], received: date
) -> dict[str, Fact]:
    """Read a model's answer about `documents` (text by id) into facts by dotted path, in declared order.

    Raises CasewrightError when the answer is not JSON or does not fit the schema of `facts`.
    """
    try:
        parsed = json.loads(answer, parse_float=str)  # no fact is a fraction; 210.0 does not spell 210
    except (ValueError, RecursionError) as error:
        raise CasewrightError(f"The answer for {facts.__name__} is not JSON: {error}.") from error
    if errors := validate(facts, parsed):
        raise CasewrightError(f"The answer for {facts.__name__} does not fit its schema: {errors[0]}")

    def one(path: str, kind: Kind, said: Any) -> Fact:
        if said in (NOT_STATED, UNSURE):
            return Fact(path=path, state="not_stated" if said == NOT_STATED else "unsure")
        items = said if isinstance(said, list) else [said]
        quotations = [item[QUOTATION] for item in items]
        values = [item[QUOTATION] if kind.copied else item[VALUE] for item in items]
        places = [locate(quotation, documents=documents) for quotation in quotations]
        problems = _problems(kind, values, quotations, received)
        if None in places:
            problems.add("quotation_not_found")
        return Fact(path=path, state="stated", values=tuple(values), problems=tuple(sorted(problems)),
                    evidence=tuple(place for place in places if place))

    def walk(node: Mapping[str, Any], said: Mapping[str, Any], prefix: str) -> dict[str, Fact]:
        found: dict[str, Fact] = {}
        for key, below in node.items():
            path = f"{prefix}{key}"
            found |= {path: one(path, below, said[key])} if isinstance(below, Kind) else walk(
                below, said[key], f"{path}.")
        return found

    return walk(tree(facts), parsed, "")


def render(facts: type[Facts], known: Mapping[str, Fact]) -> str:
    """Write facts as the compact JSON the model would have answered: the target of supervised fine-tuning."""

    def one(kind: Kind, fact: Fact) -> Any:
        if fact.state != "stated":
            return NOT_STATED if fact.state == "not_stated" else UNSURE
        items = [
            {QUOTATION: place.quotation} if kind.copied else {QUOTATION: place.quotation, VALUE: value}
            for value, place in zip(fact.values, fact.evidence, strict=True)
        ]
        return items if kind.many > 1 else items[0]

    def walk(node: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for key, below in node.items():
            path = f"{prefix}{key}"
            said[key] = one(below, known[path]) if isinstance(below, Kind) else walk(below, f"{path}.")
        return said

    return json.dumps(walk(tree(facts), ""), ensure_ascii=False, separators=(",", ":"))
