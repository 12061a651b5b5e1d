"""Reads a trace in the plain spelling that tools write, several times faster than an XML parser with handlers can.

Plain is: nothing but `<event>`, `</event>` and childless typed attributes, spelled `<string key="..." value="..."/>`,
with white space between them. That is a regular language, and a text is taken only when all of it was recognised; then
it is well-formed and has one reading, the one an XML parser gives. For everything else (nested attributes, lists,
comments, CDATA, prefixes, values with line breaks, any mistake) the answer is None and the parser has to read it.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from finetune.logs.xes_values import CONVERT

Case = tuple[dict[str, Any], list[dict[str, Any]]]
"""The attributes of a trace, and those of each of its events."""

_CONTROL = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20)])
_BETWEEN = re.compile(
    r"(?P<ends>(?: ?/>)?)[ \t\r\n]*(?P<closes>(?:</event>)?)[ \t\r\n]*(?P<opens>(?:<event>)?)[ \t\r\n]*"
    r"(?:<(?P<kind>string|date|int|float|boolean|id) key=)?"
)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ENTITY = re.compile("|".join(_ENTITIES))
_SPELLINGS = 4096


class _NotPlain(Exception):
    """The text is not in the plain spelling."""


class _Turn(NamedTuple):
    """What happens between a value and the next key, but for the usual: one attribute ends and the next begins."""

    ends: bool
    closes: bool
    opens: bool
    last: bool


class _Between(dict[str, tuple[_Turn | None, Callable[[str], Any]]]):
    """What stands between a value and the next key, and how the next value is read.

    A log has a handful of spellings, so each is recognised once.
    """

    def __missing__(self, text: str) -> tuple[_Turn | None, Callable[[str], Any]]:
        found = _BETWEEN.fullmatch(text)
        if found is None:
            raise _NotPlain
        if len(self) == _SPELLINGS:
            self.clear()
        ends, closes, opens, kind = found.group("ends", "closes", "opens", "kind")
        turn = _Turn(bool(ends), bool(closes), bool(opens), kind is None)
        usual = turn == (True, False, False, False)
        self[text] = None if usual else turn, CONVERT[kind or "string"]
        return self[text]


_between = _Between()


def plain_trace(content: bytes) -> Case | None:
    """Read what stands between `<trace>` and `</trace>` in a UTF-8 file; None where it is not plain."""
    if len(content.translate(None, _CONTROL)) < len(content):
        return None
    try:
        text = content.decode("utf-8")
        return _read(text) if "\ufffe" not in text and "\uffff" not in text else None
    except (_NotPlain, ValueError, KeyError):
        return None


def _read(text: str) -> Case:
    pieces = text.split('"')  # before a key, key, " value=", value, before a key, ...
    keys, values = pieces[1::4], pieces[3::4]
    if len(pieces) % 4 != 1 or set(pieces[2::4]) - {" value="}:
        raise _NotPlain
    said = '"'.join([*keys, *values])
    if "<" in said or "\n" in said or "\t" in said or "\r" in said:
        raise _NotPlain
    if "&" in said:
        keys, values = [_resolved(key) for key in keys], [_resolved(value) for value in values]
    attributes: dict[str, Any] = {}
    events: list[dict[str, Any]] = []
    target = attributes
    inside, begun = False, False
    for (turn, convert), key, value in zip(map(_between.__getitem__, pieces[:-1:4]), keys, values, strict=True):
        if turn:
            if turn.ends is not begun or turn.closes > inside or (turn.opens and inside > turn.closes) or turn.last:
                raise _NotPlain
            if turn.closes:
                target, inside = attributes, False
            if turn.opens:
                target, inside = {}, True
                events.append(target)
            begun = True
        if key in target or not begun:
            raise _NotPlain
        target[key] = value if convert is str else convert(value)
    turn, _ = _between[pieces[-1]]
    if turn is None or turn.ends is not begun or turn.closes is not inside or turn.opens or not turn.last:
        raise _NotPlain
    return attributes, events


def _resolved(text: str) -> str:
    if "&" in _ENTITY.sub("", text):
        raise _NotPlain
    return _ENTITY.sub(lambda found: _ENTITIES[found.group()], text)
