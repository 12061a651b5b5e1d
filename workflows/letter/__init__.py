"""Letters: drafted from a workflow's template, edited by a person, given out as HTML, PDF and ODT that say the same.

written = draft(workflow, case, on=date(2026, 4, 2))
sent = written.edited(body=typed)
to_html(sent), to_pdf(sent), to_odt(sent), differences(written, sent)

A letter is a list of headings, paragraphs and items of plain text. Whatever an applicant wrote is text in it, whatever
it looks like: it can begin no heading, fill no template, and be no markup or formula in any of the forms.
"""

from workflows.letter.changes import Change, differences
from workflows.letter.content import Block, Heading, Items, Letter, Paragraph
from workflows.letter.draft import NAMES, Part, draft, draft_in_parts, environment, letter, template
from workflows.letter.dutch import cents_nl, day_nl
from workflows.letter.html import to_html
from workflows.letter.odt import to_odt
from workflows.letter.pdf import to_pdf
from workflows.letter.remedies import RemedyDue, remedy_of

__all__ = [
    "NAMES",
    "Block",
    "Change",
    "Heading",
    "Items",
    "Letter",
    "Paragraph",
    "Part",
    "RemedyDue",
    "cents_nl",
    "day_nl",
    "differences",
    "draft",
    "draft_in_parts",
    "environment",
    "letter",
    "remedy_of",
    "template",
    "to_html",
    "to_odt",
    "to_pdf",
]
