"""Layouts of the training half that are composed anew for every dossier."""

from __future__ import annotations

from data_templates import composition
from data_templates.composition import Genre, Themes
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


def _compose(w: Writer, genre: Genre) -> None:
    composition.compose(w, genre, _themes(w), place=ADDRESS[:2])


def composed_letter(w: Writer) -> None:
    _compose(w, composition.LETTER)


def composed_mail(w: Writer) -> None:
    _compose(w, composition.MAIL)


def composed_form(w: Writer) -> None:
    _compose(w, composition.FORM)


def composed_note(w: Writer) -> None:
    _compose(w, composition.NOTE)


def composed_talk(w: Writer) -> None:
    _compose(w, composition.TALK)


def composed_agency(w: Writer) -> None:
    _compose(w, composition.AGENT)
