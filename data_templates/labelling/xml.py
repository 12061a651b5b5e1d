"""A form as the XML of a Label Studio project (community edition 1.23).

Offsets of `Text` are code points with granularity "symbol", so that a span may begin and end anywhere.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from data_templates.labelling.form import Control, Date, Form, OneOf, Pair, Shown, Spans, WholeNumber, Words

_COLUMN = "flex:1;min-width:24rem;max-height:80vh;overflow:auto;padding:0 1rem"


def project_xml(form: Form) -> str:
    """Write the labelling configuration: what is shown on the left, what is asked on the right."""
    view = Element("View")
    SubElement(view, "Header", value=form.title, size="3")
    columns = SubElement(view, "View", style="display:flex;gap:1rem;flex-wrap:wrap")
    left = SubElement(columns, "View", style=_COLUMN)
    right = SubElement(columns, "View", style=_COLUMN)
    dialogues = {shown.name for shown in form.shown if shown.layout == "dialogue"}
    if form.spans:
        _spans(left, form.spans, dialogue=form.spans.to in dialogues)
    for shown in form.shown:
        _shown(left, shown)
    for control in form.controls:
        if not isinstance(control, Spans):
            _control(right, control, form)
    indent(view)
    return tostring(view, encoding="unicode")


def _shown(parent: Element, shown: Shown) -> None:
    SubElement(parent, "Header", value=shown.title, size="5")
    common = {"name": shown.name, "value": f"${shown.name}"}
    match shown.layout:
        case "text":
            SubElement(parent, "Text", {**common, "granularity": "symbol"})
        case "table":
            SubElement(parent, "Table", common)
        case "dialogue":
            keys = {"layout": "dialogue", "nameKey": "wie", "textKey": "wat", "granularity": "paragraph"}
            SubElement(parent, "Paragraphs", {**common, **keys})


def _spans(parent: Element, control: Spans, *, dialogue: bool) -> None:
    SubElement(parent, "Header", value=control.title, size="5")
    tag = "ParagraphLabels" if dialogue else "Labels"
    labels = SubElement(parent, tag, name=control.name, toName=control.to)
    for value, gloss in control.labels.items():
        SubElement(labels, "Label", value=value, hint=gloss)


def _control(parent: Element, control: Control, form: Form) -> None:
    asked = {"name": control.name, "toName": control.to}
    if control.required:
        asked |= {"required": "true", "requiredMessage": f"Vul in: {control.title}"}
    if control.region and form.spans:
        where = {"whenTagName": form.spans.name, "whenLabelValue": ",".join(control.region)}
        parent = SubElement(parent, "View", {"visibleWhen": "region-selected", **where})
        asked |= {"perRegion": "true", **where}
    SubElement(parent, "Header", value=control.title, size="5")
    match control:
        case OneOf():
            choices = SubElement(parent, "Choices", {**asked, "choice": "single-radio", "showInline": "true"})
            for value, gloss in control.options.items():
                SubElement(choices, "Choice", value=value, hint=gloss)
        case WholeNumber():
            bounds = {"min": str(control.minimum), "max": str(control.maximum), "step": "1"}
            SubElement(parent, "Number", {**asked, **bounds})
        case Date():
            SubElement(parent, "DateTime", {**asked, "only": "date", "format": "%Y-%m-%d"})
        case Words():
            one = {"maxSubmissions": "1", "editable": "true", "rows": "2"}
            SubElement(parent, "TextArea", {**asked, **one})
        case Pair():
            SubElement(parent, "Pairwise", {**asked, "toName": f"{control.to},{control.other}"})
