"""Text from what an applicant sends: plain text, PDF, DOCX, ODT, e-mail (EML) and pictures.

found = extract(raw, name="aanvraag.pdf")
found.text, found.kind, found.sha256, found.pages, found.scan, [note.text("nl") for note in found.notes]

A file is known by its content, never by its name. What is hostile, broken or too large is refused by `Refused`, with
what to do; nothing is ever cut off. Everything but plain text is read in a child process with limits of its own.
"""

from workflows.documents.extract import extract
from workflows.documents.extracted import Content, Extracted, Kind, Upload
from workflows.documents.limits import LIMITS
from workflows.documents.messages import Note, Refused

__all__ = ["LIMITS", "Content", "Extracted", "Kind", "Note", "Refused", "Upload", "extract"]
