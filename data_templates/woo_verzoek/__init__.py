"""Dossiers for the woo_verzoek: generated requests for information, with their gold facts.

A world is drawn (`world`), a family writes it down (`writer`) in a layout of its split with the sentences of its
split (`sentences`), noting where each fact stands. See README.md for the data card.
"""

from __future__ import annotations

import random
from pathlib import Path

from data_templates.dossier import Split
from data_templates.families import SLIPS, WRAPS, Family, Generator, Style
from data_templates.sentences import Bank, read_bank
from data_templates.woo_verzoek import layouts_composed, layouts_eval, layouts_more, layouts_train
from data_templates.woo_verzoek.world import draw
from data_templates.woo_verzoek.writer import RequestWriter

__all__ = ["FAMILIES", "bank", "generate"]

_FORM = (": ", ": ", " : ", ":  ", " = ")
STYLES: dict[Split, tuple[Style, ...]] = {
    "train": (
        Style(layout=layouts_train.web_form, voices=(0, 1, 2), agent=0.25, separators=_FORM),
        Style(layout=layouts_train.formal_letter),
        Style(layout=layouts_train.informal_letter),
        Style(layout=layouts_train.mail, lower=0.1),
        Style(layout=layouts_train.telephone_note, voices=(2,), spoken=True),
        Style(layout=layouts_train.agent_letter, voices=(2,), agent=1.0),
        Style(layout=layouts_train.short_mail, omit=1.5, lower=0.3),
        Style(layout=layouts_train.numbered_letter),
        Style(layout=layouts_train.counter_note, voices=(2,), separators=_FORM),
        Style(layout=layouts_composed.composed_letter, agent=0.1, slips=SLIPS, wraps=WRAPS, weight=2),
        Style(layout=layouts_composed.composed_mail, lower=0.1, slips=SLIPS, wraps=WRAPS, weight=2),
        Style(layout=layouts_composed.composed_form, voices=(0, 1, 2), agent=0.2, slips=SLIPS, weight=2),
        Style(layout=layouts_composed.composed_note, voices=(2,), lower=0.1, slips=SLIPS, weight=2),
        Style(layout=layouts_composed.composed_agency, voices=(2,), agent=1.0, slips=SLIPS, wraps=WRAPS),
        Style(layout=layouts_more.intake_printout, voices=(2,), slips=SLIPS),
        Style(layout=layouts_more.questionnaire, slips=SLIPS),
        Style(layout=layouts_more.desk_checklist, voices=(2,), separators=(*_FORM, " "), slips=SLIPS),
        Style(layout=layouts_more.chat_counter, voices=(0,), lower=0.15, omit=1.2, slips=SLIPS),
        Style(layout=layouts_more.conversation_report, voices=(2,), spoken=True, slips=SLIPS, wraps=WRAPS),
        Style(layout=layouts_more.reference_letter, voices=(0, 1, 1), slips=SLIPS, wraps=WRAPS),
        Style(layout=layouts_more.answers_letter, slips=SLIPS, wraps=WRAPS),
        Style(layout=layouts_more.typed_fax, agent=0.2, slips=SLIPS, wraps=WRAPS),
        Style(layout=layouts_more.mail_thread, lower=0.1, slips=SLIPS, wraps=WRAPS),
        Style(layout=layouts_more.helper_letter, voices=(2,), agent=1.0, slips=SLIPS, wraps=WRAPS),
        Style(layout=layouts_more.receipt_confirmation, voices=(0, 1, 2), agent=0.25, slips=SLIPS),
        Style(layout=layouts_more.story_letter, voices=(0, 0, 1), omit=1.2, slips=SLIPS, wraps=WRAPS),
    ),
    "eval": (
        Style(layout=layouts_eval.portal_printout, voices=(0, 1, 2), agent=0.25, separators=(": ", " | ", " - ")),
        Style(layout=layouts_eval.letter_dated_below),
        Style(layout=layouts_eval.forwarded_mail, voices=(2,), agent=1.0),
        Style(layout=layouts_eval.desk_memo, voices=(2,), separators=(": ", " - ")),
        Style(layout=layouts_eval.form_and_letter, agent=0.2, separators=(": ", " : ")),
    ),
}
FAMILIES: tuple[Family, ...] = tuple(
    Family(subject="verzoek", split=split, style=style) for split, styles in STYLES.items() for style in styles
)


def bank(split: Split) -> Bank:
    """The sentences of one split."""
    return read_bank(Path(__file__).parent / "sentences", ("verzoek",), split)


def _writer(family: Family, rng: random.Random) -> RequestWriter:
    style, split = family.style, family.split
    world = draw(rng, split=split, agent=style.agent, omit=style.omit)
    return RequestWriter(world=world, rng=rng, split=split, manner=style.manner(rng), bank=bank(split))


generate = Generator(workflow="woo_verzoek", families=FAMILIES, writer=_writer)
