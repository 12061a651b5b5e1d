"""A letter as one HTML page that stands alone: headings and lists are elements, and it loads nothing."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from workflows.letter.content import Letter


@cache
def template(name: str) -> Template:
    """A template of a form of letters; whatever it is filled with is escaped."""
    environment = Environment(
        loader=PackageLoader("workflows.letter", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)


def to_html(letter: Letter) -> str:
    """Write the letter as HTML."""
    return template("letter.html.jinja").render(letter.to_dict())
