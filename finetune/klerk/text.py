"""klerk's training text: reading tasks as conversations, made from a seed and an index alone.

A sample is a document or two and one or two questions about them. The user turn is `Ontvangen: DAY`, the documents and
the instruction; the answer is compact JSON in which each field quotes the document ("bron") before it states the value
("waarde"), or is "niet vermeld" (the document does not state it) or "onzeker" (the document contradicts itself).
Drills are the same tasks on a bare list of labels and random strings: they teach copying first, and fade out.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from data_templates import names
from finetune.klerk import concepts, documents, framed, layouts, parties, people, slots, surfaces, things
from finetune.klerk.answers import Asked, Fields, Leaf, ask, lower_case, rendered, understood
from finetune.klerk.renaming import renamed
from finetune.klerk.slots import Slot, Statement
from scaffolds.prompt import INSTRUCTION


@dataclass(frozen=True)
class Turn:
    """One question and its answer, with where each field's value stands in the answer."""

    question: str
    answer: str
    fields: Fields


Maker = Callable[[random.Random, dt.date], Slot]
MAKERS: tuple[tuple[Maker, float], ...] = (
    (lambda rng, _: people.person(rng), 14),
    (lambda rng, _: people.spot(rng), 10),
    (things.event_day, 9),
    (lambda rng, _: parties.acting(rng), 6),
    (lambda rng, _: parties.sender(rng), 5),
    (parties.dateline, 5),
    (concepts.invented, 16),
    (lambda rng, _: concepts.state(rng), 7),
    (lambda rng, _: concepts.names_list(rng), 3),
    (lambda rng, _: things.made(rng), 30),
    (framed.slot, 100),
)


@dataclass(frozen=True)
class Mix:
    """What documents hold: the share of slots said twice with different values, and of names that are invented, and
    the weights of what makes slots."""

    twice: float
    invented: float
    makers: tuple[tuple[Maker, float], ...] = MAKERS


FIRST, SECOND = Mix(twice=0.05, invented=0.1), Mix(twice=0.08, invented=0.5)
UNSEEN = replace(SECOND, makers=((framed.unseen, 1),))
"""Only subjects that training never reads."""


def keys_of(slot: Slot) -> set[str]:
    return {key for keys in slot.keys.values() for key in keys} | set(slot.groups)


def make_slots(rng: random.Random, received: dt.date, how_many: int, mix: Mix) -> list[Slot]:
    """Distinct slots, a frame counting as two: no key of one may also mean a fact of another, no topic comes twice."""
    made: list[Slot] = []
    taken: set[str] = set()
    room = how_many
    kinds, weights = zip(*mix.makers, strict=True)
    for maker in rng.choices(kinds, weights, k=3 * how_many):
        slot = maker(rng, received)
        mine = keys_of(slot) | ({f"topic {slot.topic}"} if slot.topic else set())
        if not mine & taken:
            made.append(slot)
            taken |= mine
            room -= 2 if maker in (framed.slot, framed.unseen) else 1
        if room <= 0:
            break
    return made


def reading(rng: random.Random, received: dt.date, size: int, mix: Mix) -> tuple[str, list[Asked]]:
    """A document of about `size` stated slots, and what may be asked about it (some of it absent)."""
    if rng.random() < 0.1:
        made = [documents.notice_slot(rng), *make_slots(rng, received, rng.choice((0, 1, 2)), mix)]
        statements = [[slot.say(rng, "prose")] for slot in made]
        text = "\n".join(spoken[0].text for spoken in statements)
    else:
        made = make_slots(rng, received, size, mix)
        text, statements = written(rng, made, mix)
    asked = [understood(slot, spoken) for slot, spoken in zip(made, statements, strict=True)]
    taken = {key for slot in made for key in keys_of(slot)}
    for slot in make_slots(rng, received, rng.choice((0, 1, 1, 2, 3)), mix):
        if not taken & keys_of(slot):
            asked.append(Asked(slot, {}))
    text, asked = renamed(rng, text, asked, mix.invented)
    if rng.random() < 0.15:
        text = documents.with_typing_errors(rng, text, 0.02)
    text = layouts.unmarked(text)
    if rng.random() < 0.07:
        text = text.lower()
        asked = [Asked(a.slot, {name: lower_case(leaf) for name, leaf in a.known.items()}) for a in asked]
    return text, asked


def written(rng: random.Random, made: list[Slot], mix: Mix) -> tuple[str, list[list[Statement]]]:
    """Let every slot speak once or twice, in a form, in prose, or in a document of both."""
    forms = rng.choice((0.0, 0.0, 0.0, 1.0, 1.0, rng.random()))
    statements: list[list[Statement]] = []
    said: list[documents.Said] = []
    again: list[documents.Said] = []
    style: slots.Style = "prose"
    for slot in made:
        if forms in (0.0, 1.0) or rng.random() < 0.4:
            style = "form" if rng.random() < forms else "prose"
        spoken = [slot.say(rng, style)]
        said.append((style, spoken[0]))
        if rng.random() < mix.twice:
            spoken.append(slot.say(rng, style))
            again.append((style, spoken[1]))
        statements.append(spoken)
    for other, second in again:
        lead = "" if other == "form" else rng.choice(("Of nee: ", "Elders staat: ", "", "Op de tekening: "))
        place = rng.randint(1, len(said))
        said.insert(place, (other, Statement(lead + second.text, second.facts, second.place)))
    return documents.compose(rng, said), statements


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


def sample(seed: int, index: int, *, progress: float, mix: Mix | None = None) -> tuple[Turn, ...]:
    """The conversation number `index`; `progress` is the place in training: in the first stage (0..1) it sets the
    share of drills and the length of documents, and after it what documents hold changes, where no `mix` says it."""
    rng = random.Random(f"{seed}/{index}")
    received = dt.date(2023, 1, 1) + dt.timedelta(days=rng.randrange(1460))
    mix = mix or (FIRST if progress < 1 else SECOND)
    easy = max(0.0, 1 - progress / 0.1)
    if rng.random() < 0.03 + 0.3 * easy:
        text, asked = drill(rng)
    else:
        text, asked = reading(rng, received, rng.randint(3, 6 + round(8 * min(1.0, 0.2 + progress * 6))), mix)
    limit = rng.choice((4, 8, 12, 16, 20))
    question = f"Ontvangen: {received.isoformat()}\n\n{text}\n\n{INSTRUCTION}"
    turns = [Turn(question, *rendered(ask(rng, asked, limit)))]
    if rng.random() < 0.3:
        turns.append(Turn(INSTRUCTION, *rendered(ask(rng, asked, rng.choice((3, 6, 9))))))
    return tuple(turns)
