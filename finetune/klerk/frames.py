"""Frames: subjects of a few facts that belong together, each with many ways to say them, read from `bank/*.txt`.

A line of a bank file is one of `@ frame`, `fact sort: key, key = values`, `fact? label; label`, `- sentence`,
`ja fact: sentence`, `nee fact: sentence`, `~ noise`, `% comment`. Holes `{fact}` take values; in a sentence that says
yes or no «these marks» hold the quotation. What lies in `bank/unseen` is kept from training, to measure how a subject
is read that is new. `python -m finetune.klerk.frames FILE` checks a file and shows examples.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from finetune.klerk.fillers import HOLE, MADE
from finetune.klerk.slots import RESERVED
from scaffolds.errors import CasewrightError

BANK = Path(__file__).with_name("bank")
VALUED = frozenset(("text", "choice", "list"))
SORTS = VALUED | {
    "day", "money", "length", "area", "count", "person", "party", "company", "address", "place", "code", "phone",
    "mail", "yesno",
}  # fmt: skip
_FACT = re.compile(r"(\w+) (\w+)(?:\(([^)]+)\))?: ([^=]+?)(?: = (.+))?")
_LABELS = re.compile(r"(\w+)\? (.+)")
_CLAIM = re.compile(r"(ja|nee) (\w+): (.+)")
_QUOTED = re.compile("«([^«»]+)»")
_KEY = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Fact:
    """One fact of a frame; `values` are those of a text or list, or of a choice, each with its surfaces."""

    name: str
    sort: str
    noun: str
    keys: tuple[str, ...]
    values: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Sentence:
    """A way to say the facts in its holes, and in a claim that `fact` holds or does not."""

    text: str
    holes: frozenset[str]
    fact: str = ""
    value: str = ""

    @property
    def says(self) -> frozenset[str]:
        return self.holes | {self.fact} if self.fact else self.holes


@dataclass(frozen=True)
class Frame:
    """One subject: its facts, their labels on forms, the sentences that state them and those that only look so."""

    topic: str
    name: str
    facts: dict[str, Fact] = field(default_factory=dict)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sentences: list[Sentence] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)

    def add(self, line: str) -> None:
        """Take up one line of the file; raises ValueError that says what is wrong with it."""
        if line.startswith("- "):
            holes = _holes(line, known=self.facts)
            if not holes:
                raise ValueError("a sentence without a hole states nothing")
            if yesno := {name for name in holes if self.facts[name].sort == "yesno"}:
                raise ValueError(f"{yesno} is yesno: it takes lines that begin with ja or nee")
            self.sentences.append(Sentence(line[2:], holes))
        elif line.startswith("~ "):
            _holes(line, known=MADE)
            self.noise.append(line[2:])
        elif found := _CLAIM.fullmatch(line):
            value, fact, text = found.groups()
            if fact not in self.facts or self.facts[fact].sort != "yesno":
                raise ValueError(f"{fact} is no yesno fact of this frame")
            if len(_QUOTED.findall(text)) != 1 or HOLE.search(_QUOTED.findall(text)[0]):
                raise ValueError("exactly one part without holes has to stand between « and »")
            self.sentences.append(Sentence(text, _holes(text, known=self.facts), fact, value))
        elif found := _LABELS.fullmatch(line):
            if found[1] not in self.facts:
                raise ValueError(f"labels of {found[1]}, which is no fact of this frame")
            self.labels[found[1]] = _split(found[2], ";")
        elif found := _FACT.fullmatch(line):
            self._declare(*found.groups())
        else:
            raise ValueError("this is no line of a frame")

    def _declare(self, name: str, sort: str, noun: str | None, keys: str, values: str | None) -> None:
        if sort not in SORTS:
            raise ValueError(f"no sort is called {sort}")
        if (sort in VALUED) != bool(values) or (sort == "count") != bool(noun):
            raise ValueError(f"{sort} with its values or noun missing, or with some that it does not take")
        named = _split(keys, ",")
        taken = {key for other in self.facts.values() for key in other.keys}
        if bad := [key for key in named if key in RESERVED | taken or not _KEY.fullmatch(key) or key != key.lower()]:
            raise ValueError(f"these keys are reserved, used twice or not well formed: {bad}")
        told: tuple[tuple[str, tuple[str, ...]], ...] = ()
        if sort == "choice":
            parts = [one.partition(":") for one in _split(values or "", ";")]
            told = tuple((value.strip(), _split(surfaces, ",")) for value, _, surfaces in parts)
            if any(not value or not surfaces for value, surfaces in told):
                raise ValueError("a choice is written `value: surface, surface; value: surface`")
        elif values:
            told = tuple((value, (value,)) for value in _split(values, ";"))
        self.facts[name] = Fact(name, sort, noun or "", named, told)


def _split(text: str, mark: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(mark) if part.strip())


def _holes(line: str, *, known: Mapping[str, object]) -> frozenset[str]:
    holes = HOLE.findall(line)
    if strange := [name for name in holes if name not in known]:
        raise ValueError(f"no {strange} to put into a hole; there are {sorted(known)}")
    if len(set(holes)) < len(holes):
        raise ValueError("a hole stands twice in one sentence")
    if "{" in HOLE.sub("", line):
        raise ValueError("a brace that closes no hole")
    return frozenset(holes)


def read(path: Path) -> Iterator[Frame]:
    """Give the frames of a file; raises CasewrightError with the line of a fault, or where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CasewrightError(f"{path} cannot be read as UTF-8 text: {error}") from None
    frame: Frame | None = None
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("%"):
            continue
        try:
            if line.startswith("@ "):
                if frame:
                    yield frame
                frame = Frame(path.stem, line[2:].strip())
            elif frame is None:
                raise ValueError("a file begins with a frame: `@ name`")
            else:
                frame.add(line)
        except ValueError as error:
            raise CasewrightError(f"{path.name}, line {number}: {error}. It reads: {line[:100]}") from None
    if frame:
        yield frame


