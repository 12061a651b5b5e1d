"""Layouts: statements put on paper. A document is composed of blocks, each laid out in a way of its own.

Statements in the form style are label and value with a tab between; a block of them becomes lines, a table, columns
or questions. Statements in the prose style become paragraphs, bullets or quoted mail.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from data_templates import names
from finetune.klerk.fillers import filler, form_line
from finetune.klerk.slots import CLOSE, OPEN, WORDS

Pair = tuple[str, str]


def pairs_of(said: list[str]) -> list[Pair]:
    """The label and value of every line; a line without a label has an empty one."""
    rows = []
    for row in (line for text in said for line in text.split("\n")):
        label, tab, value = row.partition("\t")
        rows.append((label, value) if tab else ("", row))
    return rows


def capital(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1] != OPEN else text


def lines(rng: random.Random, rows: list[Pair]) -> str:
    """One line each, with one of many separators and bullets."""
    sign = rng.choice((": ", ": ", ": ", " : ", " = ", " - ", ":  ", " | ", "\t", ":\t", "; ", " -> ", "=", " … ", ":"))
    bullet = rng.choice(("", "", "", "", "- ", "* ", "• ", "> "))
    end = rng.choice(("", "", "", "", ";", ".", "\n"))
    return "\n".join(f"{bullet}{label}{sign}{value}{end}" if label else value for label, value in rows)


def dotted(rng: random.Random, rows: list[Pair]) -> str:
    """Dots or blanks up to a common column."""
    fill, width = rng.choice((".", ".", "_", " ")), rng.choice((18, 22, 26))
    return "\n".join(f"{label} {fill * max(2, width - len(label))} {value}" for label, value in rows)


def above(rng: random.Random, rows: list[Pair]) -> str:
    """The label on one line and its value on the next."""
    mark, gap = rng.choice(("", "", ":", "?", " *")), rng.choice(("\n", "\n", "\n\n"))
    indent = rng.choice(("", "", "  ", "\t"))
    return gap.join(f"{label}{mark}\n{indent}{value}" for label, value in rows)


def below(rng: random.Random, rows: list[Pair]) -> str:
    """The value first and its label under it, or behind it."""
    shape = rng.choice(("{1}\n({0})", "{1} ({0})", "{1} <- {0}", "{1}\n-- {0}"))
    return "\n".join(shape.format(label, value) for label, value in rows)


def table(rng: random.Random, rows: list[Pair]) -> str:
    """A table with pipes, two columns wide."""
    head = rng.choice(
        ("", "| Vraag | Antwoord |\n|---|---|\n", "| Gegeven | Opgave |\n| --- | --- |\n", "+----+----+\n")
    )
    return head + "\n".join(f"| {label} | {value} |" for label, value in rows)


def columns(rng: random.Random, rows: list[Pair]) -> str:
    """The labels on one line and the values on the next, a few at a time."""
    sign, out = rng.choice(("\t", " | ", " ; ", ";")), []
    while rows:
        size = rng.randint(2, 4)
        part, rows = rows[:size], rows[size:]
        out.append(sign.join(label for label, _ in part) + "\n" + sign.join(value for _, value in part))
    return "\n".join(out)


def joined(rng: random.Random, rows: list[Pair]) -> str:
    """Two or three fields on a line."""
    sign, gap, out = rng.choice((": ", " ", "=")), rng.choice(("; ", " | ", "   ", " / ", ", ", "\t")), []
    while rows:
        size = rng.randint(1, 3)
        part, rows = rows[:size], rows[size:]
        out.append(gap.join(f"{label}{sign}{value}" for label, value in part))
    return "\n".join(out)


def tagged(rng: random.Random, rows: list[Pair]) -> str:
    """A machine's export: tags or keys."""
    shape = rng.choice(("<{0}>{1}</{0}>", "{0}={1}", '"{0}": {1},', "[{0}] {1}", "#{0}: {1}"))
    slugged = [(label.lower().replace(" ", "_").rstrip("?:"), value) for label, value in rows]
    return "\n".join(shape.format(label, value) for label, value in slugged)


def questions(rng: random.Random, rows: list[Pair]) -> str:
    """Numbered questions with their answers."""
    start = rng.randint(1, 9)
    shape = rng.choice(
        ("{n}. {0}: {1}", "{n}) {0}\n{1}", "Vraag {n} {0}\nAntwoord: {1}", "{n}. {0}\n   {1}", "V: {0}\nA: {1}")
    )
    return "\n".join(shape.format(label, value, n=start + i) for i, (label, value) in enumerate(rows))


