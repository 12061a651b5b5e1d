"""The form for two drafts of one letter: which is better, by how much, and why. "geen" says that neither is."""

from __future__ import annotations

from data_templates.labelling.form import Form, OneOf, Pair, Shown, Words
from scaffolds.workflow import Draft

BETTER, DIFFERENCE, REASON = "keuze", "verschil", "reden"
SIDES = {"left": "a", "right": "b"}
TIE = "geen"


def drafts_form(step: Draft) -> Form:
    """Make the form of a Draft step. Pairwise knows no tie, so the difference is asked beside it."""
    degrees = {TIE: "even goed of even slecht", "klein": "iets beter", "groot": "duidelijk beter"}
    return Form(
        kind="drafts",
        step=step.id,
        title=step.title,
        shown=(
            Shown(name="stuk", title="Stukken"),
            Shown(name="a", title="Concept A"),
            Shown(name="b", title="Concept B"),
        ),
        controls=(
            Pair(name=BETTER, title="Welk concept is beter?", to="a", other="b"),
            OneOf(name=DIFFERENCE, title="Hoe groot is het verschil?", to="stuk", required=True, options=degrees),
            Words(name=REASON, title="Waarom?", to="stuk", required=True),
        ),
    )
