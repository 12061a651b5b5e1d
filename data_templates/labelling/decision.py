"""The form of a Decide step: the decision, the answer to each open norm, the reason, and what speaks for it or not."""

from __future__ import annotations

from data_templates.labelling.form import Control, Form, OneOf, Shown, Spans, Words
from scaffolds.workflow import Decide

DECISION, REASON, EVIDENCE, NORM = "besluit", "reden", "bewijs", "norm."
FOR, AGAINST = "voor", "tegen"


def decision_form(step: Decide) -> Form:
    """Make the form of a Decide step. Reason and norms are required, as they are at the desk."""
    norms: list[Control] = [
        Words(name=NORM + norm.id, title=f"{norm.question} ({norm.source})", to="stuk", required=True)
        for norm in step.norms
    ]
    evidence = {FOR: "spreekt voor dit besluit", AGAINST: "spreekt tegen dit besluit"}
    return Form(
        kind="decision",
        step=step.id,
        title=step.title,
        shown=(
            Shown(name="stuk", title="Stukken"),
            Shown(name="gegevens", title="Bevestigde gegevens", layout="table"),
        ),
        controls=(
            Spans(name=EVIDENCE, title="Markeer wat voor en tegen spreekt", to="stuk", labels=evidence),
            *norms,
            OneOf(name=DECISION, title="Besluit", to="stuk", required=True, options=step.options),
            Words(name=REASON, title="Reden", to="stuk", required=True),
        ),
    )
