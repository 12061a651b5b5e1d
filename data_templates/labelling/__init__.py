"""Labelling projects: the forms that a workflow implies for its annotators, and their Label Studio configuration."""

from __future__ import annotations

from data_templates.labelling.decision import decision_form
from data_templates.labelling.drafts import drafts_form
from data_templates.labelling.facts import facts_form
from data_templates.labelling.form import Form, FormKind
from data_templates.labelling.lint import lint
from data_templates.labelling.override import override_form
from data_templates.labelling.trace import trace_form
from data_templates.labelling.xml import project_xml
from scaffolds.errors import CasewrightError
from scaffolds.workflow import Check, Decide, Draft, Read, Workflow

__all__ = ["Form", "FormKind", "form_of", "forms", "lint", "project_xml"]


def forms(workflow: Workflow, kind: FormKind) -> list[Form]:
    """Every form of one kind that a workflow implies, in the order of its steps."""
    if kind == "trace":
        return [trace_form(workflow)]
    made: list[Form] = []
    for step in workflow.steps:
        match kind, step:
            case "facts", Read():
                made.append(facts_form(step))
            case "decision", Decide():
                made.append(decision_form(step))
            case "drafts", Draft():
                made.append(drafts_form(step))
            case "override", Read() | Check():
                made.append(override_form(step))
    return made


def form_of(workflow: Workflow, kind: FormKind, step: str) -> Form:
    """The form of one step. Raises CasewrightError where the workflow has no such step."""
    for form in forms(workflow, kind):
        if form.step == step:
            return form
    raise CasewrightError(f"Workflow {workflow.name} has no step {step!r} to annotate as {kind}.")
