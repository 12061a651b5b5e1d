"""The form for a whole trace: which steps were wrong, in what way, what should have been done, and the verdict."""

from __future__ import annotations

from data_templates.labelling.form import Form, OneOf, Shown, Spans, Words
from scaffolds.workflow import Workflow

STEP, ERROR, CORRECTION, VERDICT = "stap", "fout", "verbetering", "oordeel"
RIGHT, WRONG = "juist", "onjuist"
ERRORS = {
    "gegeven": "een gegeven is verkeerd gelezen of bevestigd",
    "volgorde": "deze stap hoorde hier niet",
    "termijn": "te laat, of de termijn is verkeerd berekend",
    "motivering": "de reden draagt het besluit niet",
    "anders": "iets anders; leg uit bij verbetering",
}


def trace_form(workflow: Workflow) -> Form:
    """Make the form for the trace of a case of `workflow`; it belongs to no single step."""
    verdicts = {RIGHT: "de zaak is goed behandeld", WRONG: "er ging iets fout", "onzeker": "niet te beoordelen"}
    return Form(
        kind="trace",
        step="",
        title=f"Procesverloop: {workflow.title}",
        shown=(
            Shown(name="zaak", title="Zaak", layout="table"),
            Shown(name="verloop", title="Verloop", layout="dialogue"),
        ),
        controls=(
            Spans(
                name=STEP, title="Markeer stappen", to="verloop",
                labels={RIGHT: "deze stap is goed", WRONG: "deze stap is fout"},
            ),
            OneOf(name=ERROR, title="Wat is er fout?", to="verloop", region=(WRONG,), required=True, options=ERRORS),
            Words(name=CORRECTION, title="Wat had er moeten gebeuren?", to="verloop", region=(WRONG,)),
            OneOf(name=VERDICT, title="Oordeel over de hele zaak", to="verloop", required=True, options=verdicts),
        ),
    )  # fmt: skip
