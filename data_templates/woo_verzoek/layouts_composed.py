"""Layouts of the training half that are composed anew for every dossier."""

from __future__ import annotations

from data_templates import composition
from data_templates.composition import Genre, Themes
from data_templates.woo_verzoek.layouts_train import DETAILS, REPLY, WHO
from data_templates.woo_verzoek.writer import RequestWriter as Writer

# A request names the address for the answer itself: another number, mailbox or address could pass for it.
_NEVER = frozenset({"rand bereikbaar", "rand eigen adres", "rand mailkop"})


def _themes(w: Writer) -> Themes:
    period = ("periode",) if w.rng.random() < 0.5 else ("periode_van", "periode_tot")
    return {
        "kop wie": (*WHO, "verzoekdatum"),
        "kop wat": ("onderwerp", *period, "documenten", "alle_documenten"),
        "kop hoe": (*DETAILS[1:], *REPLY),
    }


def _compose(w: Writer, genre: Genre) -> None:
    composition.compose(w, genre.without(_NEVER), _themes(w), place=())


def composed_letter(w: Writer) -> None:
    _compose(w, composition.LETTER)


def composed_mail(w: Writer) -> None:
    _compose(w, composition.MAIL)


def composed_form(w: Writer) -> None:
    _compose(w, composition.FORM)


def composed_note(w: Writer) -> None:
    _compose(w, composition.NOTE)


def composed_agency(w: Writer) -> None:
    _compose(w, composition.AGENT)
