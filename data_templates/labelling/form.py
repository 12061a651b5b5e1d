"""Form: what an annotator is shown and asked for one task, as frozen declarations.

The labelling project's XML and the check of what comes back both follow from a form, so that neither can ask for
or accept something else. Names are those of the results; titles and options are Dutch, for the annotator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FormKind = Literal["facts", "decision", "drafts", "override", "trace"]
Layout = Literal["text", "table", "dialogue"]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A part of the task's data that is shown: `name` is also the key of the data."""

    name: str
    title: str
    layout: Layout = "text"


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing that is asked about the shown part `to`.

    With `region` it is asked for every span that has one of these labels, otherwise once for the task.
    """

    name: str
    title: str
    to: str
    required: bool = False
    region: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Spans(Control):
    """Spans of a text, or whole turns of a dialogue, each with one label; labels with their gloss."""

    labels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class OneOf(Control):
    """Exactly one of a closed list; options with their gloss."""

    options: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Control):
    """A whole number between two bounds."""

    minimum: int
    maximum: int


@dataclass(frozen=True, kw_only=True)
class Date(Control):
    """A calendar day, ISO 8601."""


@dataclass(frozen=True, kw_only=True)
class Words(Control):
    """Words of the annotator's own, held to `pattern` (a regular expression) where there is one."""

    pattern: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pair(Control):
    """Which of two shown parts is better: `to` is the left one, `other` the right one."""

    other: str


@dataclass(frozen=True, kw_only=True)
class Form:
    """One project's worth of asking: a kind of task at one step of a workflow."""

    kind: FormKind
    step: str
    title: str
    shown: tuple[Shown, ...]
    controls: tuple[Control, ...]
    by_name: Mapping[str, Control] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {control.name: control for control in self.controls})

    @property
    def spans(self) -> Spans | None:
        """The control that marks spans, where the form has one."""
        return next((control for control in self.controls if isinstance(control, Spans)), None)
