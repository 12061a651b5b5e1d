"""The questions of the Dutch permit portal (STTR/IMTR) in a DMN file, as far as a table has a place.

The extension elements `uitvoeringsregel` hold the question and its options; `uitvoeringsregelRef` ties them
to an input. The namespaces differ per version of the standard, so they are found by local name.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from scaffolds.dmn.document import children, extensions, local

READ = {"uitvoeringsregels", "uitvoeringsregel", "uitvoeringsregelRef", "vraag", "vraagTekst"}
READ |= {"opties", "optie", "optieText", "gegevensType"}


@dataclass(frozen=True, slots=True)
class Question:
    """What the portal asks for one input, and the answers it offers."""

    text: str
    options: tuple[str, ...]


def questions(root: Element) -> dict[str, Question]:
    """The question of each inputData by its name."""
    rules = {rule.get("id", ""): rule for rule in extensions(root, "uitvoeringsregel")}
    found = {}
    for data in children(root, "inputData"):
        for reference in extensions(data, "uitvoeringsregelRef"):
            rule = rules.get(reference.get("href", "").removeprefix("#"))
            if rule is not None:
                found[data.get("name", "")] = Question(
                    " ".join(_texts(rule, "vraagTekst")), tuple(_texts(rule, "optieText"))
                )
    return found


def _texts(element: Element, name: str) -> list[str]:
    return [" ".join((found.text or "").split()) for found in element.iter() if local(found) == name]