@functools.cache
def bank(*, unseen: bool = False) -> tuple[Frame, ...]:
    """The frames that training reads, or those that it never does, in the order of the files."""
    folder = BANK / "unseen" if unseen else BANK
    return tuple(frame for path in sorted(folder.glob("*.txt")) for frame in read(path))


def thin(frame: Frame, *, labels: int = 3, sentences: int = 6, noise: int = 4) -> list[str]:
    """What of the frame has too few ways to be said; empty if nothing has."""
    found = [] if len(frame.noise) >= noise else [f"{len(frame.noise)} lines of noise"]
    for name, told in frame.facts.items():
        if len(frame.labels.get(name, ())) < labels:
            found.append(f"{name} has {len(frame.labels.get(name, ()))} labels")
        if told.sort == "yesno":
            for value in ("ja", "nee"):
                ways = sum(one.fact == name and one.value == value for one in frame.sentences)
                found += [f"{name} has {ways} ways to say {value}"] if ways < sentences else []
        elif (ways := sum(name in one.holes for one in frame.sentences)) < sentences:
            found.append(f"{name} stands in {ways} sentences")
    return found


def main(arguments: list[str] | None = None) -> None:
    """Check a file and show what those of its frames look like that have enough ways to be said."""
    import datetime as dt
    import random

    from finetune.klerk import framed, layouts

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="for example finetune/klerk/bank/brieven.txt")
    frames = list(read(parser.parse_args(arguments).file))
    gaps = {frame.name: thin(frame) for frame in frames}
    for name, found in gaps.items():
        for gap in found:
            print(f"{name}: {gap}")
    facts = sum(len(frame.facts) for frame in frames)
    print(f"{len(frames)} frames, {facts} facts, {sum(len(frame.sentences) for frame in frames)} sentences")
    rng, received = random.Random(), dt.date(2024, 5, 6)
    whole = [frame for frame in frames if not gaps[frame.name]]
    for frame in rng.sample(whole, min(3, len(whole))):
        form = framed.on_form(rng, frame, received).text.replace("\t", ": ")
        prose = "\n".join(framed.in_prose(rng, frame, received).text for _ in range(3))
        print(f"\n--- {frame.name}\n{layouts.unmarked(form)}\n{layouts.unmarked(prose)}")


if __name__ == "__main__":
    try:
        main()
    except CasewrightError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
