"""The form of a Read step: mark where each fact stands, give its value, or say that it is not there."""

from __future__ import annotations

from typing import Any

from data_templates.labelling.form import Control, Date, Form, OneOf, Shown, Spans, WholeNumber, Words
from scaffolds.facts import Choice, Day, Euros, Kind, State, Whole
from scaffolds.workflow import Read

PLACE, STATE, VALUE = "vindplaats", "staat.", "waarde."
STATES: dict[State, str] = {"stated": "vermeld", "not_stated": "niet vermeld", "unsure": "onzeker"}
_GLOSS = {
    "vermeld": "het staat er; markeer waar",
    "niet vermeld": "het staat er niet",
    "onzeker": "de stukken spreken elkaar tegen of zijn niet te lezen",
}


def facts_form(step: Read) -> Form:
    """Make the form of a Read step; a fact with a value of its own is asked it at every span."""
    kinds = step.facts.kinds
    labels = {path: kind.label for path, kind in kinds.items()}
    controls: list[Control] = [Spans(name=PLACE, title="Markeer waar elk gegeven staat", to="stuk", labels=labels)]
    for path, kind in kinds.items():
        title = f"{path}: {kind.label}"
        controls.append(OneOf(name=STATE + path, title=title, to="stuk", required=True, options=_GLOSS))
        if (value := _value(path, kind)) is not None:
            controls.append(value)
    return Form(
        kind="facts",
        step=step.id,
        title=step.title,
        shown=(Shown(name="stuk", title="Stukken"),),
        controls=tuple(controls),
    )


def _value(path: str, kind: Kind) -> Control | None:
    asked: dict[str, Any] = {"name": VALUE + path, "to": "stuk", "required": True, "region": (path,)}
    match kind:
        case Choice():
            return OneOf(**asked, title=f"Waarde van {path}", options=kind.options)
        case Whole(minimum=int(low), maximum=int(high)):
            unit = "eurocent" if isinstance(kind, Euros) else kind.unit
            title = f"Waarde van {path} ({unit}, {low} tot en met {high})"
            return WholeNumber(**asked, title=title, minimum=low, maximum=high)
        case Day():
            return Date(**asked, title=f"Datum van {path}")
    schema = kind.schema()
    return Words(**asked, title=f"Waarde van {path}", pattern=schema["pattern"]) if schema else None
