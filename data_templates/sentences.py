"""Sentence banks: what people write, per subject and split, in text files a Dutch reader can check.

A file is `<name>.<split>.txt`. `# name` opens a section, every line under it is one template:

    {kosten}      the value of a fact, written in one of its ways; the words become its evidence
    {dakvlak:op}  the same, from the section "frase dakvlak:op"
    [...]         evidence of the fact that the section is about
    {a|b|c}       said as I, as we, or about the writer; may hold brackets
    {~bedrag}     something invented that is not a fact: a distractor
    {:}           the separator of the form
    <a/b/c>       one of these, at random; may hold all of the above, the same facts in each

Sections: a fact's path, with "=value" for a chosen value; "veld" for a line of a form; "frase" for words
within a sentence; "anders" for words that contradict; "ruis" for distractors; "later" for late papers.
"rand" and "kop" for what frames a composed document and heads its parts.
Text before the first section is commentary.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from data_templates.dossier import Split

Bank = Mapping[str, tuple[str, ...]]

_FURNITURE = Path(__file__).with_name("furniture.train.txt")
ALTERNATIVES = re.compile(r"<([^<>/]*(?:/[^<>/]*)+)>")
_PARTS = re.compile(r"\{([^{}]*)\}|([\[\]])|([^{}\[\]]+)")


class Part(NamedTuple):
    """A piece of a template: "text", "open", "close", "voice", "fact", "noise" or "separator"."""

    kind: str
    text: str
    form: str = ""


@cache
def read_bank(folder: Path, names: tuple[str, ...], split: Split) -> Bank:
    """The sections of the files `names` of one split, together; in training with the furniture of any document."""
    sections: dict[str, list[str]] = {}
    files = [folder / f"{name}.{split}.txt" for name in names]
    for file in [_FURNITURE, *files] if split == "train" else files:
        section: list[str] = []
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                section = sections.setdefault(line[2:], [])
            elif line:
                section.append(line)
    return {name: tuple(lines) for name, lines in sections.items()}


def _part(match: re.Match[str]) -> Part:
    inside, bracket, text = match.groups()
    if bracket:
        return Part("open" if bracket == "[" else "close", "")
    if text is not None:
        return Part("text", text)
    if "|" in inside:
        return Part("voice", inside)
    if inside == ":":
        return Part("separator", "")
    if inside.startswith("~"):
        return Part("noise", inside[1:])
    path, _, form = inside.partition(":")
    return Part("fact", path, form)


@lru_cache(maxsize=1 << 14)
def parts(template: str) -> tuple[Part, ...]:
    """Cut a template without alternatives into its pieces."""
    return tuple(_part(match) for match in _PARTS.finditer(template))


@cache
def facts_in(template: str) -> frozenset[str]:
    """The facts that a template states by name."""
    return frozenset(part.text for part in parts(template) if part.kind == "fact")


def settled(template: str, rng: random.Random) -> str:
    """Choose among the alternatives of a template."""
    if "<" not in template:
        return template
    return ALTERNATIVES.sub(lambda match: rng.choice(match[1].split("/")), template)
