"""Answers: what a document says about each slot, asked under random keys and written as compact JSON."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

from finetune.klerk.slots import Fact, Slot, Statement
from scaffolds.facts.schema import NOT_STATED, UNSURE

GROUPS = (
    "algemeen", "gegevens", "kern", "verzoek", "project", "onderdeel", "planning", "inhoud", "situatie", "zaak",
    "details", "hoofdzaak", "personalia", "dossier", "kenmerken", "overige_punten", "opgave", "bijzonder",
    "eerste_deel", "tweede_deel",
)  # fmt: skip


@dataclass(frozen=True)
class Leaf:
    """One answer field: what stands in the JSON, and the sort it is scored under."""

    sort: str
    content: object


Answer = dict[str, "Leaf | Answer"]
Fields = tuple[tuple[str, int, int], ...]
"""Per field its sort and the character span of its value in the answer."""


def rendered(answer: Answer) -> tuple[str, Fields]:
    """The answer as compact JSON, and where each value stands in it."""
    text = "{"
    fields: list[tuple[str, int, int]] = []
    for key, node in answer.items():
        text += ("," if text != "{" else "") + json.dumps(key) + ":"
        if isinstance(node, Leaf):
            value = json.dumps(node.content, ensure_ascii=False, separators=(",", ":"))
            fields.append((node.sort, len(text), len(text) + len(value)))
        else:
            value, inner = rendered(node)
            fields += [(sort, len(text) + start, len(text) + end) for sort, start, end in inner]
        text += value
    return text + "}", tuple(fields)


def contents(found: Fact | tuple[Fact, ...]) -> object:
    return found.answer() if isinstance(found, Fact) else [fact.answer() for fact in found]


def name_and_sort(found: Fact | tuple[Fact, ...]) -> tuple[str, str]:
    first = found if isinstance(found, Fact) else found[0]
    return first.name, first.sort


@dataclass(frozen=True)
class Asked:
    """A slot with what the document says about each of its facts; a fact that is missing was not stated."""

    slot: Slot
    known: dict[str, Leaf]

    def leaf(self, name: str) -> Leaf:
        return self.known.get(name, Leaf("absent", NOT_STATED))

    def fields(self, rng: random.Random) -> Answer:
        """Some of the facts under random keys, nested in a group where the slot has one."""
        every = [name for name in self.slot.keys if name in self.known or rng.random() < 0.3]
        every = every or [rng.choice(list(self.slot.keys))]
        chosen = rng.sample(every, min(len(every), rng.choice((1, 2, 3, 4, 6)))) if len(every) > 1 else every
        if self.slot.groups and len(chosen) > 1 and rng.random() < 0.5 and self.slot.inner:
            inner = self.slot.inner
            nested: Answer = {rng.choice(inner[name]): self.leaf(name) for name in chosen}
            return {rng.choice(self.slot.groups): nested}
        return {rng.choice(self.slot.keys[name]): self.leaf(name) for name in chosen}


def understood(slot: Slot, statements: list[Statement]) -> Asked:
    """What one or two statements of a slot amount to: facts, or "onzeker" where they differ."""
    known: dict[str, Leaf] = {}
    for statement in statements:
        for found in statement.facts:
            name, sort = name_and_sort(found)
            leaf = Leaf(sort, contents(found))
            values = [value_of(old.content) for old in [known[name]] if old.sort != "unsure"] if name in known else []
            differs = name in known and values != [value_of(leaf.content)]
            known[name] = Leaf("unsure", UNSURE) if differs else known.get(name, leaf)
    return Asked(slot, known)


def value_of(content: object) -> object:
    return content.get("waarde", content["bron"]) if isinstance(content, dict) else content


def ask(rng: random.Random, asked: list[Asked], limit: int) -> Answer:
    """Fields of some of the slots, about `limit` in all, in any order; neighbours may share a group."""
    answer: Answer = {}
    count = 0
    for one in rng.sample(asked, len(asked)):
        fields = one.fields(rng)
        if not set(fields) & set(answer):
            answer.update(fields)
            count += sum(len(field) if isinstance(field, dict) else 1 for field in fields.values())
        if count >= limit:
            break
    return grouped(rng, answer) if rng.random() < 0.35 else answer


def grouped(rng: random.Random, answer: Answer) -> Answer:
    """The same answer with one run of its plain fields put into a group."""
    keys = list(answer)
    start = rng.randrange(len(keys))
    chosen = [key for key in keys[start : start + rng.randint(2, 6)] if isinstance(answer[key], Leaf)]
    name = rng.choice(GROUPS)
    if len(chosen) < 2 or name in answer:
        return answer
    nested: Answer = {key: answer[key] for key in chosen}
    made: Answer = {}
    for key in keys:
        if key == chosen[0]:
            made[name] = nested
        elif key not in nested:
            made[key] = answer[key]
    return made


def lower_case(leaf: Leaf) -> Leaf:
    """The leaf for a document written in lower case: quotations follow, normalised values stay."""

    def lowered(content: object) -> object:
        if isinstance(content, list):
            return [lowered(item) for item in content]
        return {**content, "bron": content["bron"].lower()} if isinstance(content, dict) else content

    return Leaf(leaf.sort, lowered(leaf.content))
