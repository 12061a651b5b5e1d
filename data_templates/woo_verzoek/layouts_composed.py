"""Layouts of the training half that are composed anew for every dossier."""

from __future__ import annotations

from data_templates import composition
from data_templates.composition import Themes, layout
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


composed_letter = layout("composed_letter", composition.LETTER, _themes, never=_NEVER)
composed_mail = layout("composed_mail", composition.MAIL, _themes, never=_NEVER)
composed_form = layout("composed_form", composition.FORM, _themes, never=_NEVER)
composed_note = layout("composed_note", composition.NOTE, _themes, never=_NEVER)
composed_agency = layout("composed_agency", composition.AGENT, _themes, never=_NEVER)
