"""Layouts of the training half that are composed anew for every dossier."""

from __future__ import annotations

from data_templates import composition
from data_templates.composition import Themes, layout
from data_templates.omgevingsvergunning.layouts_train import PLAN, STATUS, WHAT, WHO
from data_templates.omgevingsvergunning.world import ADDRESS
from data_templates.omgevingsvergunning.writer import PermitWriter as Writer


def _themes(w: Writer) -> Themes:
    where = ("locatie",) if w.rng.random() < 0.5 else ADDRESS
    return {
        "kop wie": (*WHO, "aanvraagdatum"),
        "kop waar": where,
        "kop wat": (*WHAT, *w.world.reading.kinds),
        "kop wanneer": PLAN,
        "kop status": (*STATUS, "bijlagen"),
    }


composed_letter = layout("composed_letter", composition.LETTER, _themes, place=ADDRESS[:2])
composed_mail = layout("composed_mail", composition.MAIL, _themes, place=ADDRESS[:2])
composed_form = layout("composed_form", composition.FORM, _themes, place=ADDRESS[:2])
composed_note = layout("composed_note", composition.NOTE, _themes, place=ADDRESS[:2])
composed_talk = layout("composed_talk", composition.TALK, _themes, place=ADDRESS[:2])
composed_agency = layout("composed_agency", composition.AGENT, _themes, place=ADDRESS[:2])
