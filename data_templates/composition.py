"""Composition: documents of which every one is laid out anew, from blocks, headings and furniture drawn at random.

A workflow gives its themes (groups of facts) and a genre; the words are sections of its bank, of which the common
ones stand in `furniture.train.txt`. For training only: evaluation has fixed layouts of its own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TypeVar

from data_templates import blocks
from data_templates.blocks import NOISE, Block, Item
from data_templates.writer import Writer

Themes = Mapping[str, Sequence[str]]
"""Groups of facts by the bank section of their headings, e.g. "kop locatie"."""

_PROSE: tuple[Block, ...] = (blocks.paragraph,) * 4 + (blocks.lines,)
_LISTS: tuple[Block, ...] = (blocks.bullets, blocks.bullets, blocks.numbered, blocks.lines)
_FORMS: tuple[Block, ...] = (blocks.rows,) * 6 + (blocks.transposed,)


@dataclass(frozen=True, kw_only=True)
class Genre:
    """What kind of document is composed.

    `top` and `foot` are bank sections, each written with the chance `furnished`; `blocks` are drawn from; `headed`
    is the chance of headings; `annexes` are genres of further documents, () for none.
    """

    top: tuple[str, ...]
    foot: tuple[str, ...]
    blocks: tuple[Block, ...]
    furnished: float = 0.5
    headed: float = 0.3
    noise: tuple[int, ...] = (1, 2, 3, 4)
    annexes: tuple[Genre, ...] = ()

    def without(self, sections: Container[str]) -> Genre:
        """The same genre and its annexes, with none of these sections."""
        top, foot = (tuple(name for name in names if name not in sections) for names in (self.top, self.foot))
        annexes = tuple(annex.without(sections) for annex in self.annexes)
        return replace(self, top=top, foot=foot, annexes=annexes)


ANNEX_FORM = Genre(top=("kop bijlage",), foot=("rand voet",), blocks=_FORMS, headed=0.4, noise=(0, 1))
ANNEX_TEXT = Genre(top=("kop bijlage", "rand paginakop"), foot=("rand voet",), blocks=_PROSE + _LISTS, noise=(0, 1, 2))
LETTER = Genre(
    top=(
        "rand briefhoofd",
        "rand afzender",
        "rand geadresseerde",
        "rand eigen adres",
        "rand dagtekening",
        "rand kenmerk",
        "rand betreft",
        "opening brief",
    ),
    foot=("slot brief", "rand ondertekening", "rand eigen adres", "rand dagtekening", "rand voet"),
    blocks=_PROSE * 2 + _LISTS + _FORMS[:2],
    annexes=(ANNEX_FORM, ANNEX_TEXT),
)
MAIL = Genre(
    top=("rand mailkop", "rand afzender", "rand dagtekening", "rand betreft", "opening los"),
    foot=("slot los", "rand ondertekening", "rand dagtekening", "rand bereikbaar", "rand disclaimer"),
    blocks=(*_PROSE, *_LISTS, blocks.heaped, blocks.quoted, blocks.rows),
    headed=0.1,
    annexes=(ANNEX_TEXT,),
)
FORM = Genre(
    top=("kop formulier", "rand kenmerk", "rand dagtekening", "rand afzender"),
    foot=("rand ondertekening", "rand dagtekening", "rand voet"),
    blocks=_FORMS + _FORMS + _PROSE[:1],
    furnished=0.4,
    headed=0.7,
    annexes=(ANNEX_TEXT,),
)
NOTE = Genre(
    top=("kop notitie", "rand dagtekening", "rand melder", "rand kenmerk", "rand behandeld"),
    foot=("rand dagtekening", "rand behandeld", "rand actie"),
    blocks=(blocks.heaped, blocks.heaped, *_LISTS, *_PROSE[:2], blocks.rows),
    headed=0.2,
)
TALK = Genre(
    top=("kop gesprek", "rand dagtekening", "opening los", "rand gesprek afzender"),
    foot=("rand ondertekening", "rand dagtekening", "rand bereikbaar"),
    blocks=(blocks.paragraph, blocks.paragraph, blocks.lines, blocks.heaped, blocks.quoted),
    headed=0.0,
    noise=(1, 2, 3),
)
AGENT = Genre(
    top=(
        "rand kantoor",
        "rand geadresseerde",
        "rand dagtekening",
        "rand kenmerk",
        "rand betreft",
        "opening brief",
        "rand volmacht",
    ),
    foot=("slot brief", "rand ondertekening", "rand dagtekening", "rand voet", "rand disclaimer"),
    blocks=_PROSE + _LISTS + _FORMS,
    headed=0.5,
    annexes=(ANNEX_FORM, ANNEX_TEXT),
)


W = TypeVar("W", bound=Writer)


def layout(
    name: str,
    genre: Genre,
    themes: Callable[[W], Themes],
    *,
    place: Sequence[str] = (),
    never: Container[str] = (),
) -> Callable[[W], None]:
    """A layout called `name` that composes `genre` anew for every dossier, without the sections in `never`."""
    genre = genre.without(never)

    def written(w: W) -> None:
        compose(w, genre, themes(w), place=place)

    written.__name__ = name
    return written


def compose(w: Writer, genre: Genre, themes: Themes, *, place: Sequence[str]) -> None:
    """Write the documents of one dossier; `place` are the facts without which no other address is named."""
    rng = w.rng
    stated = {path for path in place if path not in w.world.omitted}
    frames = _Frames(w, homes=len(stated) == len(place))
    genres = [genre, *rng.choices(genre.annexes, k=rng.choice((0, 0, 1, 1, 2)))] if genre.annexes else [genre]
    w.open()
    frames.write(genre.top, genre)
    chunks = _dealt(w, themes, rng.choice(genre.noise), held=_held(w, genre))
    cuts = sorted(rng.sample(range(1, len(chunks)), min(len(genres), len(chunks)) - 1))
    for part, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(chunks)], strict=True)):
        if part:
            w.open()
            frames.write(genres[part].top, genres[part])
        _body(w, genres[part], chunks[start:end])
        last = end == len(chunks)
        if last:  # whatever was not said, before the document is signed
            w.prose(*(path for _, paths, _ in chunks for path in paths), doubts=True)
        frames.write(genres[part].foot, genres[part])
    # A table without this fact's own label, a signature that was not written.
    w.prose(*(path for paths in themes.values() for path in paths))


Chunk = tuple[str, list[str], list[Item]]
"""The heading's section, facts, and distractors and contradictions."""


