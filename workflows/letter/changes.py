"""differences: what a person made of a letter, block by block and word by word. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from workflows.letter.content import Letter, block_as_body

Kind = Literal["equal", "removed", "added", "changed"]
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One block before and after; `words` are its pieces in order, each equal, removed or added.

    The pieces that are not added make up `before`, those that are not removed make up `after`.
    """

    kind: Kind
    before: str
    after: str
    words: tuple[tuple[Kind, str], ...]


def differences(template: Letter, edited: Letter) -> tuple[Change, ...]:
    """Compare two letters, the subject first; what is equal is given too, so that the whole can be shown."""
    old, new = _parts(template), _parts(edited)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        change
        for _, old_from, old_to, new_from, new_to in matcher.get_opcodes()
        for change in _changes(old[old_from:old_to], new[new_from:new_to])
    )


def _parts(letter: Letter) -> list[str]:
    return [letter.subject, *map(block_as_body, letter.blocks)]


def _changes(old: list[str], new: list[str]) -> Iterator[Change]:
    for before, after in zip_longest(old, new):
        if before is None:
            yield Change(kind="added", before="", after=after, words=(("added", after),))
        elif after is None:
            yield Change(kind="removed", before=before, after="", words=(("removed", before),))
        elif before == after:
            yield Change(kind="equal", before=before, after=after, words=(("equal", before),))
        else:
            yield Change(kind="changed", before=before, after=after, words=tuple(_words(before, after)))


def _words(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield "equal", "".join(old[old_from:old_to])
            continue
        if old_from < old_to:
            yield "removed", "".join(old[old_from:old_to])
        if new_from < new_to:
            yield "added", "".join(new[new_from:new_to])
