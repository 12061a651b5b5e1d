"""Run: the stages of a recipe in order, in one folder. The same command again goes on where it stopped.

OUT/recipe.yaml       the resolved recipe; a run with another recipe or other data is refused
OUT/data.json         counts, licences, fingerprints, and what the personal-data gate found
OUT/sft, OUT/rl       adapters with their logs
OUT/evaluation.json   base, SFT and RL on the same held-out dossiers; every reading under evaluation/
OUT/report.html       one page
OUT/bundle            what goes into service, when the gate is passed
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.data import load_data
from finetune.progress import Progress
from finetune.recipe import Part, Recipe, load_recipe, write_recipe
from finetune.stages import Verdict, Work, bundle_stage, evaluation_stage, gate, preference_stage, rl_stage, sft_stage
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json, write_json_atomic, write_text_atomic
from workflows.registry import load_workflow

if TYPE_CHECKING:
    from finetune.logs.recipe import LogRecipe


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a run came to."""

    figures: dict[str, Any]
    verdict: Verdict
    report: Path
    bundle: Path | None


def prepare(recipe: Recipe, *, out: Path, tell: Progress) -> Work:
    """Load what a recipe names and pass its sources through the gates; writes nothing."""
    return Work(
        recipe=recipe, workflow=load_workflow(recipe.workflow), data=load_data(recipe), out=out, tell=tell
    )


def run_recipe(recipe: Recipe, *, out: Path, tell: Progress) -> Result:
    """Run every stage that is not done yet.

    Raises CasewrightError when `out` holds a run of another recipe or on other data, or when another process
    is at work there.
    """
    work = prepare(recipe, out=out, tell=tell)
    with alone(out):
        claim(out, recipe=recipe, record=work.data.record)
        sft_stage(work)
        preference_stage(work)
        rl_stage(work)
        return _finish(work)


def evaluate_run(out: Path, *, tell: Progress) -> Result:
    """Measure the stages of a finished run again, and write its report and its bundle anew."""
    work = reopen(out, tell=tell)
    with alone(out):
        claim(out, recipe=work.recipe, record=work.data.record)
        (out / "evaluation.json").unlink(missing_ok=True)
        return _finish(work)


def recipe_of(out: Path) -> Recipe | LogRecipe:
    """Give the recipe of the run in a folder; raises CasewrightError when there is none."""
    if not (out / "recipe.yaml").is_file():
        raise CasewrightError(f"{out} holds no run; `casewright train RECIPE --out {out}` makes one.")
    return load_recipe(str(out / "recipe.yaml"))


def reopen(out: Path, *, tell: Progress) -> Work:
    """Open a run that is not on an event log; raises CasewrightError when there is none, or it was not trained yet."""
    recipe = recipe_of(out)
    if not isinstance(recipe, Recipe):
        raise CasewrightError(f"{out} holds a run on an event log; open it with finetune.logs.run.")
    work = prepare(recipe, out=out, tell=tell)
    if untrained := [stage for stage in work.stages if stage != "base" and not work.adapter(stage).is_dir()]:
        raise CasewrightError(f"{out} has no {untrained[0].upper()} adapter; run `casewright train` first.")
    return work


def _finish(work: Work) -> Result:
    from finetune.report.run_page import write_run_page

    figures_at = work.out / "evaluation.json"
    figures = read_json(figures_at) if figures_at.exists() else evaluation_stage(work)
    verdict = gate(work, figures)
    report = write_run_page(work.out, verdict=verdict.why)
    bundle = bundle_stage(work, figures, verdict.stage) if verdict.stage else None
    return Result(figures=figures, verdict=verdict, report=report, bundle=bundle)


def claim(out: Path, *, recipe: Part, record: Any) -> None:
    """Write down what this folder is a run of, or hold it against what was written down."""
    written, data = out / "recipe.yaml", out / "data.json"
    if written.exists():
        before = load_recipe(str(written)).model_dump(mode="json")
        if changed := differing(before, recipe.model_dump(mode="json")):
            raise CasewrightError(
                f"{out} holds a run with another {changed[0]}; give this one its own folder with --out."
            )
    else:
        write_text_atomic(written, write_recipe(recipe))
    if data.exists():
        if read_json(data) != json.loads(json.dumps(record)):
            raise CasewrightError(
                f"The data differ from those that {out} began with: the generator or a source has "
                "changed. Give this run a folder of its own with --out."
            )
    else:
        write_json_atomic(data, record)


def differing(before: Any, after: Any, key: str = "") -> list[str]:
    """Dotted keys whose values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = dict.fromkeys([*before, *after])
        return [d for k in keys for d in differing(before.get(k), after.get(k), f"{key}.{k}".lstrip("."))]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [d for i, (a, b) in pairs for d in differing(a, b, f"{key}.{i}")]
    return [] if before == after else [key]


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Keep a second process out of the folder; the lock goes with the process, also when it is killed."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CasewrightError(
                f"Another process is at work in {out}; wait for it, or give --out."
            ) from None
        yield