def _held(w: Writer, genre: Genre) -> set[str]:
    """Draw the facts that are kept for the foot of the document, such as the name under a letter."""
    named = {path for section in genre.foot for template in w.bank.get(section, ()) for path in w.named(template)}
    return {path for path in sorted(named) if w.rng.random() < 0.5}


def _dealt(w: Writer, themes: Themes, noise: int, *, held: Container[str]) -> list[Chunk]:
    """Group the facts that are due by theme, or mix them; then strew distractors and contradictions."""
    rng = w.rng
    due = {name: [p for p in paths if w.due(p) and p not in held] for name, paths in themes.items()}
    groups = [(name, rng.sample(paths, len(paths))) for name, paths in due.items() if paths] or [("kop overig", [])]
    rng.shuffle(groups)
    if rng.random() < 0.45 and groups[0][1]:
        paths = [path for _, group in groups for path in group]
        rng.shuffle(paths)
        count = rng.randint(1, min(5, len(paths)))
        cuts = [0, *sorted(rng.sample(range(1, len(paths)), count - 1)), len(paths)]
        groups = [("kop overig", paths[a:b]) for a, b in pairwise(cuts)]
    elif rng.random() < 0.5:
        kept = rng.randint(1, len(groups))
        merged = [groups[i::kept] for i in range(kept)]
        groups = [(part[0][0], [path for _, paths in part for path in paths]) for part in merged]
    chunks: list[Chunk] = [(name, paths, []) for name, paths in groups]
    for item in [NOISE] * noise + list(w.second.items()):
        rng.choice(chunks)[2].append(item)
    w.second = {}
    return chunks


def _body(w: Writer, genre: Genre, chunks: Sequence[Chunk]) -> None:
    rng = w.rng
    heading = partial(_heading, look=rng.choice(_HEADINGS)) if rng.random() < genre.headed else None
    favourite = rng.choice(genre.blocks)
    for number, (section, paths, extra) in enumerate(chunks, 1):
        items: list[Item] = [(path, None) for path in paths]
        for item in extra:
            items.insert(rng.randint(0, len(items)), item)
        if heading:
            heading(w, section, number)
        (favourite if rng.random() < 0.5 else rng.choice(genre.blocks))(w, items)
        if rng.random() < 0.06:
            w.put(rng.choice(w.bank["rand paginakop"]) + "\n\n")


_HEADINGS = (
    "{text}", "{text}:", "{upper}", "{upper}:", "{text}\n{line}", "{upper}\n{double}", "{number}. {text}",
    "{number}) {text}", "{letter}. {text}", "{number} {upper}", "Deel {number}: {text}", "** {text} **", "## {text}",
    "--- {text} ---", "=== {upper} ===", "§ {number} {text}", "{roman}. {text}", "Blok {letter} - {text}", "~ {text} ~",
    "_{text}_", "> {upper}", "Onderdeel {number}\n{text}", "{number}.0 {text}", "*{text}*", "+++ {text}",
    "Rubriek {roman} ({text})", "Pagina {number} - {text}", "Stap {number}: {text}", "///// {upper}",
)  # fmt: skip


def _heading(w: Writer, section: str, number: int, *, look: str) -> None:
    text = w.rng.choice(w.bank[section])
    w.write(
        look.format(
            text=text,
            upper=text.upper(),
            line="-" * len(text),
            double="=" * len(text),
            number=number,
            letter=chr(64 + number),
            roman=("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")[number - 1],
        )
        + w.rng.choice(("\n", "\n", "\n\n"))
    )


class _Frames:
    """Writes furniture; `homes` says whether another address may be named without passing for the place."""

    def __init__(self, w: Writer, *, homes: bool) -> None:
        self.w = w
        self.homes = homes
        self.used: set[str] = set()

    def write(self, sections: Sequence[str], genre: Genre) -> None:
        """Write one line of some of these sections, unless it was written before."""
        rng: random.Random = self.w.rng
        gap = rng.choice(("\n", "\n", "\n\n"))
        for section in sections:
            greeting = section.startswith(("opening", "slot"))
            if rng.random() > (0.85 if greeting else genre.furnished) or section in self.used:
                continue
            if section == "rand eigen adres" and not self.homes:
                continue
            self.used |= {section} - {"rand voet", "kop bijlage"}
            if self.w.put_due(*self.w.bank.get(section, ())):
                self.w.write("\n\n" if greeting else gap)
        if self.w.at and not self.w.texts[-1][-1].endswith("\n\n"):
            self.w.write("\n")