BLOCKS: tuple[tuple[Callable[[random.Random, list[Pair]], str], int], ...] = (
    (lines, 10), (dotted, 2), (above, 3), (below, 1), (table, 2),
    (columns, 1), (joined, 2), (tagged, 1), (questions, 2),
)  # fmt: skip
HEADINGS = (
    "{}", "{}", "# {}", "== {} ==", "{}:", "{}\n------", "* {}", "[{}]", "1. {}", "Deel A: {}", "**{}**", "{}\n",
    "--- {} ---",
)  # fmt: skip
SECTIONS = (
    "Gegevens", "Algemeen", "Uw gegevens", "Contact", "Planning", "Overig", "Het verzoek", "Toelichting",
    "Maten en aantallen", "Stukken", "Financiën", "Situatie", "Persoonlijk", "Vragen", "Plaats", "Wie en waar",
    "Ondertekening", "Bijzonderheden",
)  # fmt: skip


def heading(rng: random.Random, text: str) -> str:
    shown = rng.choice((text, text, text.upper(), text.lower()))
    return rng.choice(HEADINGS).format(shown)


def form_block(rng: random.Random, said: list[str]) -> str:
    """Fields in one layout, some preprinted lines among them."""
    said = list(said)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        said.insert(rng.randint(0, len(said)), form_line(rng))
    kinds, weights = zip(*BLOCKS, strict=True)
    rows = pairs_of(said)
    if rng.random() < 0.8:
        rows = [(capital(label), value) for label, value in rows]
    block: Callable[..., str] = rng.choices(kinds, weights)[0]
    return block(rng, rows)


def prose_block(rng: random.Random, said: list[str]) -> str:
    """Sentences in paragraphs or bullets, with filler among them."""
    sentences = [capital(text) for text in said]
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        sentences.insert(rng.randint(0, len(sentences)), filler(rng))
    roll = rng.random()
    if roll < 0.18:
        bullet = rng.choice(("- ", "* ", "• ", "> ", "  - "))
        return "\n".join(bullet + text for text in sentences)
    if roll < 0.24:
        return "\n".join(f"{number}. {text}" for number, text in enumerate(sentences, 1))
    gaps = rng.choice(((" ",), (" ", " ", " ", "\n"), (" ", " ", "\n\n"), ("\n",), ("\n> ",), ("\n\n",)))
    if rng.random() < 0.12:
        openers = ("En ", "Verder: ", "O ja, ", "Dan nog dit: ", "Ook: ", "Ten slotte: ")
        sentences = [rng.choice(openers) + text if rng.random() < 0.4 else text for text in sentences]
    text = sentences[0]
    for sentence in sentences[1:]:
        text += rng.choice(gaps) + sentence
    return text


def opening(rng: random.Random, head: list[str], mail: bool) -> str:
    """What stands above the text: a letterhead, the lines of a mail, a subject, a greeting."""
    subject = rng.choice(WORDS["subjects"])
    parts = []
    if mail:
        parts.append(f"{rng.choice(('Van', 'From', 'E-mail'))}: {names.email(rng, 'train')}")
        if rng.random() < 0.5:
            parts.append(f"Aan: {rng.choice(('gemeente', 'loket', 'info', 'post'))}@gemeente.example")
        parts += head
        parts.append(
            f"{rng.choice(('Onderwerp', 'Betreft', 'Subject'))}: {rng.choice(('', '', 'RE: ', 'Fwd: '))}{subject}"
        )
    else:
        if rng.random() < 0.3:
            where = names.address(rng, "train")
            who = rng.choice((names.company(rng, "train"), f"Gemeente {where.place}", "Afdeling Burgerzaken"))
            parts.append(
                f"{who}\n{where.street} {where.number}\n{where.postcode[:4]} {where.postcode[4:]} {where.place}\n"
            )
        parts += head
        if rng.random() < 0.5:
            parts.append(
                rng.choice((f"Betreft: {subject}", subject.capitalize(), subject.upper(), f"Inzake: {subject}"))
            )
    if rng.random() < 0.7:
        greetings = (
            "Geachte heer, mevrouw,",
            "Beste mensen,",
            "Geacht college,",
            "L.S.,",
            "Hallo,",
            "Goedemorgen,",
            "Dag,",
            "Geachte lezer,",
        )
        parts.append("\n" + rng.choice(greetings))
    return "\n".join(parts)


def closing(rng: random.Random, foot: list[str]) -> str:
    """What stands below: the signature, a footer, older mail."""
    parts = list(foot)
    if not foot and rng.random() < 0.3:
        parts.append(rng.choice(("Met vriendelijke groet", "Hoogachtend", "Groet", "Alvast bedankt")))
    if rng.random() < 0.2:
        parts.append(rng.choice(("---\n", "_____\n", "Disclaimer: ", "Verzonden vanaf mijn telefoon. ")) + filler(rng))
    if rng.random() < 0.15:
        parts.append(f"> {names.email(rng, 'train')} schreef:\n> {filler(rng)}\n> {filler(rng)}")
    return rng.choice(("\n\n", "\n")).join(parts)


def unmarked(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")
