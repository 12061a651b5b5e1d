"""Layouts of the training half that are composed anew for every dossier."""

from __future__ import annotations

from data_templates import blocks, composition
from data_templates.composition import Themes, layout
from data_templates.omgevingsvergunning.layouts_train import PLAN, STATUS, WHAT, WHO, rest, shuffled
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

_BESIDE = (*WHAT, "aanvrager", "aanvraagdatum", "aantal_bomen", "boomsoort")
BRIEF = (*ADDRESS, *_BESIDE)
"""What a line of a register says of an application."""


def composed_entry(w: Writer) -> None:
    """An application as a register, a worklist or a subject line has it: a few values, hardly a word between them."""
    w.only(*BRIEF)
    w.open()
    if w.rng.random() < 0.7:
        w.section("kop regel")
        w.write(w.rng.choice((" - ", ": ", ", ", " / ", "\n", " | ", " ")))
    block = w.rng.choice((blocks.bare, blocks.bare, blocks.bare, blocks.heaped, blocks.rows))
    where = ADDRESS if block is blocks.rows else ("locatie",)
    block(w, [(path, None) for path in shuffled(w, *_BESIDE, *where)])
    w.prose(*rest(w), doubts=True)
