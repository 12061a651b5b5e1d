"""Seeds: runs of one recipe that differ in their seed alone, taken together.

Each seed draws its own dossiers, weights and episodes. Readings are pooled, and gains are paired by case over all of
them: an interval says what holds for these seeds, the rows per seed how far they lie apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from finetune.evaluate.metrics import by_path, calibration, gains, interval, summary
from finetune.evaluate.readings import Read, Reading
from finetune.recipe import Recipe
from finetune.run import differing, recipe_of
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json


def pool(runs: Sequence[Path]) -> dict[str, Any]:
    """Give the figures of `runs` together, in the form of evaluation.json, with those of each under "runs".

    Raises CasewrightError for a folder that holds no evaluated run, for a run that differs from the first in anything
    but its seed, and for a seed that is there twice.
    """
    recipes = [_recipe(run) for run in runs]
    first = recipes[0]
    for run, recipe in zip(runs[1:], recipes[1:], strict=True):
        changed = differing(first.model_dump(mode="json"), recipe.model_dump(mode="json"))
        if others := [key for key in changed if key != "seed"]:
            raise CasewrightError(f"{run} has another {others[0]} than {runs[0]}; only seeds may differ.")
    seeds = [recipe.seed for recipe in recipes]
    if len(set(seeds)) < len(seeds):
        raise CasewrightError(f"The runs have the seeds {', '.join(map(str, seeds))}; give each seed once.")
    found = [read_json(run / "evaluation.json") for run in runs]
    reads = {stage: _pooled(runs, stage) for stage in found[0]["stages"]}
    draws = first.evaluation.bootstrap
    return {
        "runs": [
            {
                "seed": seed,
                "intervals": {stage: figures["stages"][stage]["interval"] for stage in reads},
                "gains": figures["gains"],
            }
            for seed, figures in zip(seeds, found, strict=True)
        ],
        "dossiers": sum(figures["dossiers"] for figures in found),
        "facts": sum(figures["facts"] for figures in found),
        "stages": {
            stage: {
                "summary": summary(read) | {"decision_agreement": _agreement(found, stage)},
                "interval": asdict(interval(read.readings, draws=draws, seed=seeds[0])),
                "by_path": by_path(read.readings),
                "calibration": calibration(read.readings),
                **_notices(found, stage),
            }
            for stage, read in reads.items()
        },
        "gains": {name: asdict(gain) for name, gain in gains(reads, draws=draws, seed=seeds[0]).items()},
    }


def _recipe(run: Path) -> Recipe:
    recipe = recipe_of(run)
    if not isinstance(recipe, Recipe):
        raise CasewrightError(f"{run} is a run on an event log, whose report holds its seeds already.")
    if not (run / "evaluation.json").is_file():
        raise CasewrightError(f"{run} was not evaluated yet; run `casewright evaluate {run}` first.")
    return recipe


def _pooled(runs: Sequence[Path], stage: str) -> Read:
    lines: list[str] = []
    for run in runs:
        path = run / "evaluation" / f"{stage}.jsonl"
        if not path.is_file():
            raise CasewrightError(f"{path} is gone; `casewright evaluate {run}` writes it anew.")
        lines += path.read_text("utf-8").splitlines()
    return Read(readings=tuple(Reading(**json.loads(line)) for line in lines), outcome_agrees={})


def _agreement(found: Sequence[Mapping[str, Any]], stage: str) -> float:
    """The share of cases whose decision agrees; readings are of facts and do not hold it."""
    agreeing = sum(one["stages"][stage]["summary"]["decision_agreement"] * one["dossiers"] for one in found)
    return float(agreeing / sum(one["dossiers"] for one in found))


def _notices(found: Sequence[Mapping[str, Any]], stage: str) -> dict[str, Any]:
    """The mean over the seeds of each figure on real notices, where every run has them."""
    read = [one["stages"][stage].get("notices") for one in found]
    if not all(read):
        return {}
    return {
        "notices": {
            field: {name: sum(one[field][name] for one in read) / len(read) for name in read[0][field]}
            for field in read[0]
        }
    }
