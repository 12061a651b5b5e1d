"""Layouts of the training half that are composed anew for every objection."""

from __future__ import annotations

from data_templates import composition
from data_templates.bezwaar.layouts_train import DECISION, FORM, WHO, WISHES, named
from data_templates.bezwaar.world import ADDRESS
from data_templates.bezwaar.writer import ObjectionWriter
from data_templates.composition import Themes, layout

# How it came in, whether it is signed and the kenmerk are facts here: these frames could pass for them.
_NEVER = frozenset(
    {"rand briefhoofd", "rand kenmerk", "rand voet", "rand disclaimer", "rand eigen adres"}
    | {"kop formulier", "kop notitie", "rand actie", "rand behandeld"}
)


def _themes(w: ObjectionWriter) -> Themes:
    return {
        "kop wie": (*WHO, *(("adres",) if w.rng.random() < 0.5 else ADDRESS)),
        "kop besluit": (*named(w), *DECISION, "geadresseerde"),
        "kop gronden": ("gronden",),
        "kop wensen": (*WISHES, *FORM),
    }


composed_letter = layout("composed_letter", composition.LETTER, _themes, never=_NEVER)
composed_mail = layout("composed_mail", composition.MAIL, _themes, never=_NEVER)
composed_form = layout("composed_form", composition.FORM, _themes, never=_NEVER)
composed_agency = layout("composed_agency", composition.AGENT, _themes, never=_NEVER)
