"""Check: hold what Label Studio gives back to the form that was asked.

The server accepts unknown labels, spans outside the text, numbers outside their bounds and two values in a single
choice. Here nothing of that passes, and every reason is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from data_templates.labelling.form import Control, Date, Form, OneOf, Pair, Spans, WholeNumber, Words
from finetune.annotate.offsets import from_utf16

_DAY = re.compile(r"(19|20)\d{2}-\d{2}-\d{2}")
_TYPES: Mapping[type[Control], str] = {
    OneOf: "choices",
    WholeNumber: "number",
    Date: "datetime",
    Words: "textarea",
    Pair: "pairwise",
}


class Refused(Exception):
    """A result that is not what was asked; `reasons` tells every fault in words."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A span that was marked: [start, end) in code points of the text, or of the turn `turn` of a dialogue."""

    label: str
    start: int
    end: int
    turn: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was filled in: a value per control that is asked once, and the marks in the order of the text."""

    values: Mapping[str, Any]
    marks: tuple[Mark, ...]


def check(form: Form, shown: Mapping[str, Any], results: Any) -> Checked:
    """Check the results of one annotation. Raises Refused with every reason."""
    reader = _Reader(form, shown)
    for item in results if isinstance(results, list) else [None]:
        reader.take(item)
    return reader.finish()


class _Reader:
    """Reads results one by one, and remembers what is wrong with them."""

    def __init__(self, form: Form, shown: Mapping[str, Any]) -> None:
        self.form, self.shown = form, shown
        self.reasons: list[str] = []
        self.values: dict[str, Any] = {}
        self.marks: dict[str, tuple[Mark, Any]] = {}
        self.beside: dict[str, dict[str, Any]] = {}
        self.places: dict[tuple[str, str], Any] = {}

    def take(self, item: Any) -> None:
        """Read one result."""
        if not isinstance(item, dict) or not isinstance(item.get("value"), dict):
            return self.reasons.append("a result is not an object with a value")
        name, value = item.get("from_name"), item["value"]
        control = self.form.by_name.get(name) if isinstance(name, str) else None
        if control is None:
            return self.reasons.append(f"unknown control {name!r}")
        if item.get("to_name") not in (control.to, getattr(control, "other", control.to)):
            return self.reasons.append(f"{name} is about {item.get('to_name')!r}, not about {control.to}")
        wanted = self._type(control)
        if item.get("type") != wanted:
            return self.reasons.append(f"{name} has type {item.get('type')!r}, not {wanted}")
        if isinstance(control, Spans):
            return self._span(control, item.get("id"), value)
        try:
            read = _value(control, value)
        except Refused as refused:
            read = None  # an answer that is wrong is not also one that is missing
            self.reasons.extend(refused.reasons)
        if control.region:
            return self._beside(control, item.get("id"), value, read)
        if name in self.values:
            return self.reasons.append(f"{name} is answered twice")
        self.values[control.name] = read
        return None

    def _type(self, control: Control) -> str:
        if isinstance(control, Spans):
            return "paragraphlabels" if self._dialogue(control) else "labels"
        return _TYPES[type(control)]

    def _dialogue(self, control: Control) -> bool:
        return any(shown.name == control.to and shown.layout == "dialogue" for shown in self.form.shown)

    def _span(self, control: Spans, id_: Any, value: Mapping[str, Any]) -> None:
        dialogue = self._dialogue(control)
        labels = value.get("paragraphlabels" if dialogue else "labels")
        if not isinstance(labels, list) or len(labels) != 1:
            return self.reasons.append(f"a span has {labels!r}, not exactly one label")
        if labels[0] not in control.labels:
            return self.reasons.append(f"unknown label {labels[0]!r}")
        if not isinstance(id_, str) or id_ in self.marks:
            return self.reasons.append(f"two spans have the id {id_!r}")
        try:
            turn, text, start, end = self._stretch(control.to, value, dialogue=dialogue)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            return self.reasons.append(f"the span of {labels[0]} is no place in the text ({error})")
        if not 0 <= start < end <= len(text):
            return self.reasons.append(f"the span {start}-{end} of {labels[0]} lies outside the text")
        if "text" in value and value["text"] != text[start:end]:
            return self.reasons.append(f"the text of {labels[0]} at {start}-{end} is not what stands there")
        if "text" not in value and not dialogue:
            return self.reasons.append(f"the span of {labels[0]} comes without its text")
        self.marks[id_] = Mark(label=labels[0], start=start, end=end, turn=turn), _place(value)
        return None

    def _stretch(self, to: str, value: Mapping[str, Any], *, dialogue: bool) -> tuple[int | None, str, int, int]:
        if not dialogue:
            start, end = value["start"], value["end"]
            if type(start) is not int or type(end) is not int:
                raise ValueError(f"{start!r} to {end!r}")
            return None, self.shown[to], start, end
        turn = int(value["start"])
        if turn < 0 or int(value["end"]) != turn:
            raise ValueError("it covers more than one turn")
        text = self.shown[to][turn]["wat"]
        return turn, text, from_utf16(text, value["startOffset"]), from_utf16(text, value["endOffset"])

    def _beside(self, control: Control, id_: Any, value: Mapping[str, Any], read: Any) -> None:
        if (values := self.beside.setdefault(str(id_), {})).setdefault(control.name, read) is not read:
            return self.reasons.append(f"{control.name} is answered twice for one span")
        self.places[str(id_), control.name] = _place(value)
        values[control.name] = read
        return None

    def finish(self) -> Checked:
        """Bring spans and what was said of them together; raises Refused when anything was wrong."""
        for id_, values in self.beside.items():
            if id_ not in self.marks:
                self.reasons.append(f"{', '.join(values)} belongs to no span")
                continue
            mark, place = self.marks[id_]
            for name in values:
                if mark.label not in self.form.by_name[name].region:
                    self.reasons.append(f"{name} is said of a span of {mark.label}")
                if self.places[id_, name] not in (None, place):
                    self.reasons.append(f"{name} is said of another place than its span")
        for control in self.form.controls:
            if control.required and not control.region and control.name not in self.values:
                self.reasons.append(f"{control.name} is not answered")
        marks = []
        for id_, (mark, _) in self.marks.items():
            values = self.beside.get(id_, {})
            for control in self.form.controls:
                if control.required and mark.label in control.region and control.name not in values:
                    self.reasons.append(f"{control.name} is not answered for the span at {mark.start}-{mark.end}")
            marks.append(Mark(label=mark.label, start=mark.start, end=mark.end, turn=mark.turn, values=values))
        if self.reasons:
            raise Refused(self.reasons)
        marks.sort(key=lambda mark: (mark.turn or 0, mark.start, mark.end, mark.label))
        return Checked(values=self.values, marks=tuple(marks))


def _place(value: Mapping[str, Any]) -> Any:
    """Where a result says that it stands; None where it does not say."""
    return tuple(value[key] for key in ("start", "end", "startOffset", "endOffset") if key in value) or None


def _value(control: Control, value: Mapping[str, Any]) -> Any:
    name = control.name
    match control:
        case OneOf():
            chosen = value.get("choices")
            if not isinstance(chosen, list) or len(chosen) != 1:
                raise Refused([f"{name} has {chosen!r}, not exactly one choice"])
            if chosen[0] not in control.options:
                raise Refused([f"{name} has the unknown choice {chosen[0]!r}"])
            return chosen[0]
        case WholeNumber():
            number = value.get("number")
            if type(number) is not int:
                raise Refused([f"{name} is {number!r}, not a whole number"])
            if not control.minimum <= number <= control.maximum:
                raise Refused([f"{name} is {number}, outside {control.minimum} to {control.maximum}"])
            return number
        case Date():
            said = value.get("datetime")
            try:
                if not isinstance(said, str) or not _DAY.fullmatch(said):
                    raise ValueError
                return date.fromisoformat(said).isoformat()
            except ValueError:
                raise Refused([f"{name} is {said!r}, not a day such as 2026-03-31"]) from None
        case Words():
            words = value.get("text")
            if not isinstance(words, list) or len(words) != 1 or not isinstance(words[0], str) or not words[0].strip():
                raise Refused([f"{name} holds {words!r}, not one text"])
            if control.pattern and not re.search(control.pattern, words[0]):
                raise Refused([f"{name} is {words[0]!r}, which does not have the right form"])
            return words[0]
        case Pair():
            side = value.get("selected")
            if side not in ("left", "right"):
                raise Refused([f"{name} is {side!r}, not left or right"])
            return side
    raise AssertionError(control)
