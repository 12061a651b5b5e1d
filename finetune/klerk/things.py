"""Slots for what a case is about: sizes, counts, money, days, references, works, causes, yes or no, choices, lists."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable

from data_templates import names
from finetune.klerk import surfaces
from finetune.klerk.slots import WORDS, Fact, Slot, Statement, Style, allowed, line, mark, single


def dimension(rng: random.Random) -> Slot:
    noun, _, article = rng.choice(WORDS["things"])
    dim, adjective, synonym = rng.choice(WORDS["dims"])
    keys = allowed(
        f"{dim}_{noun}_cm",
        f"{noun}_{dim}_cm",
        f"{noun}_{dim}",
        f"{dim}_van_{article}_{noun}",
        f"{synonym}_{noun}",
        f"{dim}_{noun}_in_cm",
        f"{synonym}_{noun}_cm",
    )
    labels = (f"{dim} {noun}", f"{noun}: {dim}", f"{synonym} van {article} {noun}", f"{noun} {adjective}")
    sentences = (
        f"{article.capitalize()} {noun} is {{}} {adjective}.",
        f"De {dim} van {article} {noun} is {{}}.",
        f"{article.capitalize()} {noun} wordt {{}} {adjective}.",
        f"We meten een {synonym} van {{}} bij {article} {noun}.",
        f"Het gaat om een {noun} van {{}} {adjective}.",
        f"De {noun} heeft een {dim} van ongeveer {{}}.",
    )
    return single(f"{dim} {noun}", "number", keys, labels, sentences, lambda r, _: surfaces.length(r))


def dimensions(rng: random.Random) -> Slot:
    """Two or three sizes of one thing in one breath: "2,40 m hoog en 85 cm breed", "120 x 80 cm (b x h)"."""
    noun, _, article = rng.choice(WORDS["things"])
    dims = rng.sample(WORDS["dims"][:4], rng.choice((2, 2, 3)))
    keys = {
        dim: allowed(f"{dim}_{noun}_cm", f"{noun}_{dim}_cm", f"{dim}_{noun}", f"{syn}_van_{noun}", f"{noun}_{syn}")
        for dim, _, syn in dims
    }

    def say(rng: random.Random, style: Style) -> Statement:
        if rng.random() < 0.25:
            numbers = [rng.randint(20, 900) for _ in dims]
            quotes = [str(n) for n in numbers[:-1]] + [f"{numbers[-1]} cm"]
            by = rng.choice((" x ", " bij ", "x"))
            initials = rng.choice((" x ", "x")).join(dim[0] for dim, _, _ in dims)
            size = f"{by.join(mark(q) for q in quotes)} ({initials})"
            text = f"Afmetingen {noun}\t{size}" if style == "form" else f"De maten van {article} {noun}: {size}."
            return Statement(
                text, tuple(Fact(d[0], "number", q, n) for d, q, n in zip(dims, quotes, numbers, strict=True))
            )
        said = [surfaces.length(rng) for _ in dims]
        facts = tuple(Fact(d[0], "number", s, v) for d, (s, v) in zip(dims, said, strict=True))
        if style == "form":
            return Statement("\n".join(line(f"{d[0]} {noun}", s) for d, (s, _) in zip(dims, said, strict=True)), facts)
        parts = [f"{mark(s)} {d[1]}" for d, (s, _) in zip(dims, said, strict=True)]
        size = ", ".join(parts[:-1]) + f" en {parts[-1]}"
        opening = rng.choice((f"Het is een {noun} van", f"{article.capitalize()} {noun} is", "De maten zijn"))
        return Statement(f"{opening} {size}.", facts)

    return Slot(keys, say, groups=(f"maten_{noun}", f"afmetingen_{noun}", f"{noun}"), inner=keys)


def surface_area(rng: random.Random) -> Slot:
    noun, _, article = rng.choice(WORDS["things"])
    small = rng.random() < 0.5
    unit = "dm2" if small else "m2"
    return single(
        f"oppervlak {noun}",
        "number",
        allowed(f"oppervlak_{noun}_{unit}", f"{noun}_oppervlakte_{unit}", f"vlak_{noun}_{unit}", f"{unit}_{noun}"),
        (f"oppervlakte {noun}", f"{noun} oppervlak", f"grootte {noun}"),
        (
            f"De oppervlakte van {article} {noun} is {{}}.",
            f"{article.capitalize()} {noun} beslaat {{}}.",
            f"Samen is dat {{}} aan {noun}.",
            f"{article.capitalize()} {noun} is {{}} groot.",
        ),
        lambda r, _: surfaces.area(r, square_decimetres=small),
    )


def number_of(rng: random.Random) -> Slot:
    if rng.random() < 0.6:
        noun, plural, _ = rng.choice(WORDS["things"])
        other = plural
    else:
        plural, other = rng.choice(WORDS["counted"])
        noun = plural
    said = other if rng.random() < 0.3 else plural
    keys = allowed(f"aantal_{plural}", f"hoeveel_{plural}", f"{noun}_aantal", f"aantal_{other}", f"{plural}_in_totaal")

    def surface(rng: random.Random, style: Style) -> tuple[str, object]:
        return surfaces.count(rng, None if style == "form" else said)

    return single(
        f"aantal {plural}",
        "number",
        keys,
        (f"Aantal {plural}", f"Hoeveel {other}?", f"{plural} (aantal)"),
        (
            "Het gaat om {}.",
            "Wij rekenen op {}.",
            "Er zijn {}.",
            "In totaal {}.",
            "We vragen om {}.",
            "Er komen {} bij.",
        ),
        surface,
    )


def amount(rng: random.Random) -> Slot:
    noun, article = rng.choice(WORDS["amounts"])
    slug = noun.replace(" ", "_")
    return single(
        f"bedrag {noun}",
        "money",
        allowed(
            f"{slug}_cent",
            f"bedrag_{slug}",
            f"{slug}_bedrag",
            f"{slug}_in_centen",
            f"{slug}_euro",
            slug,
            f"hoogte_{slug}",
        ),
        (noun, f"Bedrag {noun}", f"{noun} (in euro)", f"Hoogte {noun}", f"Totaal {noun}"),
        (
            f"{article.capitalize()} {noun} bedraagt {{}}.",
            f"Voor {article} {noun} rekenen wij {{}}.",
            f"{article.capitalize()} {noun} komt op {{}}.",
            f"We schatten {article} {noun} op {{}}.",
            f"Er is {{}} nodig voor {article} {noun}.",
            f"{noun}: {{}}.",
        ),
        lambda r, _: surfaces.money(r),
    )


def event_day(rng: random.Random, received: dt.date) -> Slot:
    noun, article = rng.choice(WORDS["days"])
    return single(
        f"dag {noun}",
        "day",
        allowed(
            f"datum_{noun}",
            f"{noun}_datum",
            f"dag_{noun}",
            f"{noun}_op",
            f"dag_van_{article}_{noun}",
            f"{noun}sdatum",
        ),
        (
            f"Datum {noun}",
            f"{noun} op",
            f"Dag van {article} {noun}",
            f"{noun} (datum)",
            f"Wanneer is {article} {noun}?",
        ),
        (
            f"{article.capitalize()} {noun} is op {{}}.",
            f"{article.capitalize()} {noun} staat gepland voor {{}}.",
            f"Als dag voor {article} {noun} houden we {{}} aan.",
            f"{article.capitalize()} {noun} was {{}}.",
            f"Op {{}} is {article} {noun}.",
        ),
        lambda r, _: surfaces.day(r, received),
    )


def reference(rng: random.Random) -> Slot:
    key, label = rng.choice(WORDS["references"])

    def surface(rng: random.Random, _: Style) -> tuple[str, object]:
        return rng.choice((surfaces.code(rng), names.case_number(rng))), None

    return single(
        key,
        "text",
        allowed(key, f"{key}_gemeente", f"ons_{key}", f"{key}_zaak"),
        (label, label.lower(), f"{label} (indien bekend)"),
        (
            f"Het {key} is {{}}.",
            f"{label}: {{}}.",
            f"Onder {key} {{}} vindt u de stukken.",
            f"({label.lower()} {{}})",
        ),
        surface,
    )


def work(rng: random.Random) -> Slot:
    def surface(rng: random.Random, style: Style) -> tuple[str, object]:
        return work_phrase(rng), None

    return single(
        "werk",
        "text",
        allowed(
            "werkzaamheden",
            "verzoek",
            "wat_gaat_er_gebeuren",
            "inhoud_verzoek",
            "bedoeling",
            "onderwerp_verzoek",
            "werk",
            "handeling",
        ),
        ("Werkzaamheden", "Wat wilt u doen?", "Korte beschrijving", "Het gaat om", "Verzoek", "Betreft"),
        (
            "Het verzoek betreft {}.",
            "Wij willen toestemming voor {}.",
            "Het gaat om {}.",
            "Ik schrijf u over {}.",
            "Gevraagd wordt: {}.",
        ),
        surface,
    )


def work_phrase(rng: random.Random) -> str:
    verb, thing = rng.choice(WORDS["verbs"]), rng.choice(WORDS["objects"])
    if rng.random() < 0.15:
        thing = f"{rng.choice(('de', 'een', 'het'))} {surfaces.pseudo_word(rng)}"
    tail = f" {rng.choice(WORDS['tails'])}" if rng.random() < 0.5 else ""
    head = f"{rng.choice(('het ', 'het ', ''))}{verb} van {thing}"
    if rng.random() < 0.12:
        head += f" en {rng.choice(WORDS['verbs'])} van {rng.choice(WORDS['objects'])}"
    return head + tail


def cause(rng: random.Random) -> Slot:
    return single(
        "aanleiding",
        "text",
        allowed("aanleiding", "waarom", "toelichting", "motivering", "oorzaak", "achtergrond"),
        ("Aanleiding", "Waarom?", "Toelichting", "Motivatie"),
        (
            "Wij vragen dit omdat {}.",
            "De aanleiding is dat {}.",
            "Dit doen we omdat {}.",
            "Het punt is dat {}.",
            "Want {}.",
        ),
        lambda r, _: (r.choice(WORDS["reasons"]), None),
    )


def yes_no(rng: random.Random) -> Slot:
    item = rng.choice(WORDS["yesno"])

    def say(rng: random.Random, style: Style) -> Statement:
        value = rng.choice(("ja", "nee"))
        clause = rng.choice(item[value])
        if style == "form":
            written = rng.choice((value, value.capitalize(), f"[x] {value}", clause, value))
            return Statement(line(rng.choice(item["label"]), written), (Fact("jn", "yesno", written, value),))
        shape = rng.choice(
            ("{}.", "Verder geldt: {}.", "Daarbij: {}.", "Let op, {}.", "En {}.", "{}, dat moet u weten.")
        )
        text = shape.format(mark(clause))
        return Statement(text, (Fact("jn", "yesno", clause, value),))

    return Slot({"jn": allowed(*item["keys"])}, say)


def choice(rng: random.Random) -> Slot:
    item = rng.choice(WORDS["choices"])

    def surface(rng: random.Random, _: Style) -> tuple[str, object]:
        value = rng.choice(list(item["values"]))
        return rng.choice(item["values"][value]), value

    label = item["label"][0].lower().rstrip("?")
    return single(
        "keuze",
        "choice",
        allowed(*item["keys"]),
        tuple(item["label"]),
        (
            f"Wat betreft {label}: {{}}.",
            f"{label.capitalize()}: {{}}.",
            "Het gebeurt {}.",
            "Dat is {}.",
            f"Over {label} kunnen we kort zijn, namelijk {{}}.",
        ),
        surface,
    )


def listing(rng: random.Random) -> Slot:
    item = rng.choice(WORDS["lists"])

    def say(rng: random.Random, style: Style) -> Statement:
        values = rng.sample(list(item["values"]), rng.randint(1, min(4, len(item["values"]))))
        quotes = [rng.choice(item["values"][value]) for value in values]
        facts = tuple(Fact("lijst", "list", q, v) for q, v in zip(quotes, values, strict=True))
        marked = [mark(q) for q in quotes]
        if style == "form":
            return Statement(f"{rng.choice(item['label'])}\t{rng.choice((', ', '; ', ' / ')).join(marked)}", (facts,))
        joined = marked[0] if len(marked) == 1 else ", ".join(marked[:-1]) + f" en {marked[-1]}"
        return Statement(f"{rng.choice(item['lead'])}{rng.choice((': ', ' '))}{joined}.", (facts,))

    return Slot({"lijst": allowed(*item["keys"])}, say)


MAKERS: tuple[tuple[Callable[[random.Random], Slot], int], ...] = (
    (dimension, 4),
    (dimensions, 3),
    (surface_area, 2),
    (number_of, 3),
    (amount, 4),
    (reference, 3),
    (work, 3),
    (cause, 2),
    (yes_no, 5),
    (choice, 4),
    (listing, 3),
)
_KINDS, _WEIGHTS = zip(*MAKERS, strict=True)


def made(rng: random.Random) -> Slot:
    """A slot of one of these kinds."""
    slot: Slot = rng.choices(_KINDS, _WEIGHTS)[0](rng)
    return slot
