"""klerk's training text: reading tasks as conversations, made from a seed and an index alone.

A sample is one document and one or two questions about it. The user turn is `Ontvangen: DAY`, the document and the
instruction; the answer is compact JSON in which each field quotes the document ("bron") before it states the value
("waarde"), or is "niet vermeld" (the document does not state it) or "onzeker" (the document contradicts itself).
Drills are the same tasks on a bare list of labels and random strings: they teach copying first, and fade out.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from dataclasses import dataclass

from data_templates import names
from finetune.klerk import documents, people, slots, surfaces, things
from finetune.klerk.slots import Fact, Slot, Statement
from scaffolds.prompt import INSTRUCTION

ABSENT, UNSURE = "niet vermeld", "onzeker"


@dataclass(frozen=True)
class Leaf:
    """One answer field: what stands in the JSON, and the sort it is scored under."""

    sort: str
    content: object


Answer = dict[str, "Leaf | Answer"]


@dataclass(frozen=True)
class Turn:
    """`fields`: per field its sort and the character span of its value in `answer`."""

    question: str
    answer: str
    fields: tuple[tuple[str, int, int], ...]


def rendered(answer: Answer) -> tuple[str, tuple[tuple[str, int, int], ...]]:
    """The answer as compact JSON, and where each value stands in it."""
    text, fields = "{", []
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
        return self.known.get(name, Leaf("absent", ABSENT))

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


@dataclass(frozen=True)
class Mix:
    """What documents hold: shares of slots that are people, spots and days, of slots said twice, of invented names."""

    people: float
    spots: float
    days: float
    twice: float
    invented: float


FIRST = Mix(people=0.13, spots=0.09, days=0.11, twice=0.06, invented=0.0)
SECOND = Mix(people=0.21, spots=0.15, days=0.1, twice=0.1, invented=0.5)


def make_slots(rng: random.Random, received: dt.date, how_many: int, mix: Mix) -> list[Slot]:
    """Distinct slots: no key of one may also mean a fact of another."""
    made: list[Slot] = []
    taken: set[str] = set()
    makers, weights = zip(*things.MAKERS, strict=True)
    while len(made) < how_many:
        roll = rng.random()
        if roll < mix.people:
            slot = people.person(rng)
        elif roll < mix.people + mix.spots:
            slot = people.spot(rng)
        elif roll < mix.people + mix.spots + mix.days:
            slot = things.event_day(rng, received)
        else:
            slot = rng.choices(makers, weights)[0](rng)
        mine = {key for keys in slot.keys.values() for key in keys} | set(slot.groups)
        if not mine & taken:
            made.append(slot)
            taken |= mine
    return made


def ask(rng: random.Random, asked: list[Asked], limit: int) -> Answer:
    answer: Answer = {}
    for one in rng.sample(asked, len(asked)):
        fields = one.fields(rng)
        if not set(fields) & set(answer):
            answer.update(fields)
        if sum(len(f) if isinstance(f, dict) else 1 for f in answer.values()) >= limit:
            break
    return answer


def lower_case(leaf: Leaf) -> Leaf:
    """The leaf for a document written in lower case: quotations follow, normalised values stay."""

    def lowered(content: object) -> object:
        if isinstance(content, list):
            return [lowered(item) for item in content]
        return {**content, "bron": content["bron"].lower()} if isinstance(content, dict) else content

    return Leaf(leaf.sort, lowered(leaf.content))


def reading(rng: random.Random, received: dt.date, size: int, mix: Mix) -> tuple[str, list[Asked]]:
    """A document of about `size` stated slots, and what may be asked about it (some of it absent)."""
    if rng.random() < 0.16:
        made = [documents.notice_slot(rng), *make_slots(rng, received, rng.choice((0, 1, 2)), mix)]
        statements = [[slot.say(rng, "prose")] for slot in made]
        text = "\n".join(s[0].text for s in statements)
    else:
        made = make_slots(rng, received, size, mix)
        style: slots.Style = "form" if rng.random() < 0.4 else "prose"
        statements = [[slot.say(rng, style) for _ in range(2 if rng.random() < mix.twice else 1)] for slot in made]
        said = [s[0].text for s in statements]
        for again in (s[1].text for s in statements if len(s) > 1):
            opening = "" if style == "form" else rng.choice(("Of nee: ", "Elders staat: ", "", "Op de tekening: "))
            said.insert(rng.randint(1, len(said)), opening + again)
        text = documents.write(rng, said, received, style)
    asked = [understood(slot, said) for slot, said in zip(made, statements, strict=True)]
    taken = {key for slot in made for keys in slot.keys.values() for key in keys} | {g for s in made for g in s.groups}
    for slot in make_slots(rng, received, rng.choice((0, 1, 1, 2)), mix):
        if not taken & ({key for keys in slot.keys.values() for key in keys} | set(slot.groups)):
            asked.append(Asked(slot, {}))
    if mix.invented:
        text, asked = renamed(rng, text, asked, mix.invented)
    if rng.random() < 0.15:
        text = documents.with_typing_errors(rng, text, 0.02)
    text = documents.unmarked(text)
    if rng.random() < 0.07:
        text = text.lower()
        asked = [Asked(a.slot, {name: lower_case(leaf) for name, leaf in a.known.items()}) for a in asked]
    return text, asked


def renamed(rng: random.Random, text: str, asked: list[Asked], share: float) -> tuple[str, list[Asked]]:
    """The same with a share of the words of names, streets and places replaced: a word that exists nowhere can only
    be copied, while the few hundred stems of `names.txt` could be learned by heart."""
    quotes = [
        str(leaf.content["bron"])
        for one in asked
        for name, leaf in one.known.items()
        if name in ("naam", "straat", "plaats") and isinstance(leaf.content, dict)
    ]
    words = sorted({word for quote in quotes for word in re.findall(r"[^\W\d_]{4,}", quote)})
    new = {word: pseudo_name(rng, word) for word in words if rng.random() < share}
    if not new:
        return text, asked
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, new))})\b")

    def changed(content: object) -> object:
        if isinstance(content, list):
            return [changed(item) for item in content]
        if isinstance(content, dict):
            return {**content, "bron": replaced(content["bron"])}
        return content

    def replaced(old: str) -> str:
        return pattern.sub(lambda found: new[found[0]], old)

    known = [{name: Leaf(leaf.sort, changed(leaf.content)) for name, leaf in one.known.items()} for one in asked]
    return replaced(text), [Asked(one.slot, facts) for one, facts in zip(asked, known, strict=True)]


def pseudo_name(rng: random.Random, like: str) -> str:
    """A new word with the capital and, for streets, the ending of `like`."""
    ending = next((e for e in names.WORDS["common_suffix", "both"] if like.endswith(e) and like != e), "")
    made = surfaces.pseudo_word(rng) + (surfaces.pseudo_word(rng) if rng.random() < 0.3 else "") + ending
    return made.capitalize() if like[0].isupper() else made


def drill(rng: random.Random) -> tuple[str, list[Asked]]:
    """A bare list of labels and random strings, asked back under the same labels."""

    def string() -> str:
        makers = (
            lambda: surfaces.pseudo_word(rng), lambda: surfaces.code(rng), lambda: names.street(rng, "train"),
            lambda: names.person_name(rng, "train"), lambda: f"{surfaces.pseudo_word(rng)} {surfaces.pseudo_word(rng)}",
            lambda: names.house_number(rng), lambda: surfaces.length(rng)[0], lambda: surfaces.money(rng)[0],
        )  # fmt: skip
        return rng.choice(makers)()

    labels = {rng.choice((surfaces.pseudo_word(rng), *WORD_LABELS)) for _ in range(rng.randint(4, 16))} - slots.RESERVED
    pairs = [(label, string()) for label in sorted(labels)]
    rng.shuffle(pairs)
    separator = rng.choice((": ", ": ", " = ", " - ", "\n", " is "))
    text = "\n".join(f"{label.replace('_', ' ')}{separator}{value}" for label, value in pairs)
    extra = [surfaces.pseudo_word(rng) for _ in range(rng.choice((0, 0, 1, 2)))]
    asked = [
        Asked(Slot({"x": (label,)}, lambda *_: Statement("", ())), {"x": Leaf("drill", {"bron": value})})
        for label, value in pairs
    ]
    asked += [Asked(Slot({"x": (key,)}, lambda *_: Statement("", ())), {}) for key in extra if key not in labels]
    return text, asked


WORD_LABELS: tuple[str, ...] = tuple(
    key for maker, _ in things.MAKERS for key in sum(maker(random.Random(0)).keys.values(), ())
) + tuple(noun for noun, _ in slots.WORDS["days"])


def sample(seed: int, index: int, *, progress: float) -> tuple[Turn, ...]:
    """The conversation number `index`; `progress` is the place in training: in the first stage (0..1) it sets the
    share of drills and the length of documents, in the second (1..2) the mix changes."""
    rng = random.Random(f"{seed}/{index}")
    received = dt.date(2023, 1, 1) + dt.timedelta(days=rng.randrange(1460))
    mix = FIRST if progress < 1 else SECOND
    easy = max(0.0, 1 - progress / 0.1)
    if rng.random() < 0.04 + 0.3 * easy:
        text, asked = drill(rng)
    else:
        text, asked = reading(rng, received, rng.randint(3, 5 + round(5 * min(1.0, 0.3 + progress * 6))), mix)
    limit = rng.choice((4, 6, 8, 10, 14))
    question = f"Ontvangen: {received.isoformat()}\n\n{text}\n\n{INSTRUCTION}"
    turns = [Turn(question, *rendered(ask(rng, asked, limit)))]
    if rng.random() < 0.25:
        turns.append(Turn(INSTRUCTION, *rendered(ask(rng, asked, limit))))
    return tuple(turns)
