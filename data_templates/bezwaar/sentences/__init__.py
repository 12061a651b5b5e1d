"""Sentence banks of objections: one file common to all, and one per kind of decision, for each split.

The notation is explained in `data_templates.sentences`.
"""

from pathlib import Path

from data_templates.dossier import Split
from data_templates.sentences import Bank, read_bank


def bank(subject: str, split: Split) -> Bank:
    """The sections of one kind of decision and the common ones, together."""
    return read_bank(Path(__file__).parent, ("common", subject), split)
