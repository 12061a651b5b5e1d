"""The document families of the permit: five activities times these layouts."""

from __future__ import annotations

from data_templates.dossier import Split
from data_templates.families import SLIPS, WRAPS, Family, Style
from data_templates.omgevingsvergunning import layouts_composed, layouts_eval, layouts_train
from workflows.omgevingsvergunning.facts import ACTIVITIES

_FORM = (": ", ": ", " : ", ":  ", " = ")
STYLES: dict[Split, tuple[Style, ...]] = {
    "train": (
        Style(layout=layouts_train.web_form, voices=(0, 1, 2), agent=0.25, separators=_FORM),
        Style(layout=layouts_train.formal_letter),
        Style(layout=layouts_train.informal_letter),
        Style(layout=layouts_train.mail_thread, lower=0.1),
        Style(layout=layouts_train.telephone_note, voices=(2,)),
        Style(layout=layouts_train.agent_letter, voices=(2,), agent=1.0),
        Style(layout=layouts_train.short_mail, omit=1.6, lower=0.3),
        Style(layout=layouts_train.form_with_remarks, agent=0.2, separators=_FORM),
        Style(layout=layouts_train.letter_and_annex, agent=0.2, separators=_FORM),
        Style(layout=layouts_train.voice_message, spoken=True, lower=0.3),
        Style(layout=layouts_train.numbered_reply),
        Style(layout=layouts_train.counter_note, voices=(2,), separators=_FORM),
        Style(layout=layouts_train.agent_form, voices=(2,), agent=1.0, separators=_FORM),
        Style(layout=layouts_composed.composed_letter, agent=0.1, slips=SLIPS, wraps=WRAPS, weight=4),
        Style(layout=layouts_composed.composed_mail, lower=0.1, slips=SLIPS, wraps=WRAPS, weight=4),
        Style(layout=layouts_composed.composed_form, voices=(0, 1, 2), agent=0.2, slips=SLIPS, weight=5),
        Style(layout=layouts_composed.composed_note, voices=(2,), lower=0.1, slips=SLIPS, weight=3),
        Style(layout=layouts_composed.composed_talk, spoken=True, lower=0.15, slips=SLIPS, wraps=WRAPS, weight=2),
        Style(layout=layouts_composed.composed_agency, voices=(2,), agent=1.0, slips=SLIPS, wraps=WRAPS, weight=3),
        Style(layout=layouts_composed.composed_entry, voices=(2,), lower=0.1, slips=SLIPS, weight=3),
    ),
    "eval": (
        Style(
            layout=layouts_eval.portal_printout, voices=(0, 1, 2), agent=0.25, separators=(": ", " | ", " - ")
        ),
        Style(layout=layouts_eval.letter_dated_below),
        Style(layout=layouts_eval.forwarded_mail, voices=(2,), agent=1.0),
        Style(layout=layouts_eval.desk_memo, voices=(2,), separators=(": ", " - ")),
        Style(layout=layouts_eval.form_and_letter, agent=0.2, separators=(": ", " : ")),
        Style(layout=layouts_eval.spoken_report, spoken=True),
    ),
}
FAMILIES: tuple[Family, ...] = tuple(
    Family(subject=activity, split=split, style=style)
    for split, styles in STYLES.items()
    for style in styles
    for activity in ACTIVITIES
)
