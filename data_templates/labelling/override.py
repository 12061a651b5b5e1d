"""The form for a difference between machine and person: what a model read or a table said, what was put in its place.

The words of the caseworker are shown with it. Asked is who was right and what caused the difference, so that it is
known whether a model, a table or an instruction has to be mended.
"""

from __future__ import annotations

from data_templates.labelling.form import Form, OneOf, Shown, Words
from scaffolds.workflow import Check, Read

RIGHT, CAUSE, EXPLANATION = "oordeel", "oorzaak", "uitleg"
VERDICTS = {
    "eerst": "het model of de tabel had gelijk",
    "medewerker": "de medewerker had gelijk",
    "geen": "geen van beide",
    "onzeker": "niet te beoordelen",
}
CAUSES = {
    "gegeven": "een gegeven is verkeerd gelezen of bevestigd",
    "regel": "de tabel past de regel niet goed toe",
    "ruimte": "de regel laat ruimte, en de medewerker vult die in",
    "anders": "iets anders; leg uit",
}


def override_form(step: Read | Check) -> Form:
    """Make the form for what a person changed at a Read step, or asked to set aside of a Check step's tables."""
    return Form(
        kind="override",
        step=step.id,
        title=f"Afwijking: {step.title}",
        shown=(
            Shown(name="stuk", title="Stukken"),
            Shown(name="gegevens", title="Bevestigde gegevens", layout="table"),
            Shown(name="verschil", title="Verschil", layout="table"),
        ),
        controls=(
            OneOf(name=RIGHT, title="Wie had gelijk?", to="stuk", required=True, options=VERDICTS),
            OneOf(name=CAUSE, title="Waardoor kwam het verschil?", to="stuk", required=True, options=CAUSES),
            Words(name=EXPLANATION, title="Waarom?", to="stuk", required=True),
        ),
    )
