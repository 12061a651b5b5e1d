"""Data of a run: the dossiers of a recipe's sources, past both gates, with a fingerprint of their bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from data_templates.dossier import Dossier
from finetune.gates import check_licence, check_personal_data
from finetune.preference import preference_record
from finetune.recipe import Recipe, Source
from scaffolds.errors import CasewrightError
from workflows.registry import load_dossiers


@dataclass(frozen=True, kw_only=True)
class Data:
    """What a run learns from and is measured on. `record` is what is kept of it: counts, hashes, findings."""

    confirmed: tuple[Dossier, ...]
    archive: tuple[Dossier, ...]
    evaluation: tuple[Dossier, ...]
    record: dict[str, Any]


def load_data(recipe: Recipe) -> Data:
    """Make the dossiers of every source and pass them through the gates.

    Raises CasewrightError when a gate stops the run, or when nothing is left to train or to evaluate on.
    """
    for source in recipe.sources:
        check_licence(source)
    generate = load_dossiers(recipe.workflow)
    parts: dict[str, list[Dossier]] = {"confirmed": [], "archive": [], "evaluation": []}
    sources = []
    for place, source in enumerate(recipe.sources):
        # Sources share the generator: each draws from a seed of its own, or they would be copies.
        seed = recipe.seed * 1000 + place
        trained = list(generate(source.confirmed + source.archive, seed=seed, split="train"))
        made = {
            "confirmed": trained[: source.confirmed],
            "archive": trained[source.confirmed :],
            "evaluation": list(generate(source.evaluation, seed=seed, split="eval")),
        }
        sources.append(_record(source, made))
        for name, dossiers in made.items():
            parts[name] += dossiers
    needed = ["confirmed", "evaluation", *(["archive"] if recipe.rl else [])]
    if empty := [name for name in needed if not parts[name]]:
        raise CasewrightError(f"Recipe {recipe.name} has no {empty[0]} dossiers; raise that number.")
    record: dict[str, Any] = {"workflow": recipe.workflow, "sources": sources}
    if recipe.preference:
        record["preference"] = preference_record(recipe.preference)
    return Data(
        confirmed=tuple(parts["confirmed"]), archive=tuple(parts["archive"]),
        evaluation=tuple(parts["evaluation"]), record=record,
    )


def _record(source: Source, made: dict[str, list[Dossier]]) -> dict[str, Any]:
    every = [dossier for dossiers in made.values() for dossier in dossiers]
    findings = check_personal_data(source, ((d.id, document.text) for d in every for document in d.documents))
    return {
        **source.model_dump(mode="json", include={"name", "kind", "licence", "legal_basis"}),
        "dossiers": {
            name: {"count": len(dossiers), "sha256": fingerprint(dossiers)} for name, dossiers in made.items()
        },
        "personal_data": [
            {"kind": f.kind, "count": f.count, "cases": len(f.cases)} for f in findings
        ],
    }


def fingerprint(dossiers: Iterable[Dossier]) -> str:
    """SHA-256 over the canonical JSON of every dossier, in order: documents, gold facts and evidence."""
    digest = hashlib.sha256()
    for dossier in dossiers:
        text = json.dumps(asdict(dossier), ensure_ascii=True, sort_keys=True, default=str)
        digest.update(text.encode("ascii") + b"\n")
    return digest.hexdigest()
