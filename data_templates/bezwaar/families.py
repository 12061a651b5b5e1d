"""The document families of objections: five kinds of decision times these layouts."""

from __future__ import annotations

from dataclasses import dataclass

from data_templates.bezwaar import layouts_composed, layouts_eval, layouts_more, layouts_train
from data_templates.dossier import Split
from data_templates.families import SLIPS, WRAPS, Family, Style
from workflows.bezwaar.facts import DECISIONS


@dataclass(frozen=True, kw_only=True)
class ObjectionStyle(Style):
    """A style whose layout may show how the objection came in: `channel`."""

    channel: str = ""


_FORM = (": ", ": ", " : ", ":  ", " = ")
STYLES: dict[Split, tuple[ObjectionStyle, ...]] = {
    "train": (
        ObjectionStyle(
            layout=layouts_train.web_form, voices=(0, 1, 2), agent=0.25, separators=_FORM, channel="formulier"
        ),
        ObjectionStyle(layout=layouts_train.formal_letter),
        ObjectionStyle(layout=layouts_train.informal_letter),
        ObjectionStyle(layout=layouts_train.mail_message, lower=0.1, channel="mail"),
        ObjectionStyle(layout=layouts_train.agent_letter, voices=(2,), agent=1.0),
        ObjectionStyle(layout=layouts_train.counter_note, voices=(2,), agent=0.2, separators=_FORM, channel="balie"),
        ObjectionStyle(layout=layouts_train.stamped_letter, agent=0.2, channel="post"),
        ObjectionStyle(layout=layouts_train.letter_and_form, agent=0.4, separators=_FORM),
        ObjectionStyle(layout=layouts_train.short_mail, omit=1.4, lower=0.3, channel="mail"),
        ObjectionStyle(layout=layouts_composed.composed_letter, agent=0.2, slips=SLIPS, wraps=WRAPS, weight=2),
        ObjectionStyle(
            layout=layouts_composed.composed_mail, lower=0.1, slips=SLIPS, wraps=WRAPS, weight=2, channel="mail"
        ),
        ObjectionStyle(
            layout=layouts_composed.composed_form,
            voices=(0, 1, 2),
            agent=0.3,
            slips=SLIPS,
            weight=3,
            channel="formulier",
        ),
        ObjectionStyle(
            layout=layouts_composed.composed_agency, voices=(2,), agent=1.0, slips=SLIPS, wraps=WRAPS, weight=2
        ),
        ObjectionStyle(layout=layouts_more.questionnaire, voices=(0, 0, 1, 2), agent=0.25, slips=SLIPS),
        ObjectionStyle(
            layout=layouts_more.ticked_checklist, voices=(2,), agent=0.3, separators=(*_FORM, " -> "), slips=SLIPS
        ),
        ObjectionStyle(layout=layouts_more.numbered_table, voices=(0, 1, 2), agent=0.3, lower=0.05, slips=SLIPS),
        ObjectionStyle(layout=layouts_more.chat_session, agent=0.15, omit=1.1, lower=0.25, slips=SLIPS),
        ObjectionStyle(layout=layouts_more.conversation_report, voices=(2,), agent=0.25, slips=SLIPS, wraps=WRAPS),
        ObjectionStyle(layout=layouts_more.reference_columns, agent=0.2, slips=SLIPS, wraps=WRAPS),
        ObjectionStyle(layout=layouts_more.numbered_answers, agent=0.25, slips=SLIPS, wraps=WRAPS),
        ObjectionStyle(
            layout=layouts_more.letter_and_annex,
            voices=(2,),
            agent=1.0,
            separators=(*_FORM, "\t"),
            slips=SLIPS,
            wraps=WRAPS,
        ),
        ObjectionStyle(
            layout=layouts_more.second_message, agent=0.15, lower=0.15, slips=SLIPS, wraps=WRAPS, channel="mail"
        ),
        ObjectionStyle(layout=layouts_more.receipt_copy, agent=0.25, slips=SLIPS, channel="formulier"),
        ObjectionStyle(layout=layouts_more.advisor_statement, voices=(2,), agent=1.0, slips=SLIPS, wraps=WRAPS),
        ObjectionStyle(layout=layouts_more.long_story, agent=0.15, omit=1.2, slips=SLIPS, wraps=WRAPS),
    ),
    "eval": (
        ObjectionStyle(
            layout=layouts_eval.portal_printout, voices=(0, 1, 2), agent=0.3, separators=(": ", " | ", " - ")
        ),
        ObjectionStyle(layout=layouts_eval.letter_dated_below),
        ObjectionStyle(layout=layouts_eval.forwarded_mail, voices=(2,), agent=1.0, channel="mail"),
        ObjectionStyle(layout=layouts_eval.desk_memo, voices=(2,), agent=0.2, separators=(": ", " - ")),
        ObjectionStyle(layout=layouts_eval.form_and_letter, agent=0.3, separators=(": ", " : ")),
    ),
}
FAMILIES: tuple[Family, ...] = tuple(
    Family(subject=subject, split=split, style=style)
    for split, styles in STYLES.items()
    for style in styles
    for subject in DECISIONS
)
