"""Dossier: a generated application with its gold facts, the material that recipes train and test on.

A dossier is made from a seed and a family of texts; the same seed gives the same bytes. `gold` holds, per Read
step, the facts by dotted path with evidence offsets into the documents.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from scaffolds.case import Document
from scaffolds.facts import Fact

Split = Literal["train", "eval"]


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """One application. `family` names the text family; families, names, streets and places are split."""

    id: str
    workflow: str
    family: str
    split: Split
    received: date
    documents: tuple[Document, ...]
    gold: Mapping[str, Mapping[str, Fact]]
