"""Facts: what a Read step may say, how it is held to the document, and how an answer is checked."""

from scaffolds.facts.answer import Evidence, Fact, Problem, State, locate, parse, render, validate
from scaffolds.facts.declare import Facts
from scaffolds.facts.fingerprint import schema_hash
from scaffolds.facts.grammar import grammar
from scaffolds.facts.kinds import Choice, Day, Euros, Huisnummer, Kind, Postcode, Text, Value, Whole, YesNo
from scaffolds.facts.merge import merge, nothing_read
from scaffolds.facts.schema import (
    NOT_STATED,
    UNSURE,
    json_schema,
    longest_output,
    spans,
    tree,
    words,
)

__all__ = [
    "NOT_STATED", "UNSURE", "Choice", "Day", "Euros", "Evidence", "Fact", "Facts", "Huisnummer", "Kind", "Postcode",
    "Problem", "State", "Text", "Value", "Whole", "YesNo", "grammar", "json_schema", "locate",
    "longest_output", "merge", "nothing_read", "parse", "render", "schema_hash", "spans",
    "tree", "validate", "words",
]
