"""Sentence banks of the permit: one file per activity and split, and one common to all activities.

The notation is explained in `data_templates.sentences`.
"""

from pathlib import Path

from data_templates.dossier import Split
from data_templates.sentences import Bank, read_bank


def bank(activity: str, split: Split) -> Bank:
    """The sections of one activity and the common ones, together."""
    return read_bank(Path(__file__).parent, ("common", activity), split)
