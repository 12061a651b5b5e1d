"""Lint: hold a labelling configuration to what the community edition of Label Studio 1.23 really has.

The server accepts unknown tags, attributes and targets, and the editor then shows nothing or fails; so they are
found here, before a project is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import ParseError, fromstring

_VIEW = {"style", "visibleWhen", "whenTagName", "whenLabelValue"}
_ASKED = {"name", "toName", "required", "requiredMessage", "perRegion", "whenTagName", "whenLabelValue"}
OBJECTS: Mapping[str, set[str]] = {
    "Text": {"name", "value", "granularity"},
    "Table": {"name", "value"},
    "Paragraphs": {"name", "value", "layout", "nameKey", "textKey", "granularity"},
}
CONTROLS: Mapping[str, set[str]] = {
    "Labels": _ASKED,
    "ParagraphLabels": _ASKED,
    "Choices": _ASKED | {"choice", "showInline"},
    "Number": _ASKED | {"min", "max", "step"},
    "DateTime": _ASKED | {"only", "format"},
    "TextArea": _ASKED | {"maxSubmissions", "editable", "rows"},
    "Pairwise": _ASKED,
}
TAGS: Mapping[str, set[str]] = {
    "View": _VIEW,
    "Header": {"value", "size"},
    "Label": {"value", "hint"},
    "Choice": {"value", "hint"},
    **OBJECTS,
    **CONTROLS,
}
"""Every tag that a form is written with, and its attributes. `Chat` and `ReactCode` are accepted by the server and
unknown to the editor; what belongs to the paid editions is not here either."""


def lint(xml: str) -> list[str]:
    """Give every problem of a configuration in words; empty when the editor will show it as meant."""
    try:
        root = fromstring(xml)
    except ParseError as error:
        return [f"it is not XML: {error}"]
    problems: list[str] = []
    elements = list(root.iter())
    if root.tag != "View":
        problems.append(f"it begins with {root.tag}, not with View")
    objects = {e.get("name") for e in elements if e.tag in OBJECTS}
    controls = {e.get("name"): e for e in elements if e.tag in CONTROLS}
    if not controls:
        problems.append("it asks nothing")
    names = [e.get("name") for e in elements if e.tag in OBJECTS or e.tag in CONTROLS]
    problems += [f"the name {name} is used twice" for name in sorted({str(n) for n in names if names.count(n) > 1})]
    for element in elements:
        problems += _element(element, objects, controls)
    return problems


def _element(element: Element, objects: set[str | None], controls: Mapping[str | None, Element]) -> list[str]:
    tag, name = element.tag, element.get("name")
    if tag not in TAGS:
        return [f"the tag {tag} is not in the community edition"]
    problems = [f"{tag} {name or ''} has no attribute {key}" for key in element.attrib if key not in TAGS[tag]]
    if tag in OBJECTS and not (element.get("value") or "").startswith("$"):
        problems.append(f"{tag} {name} shows no part of the data")
    if tag in CONTROLS:
        targets = (element.get("toName") or "").split(",")
        problems += [f"{tag} {name} is about {to}, which is not shown" for to in targets if to not in objects]
    if (other := element.get("whenTagName")) is not None:
        known = _values(controls[other]) if other in controls else None
        if known is None:
            problems.append(f"{tag} waits for {other}, which is not asked")
        wanted = element.get("whenLabelValue") or ""
        problems += [f"{tag} waits for {other} to be {one}" for one in wanted.split(",") if one not in (known or [one])]
    if tag in ("Choices", "Labels", "ParagraphLabels"):
        values = _values(element)
        if not values or len(set(values)) < len(values) or not all(values):
            problems.append(f"{tag} {name} needs options that differ")
    return problems


def _values(element: Element) -> list[str]:
    return [child.get("value") or "" for child in element if child.tag in ("Label", "Choice")]
