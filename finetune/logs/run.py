"""A run on an event log: import, split, study, contest, report, bundle, in one folder. The same command goes on.

OUT/recipe.yaml, data.json   what this is a run of: the resolved recipe, the log's hash, the cases of each part
OUT/traces.jsonl             the log in the project's own form
OUT/pace.json                the precision of every training step, measured once
OUT/main, opaque, curve-100  the language model's studies, with what each model said of the test part
OUT/evaluation.json          every figure
OUT/report.html              one page
OUT/bundle                   adapter, closed list and figures, when the gate is passed
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.bundle import write_bundle
from finetune.gates import check_licence, check_personal_data
from finetune.logs.importer import Import, import_log
from finetune.logs.protocol import Split, temporal_split
from finetune.logs.recipe import LogRecipe
from finetune.logs.source import sha256
from finetune.logs.trace import Log, read_log
from finetune.progress import Progress
from finetune.run import alone, claim, recipe_of
from scaffolds.errors import CasewrightError
from scaffolds.files import read_json, sha256_json, write_json_atomic, write_text_atomic
from workflows.procesverloop import NAME, VERSION, attributes_at_start
from workflows.serve.bundle import Bundle

if TYPE_CHECKING:
    from finetune.logs.study import Study


@dataclass(frozen=True, kw_only=True)
class LogResult:
    """What a run on a log came to; `bundle` is None where the gate was not passed."""

    figures: dict[str, Any]
    why: str
    report: Path
    bundle: Path | None


@dataclass(frozen=True, kw_only=True)
class LogWork:
    """A log recipe at work. `record` is what is kept of its data: hashes, counts, findings, case ids per part."""

    recipe: LogRecipe
    log: Log
    split: Split
    record: dict[str, Any]
    out: Path
    tell: Progress


def prepare_log(recipe: LogRecipe, *, out: Path, tell: Progress) -> LogWork:
    """Import the recipe's log, split it, and pass it through both gates.

    Raises CasewrightError where a gate stops the run, or the log cannot be read or split.
    """
    check_licence(recipe.source)
    log = open_log(recipe.source.path, out / "traces.jsonl", recipe=recipe)
    split = temporal_split(log.traces, ties=recipe.source.ties)
    read = attributes_at_start(recipe.source.attributes)
    texts = (
        (trace.case, " ".join([*(str(trace.attributes.get(name, "")) for name in read),
                               *dict.fromkeys(event.label for event in trace.events)]))
        for trace in log.traces
    )  # fmt: skip
    findings = check_personal_data(recipe.source, texts)
    record = {
        "workflow": NAME,
        "source": {**recipe.source.model_dump(mode="json"), "sha256": log.header.sha256},
        "cases": {
            part: {"count": len(traces), "sha256": sha256_json([trace.case for trace in traces])}
            for part, traces in (("fitting", split.fitting), ("validation", split.validation), ("test", split.test))
        },
        "straddling": len(split.straddlers),
        "test_start": split.test_start.isoformat(),
        "personal_data": [{"kind": f.kind, "count": f.count, "cases": len(f.cases)} for f in findings],
    }
    return LogWork(recipe=recipe, log=log, split=split, record=record, out=out, tell=tell)


def open_log(name: str, kept: Path, *, recipe: LogRecipe) -> Log:
    """Read a trace file, or import a log into `kept` first, where it is not there yet.

    What was imported is enough to go on with when the log itself is no longer there. Raises CasewrightError where
    neither is, or the log is another than the one imported.
    """
    path = Path(name).expanduser()
    if path.suffix == ".jsonl" and path.is_file():
        return read_log(path)
    if not path.is_file() and not kept.is_file():
        raise CasewrightError(f"The log {path} does not exist; name one with --set source.path=FILE.")
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        import_log(path, kept, how=Import(recipe.source.ties))
    log = read_log(kept)
    if path.is_file() and sha256(path) != log.header.sha256:
        raise CasewrightError(
            f"{path} is another log than the one {kept.parent} began with; give this run its own folder with --out."
        )
    return log


def run_log_recipe(recipe: LogRecipe, *, out: Path, tell: Progress) -> LogResult:
    """Run every part that is not done yet.

    Raises CasewrightError as `prepare_log` does, when `out` holds another run, or another process is at work there.
    """
    work = prepare_log(recipe, out=out, tell=tell)
    with alone(out):
        claim(out, recipe=recipe, record=work.record)
        return _finish(work)


def evaluate_log_run(out: Path, *, tell: Progress) -> LogResult:
    """Ask every model of a trained run for the test part again, and write its report and its bundle anew.

    Adapters are kept; counting and the small networks are fitted again, from the same seeds. Raises CasewrightError
    where the run was not trained yet.
    """
    recipe = recipe_of(out)
    assert isinstance(recipe, LogRecipe)
    work = prepare_log(recipe, out=out, tell=tell)
    with alone(out):
        claim(out, recipe=recipe, record=work.record)
        if not (out / "evaluation.json").is_file():
            raise CasewrightError(f"{out} was not trained to the end; `casewright train` goes on with it.")
        for scored in out.glob("*/scored"):
            shutil.rmtree(scored)
        (out / "evaluation.json").unlink()
        return _finish(work)


def write_log_report(out: Path) -> Path:
    """Write the page of an evaluated run from its recipe, its data record and its figures."""
    from finetune.report.process_page import process_page

    recipe, figures = recipe_of(out), read_json(out / "evaluation.json")
    assert isinstance(recipe, LogRecipe)
    _, why = chosen_stage(recipe, figures)
    return write_text_atomic(
        out / "report.html", process_page(recipe, figures, read_json(out / "data.json"), verdict=why)
    )


def _finish(work: LogWork) -> LogResult:
    figures_at = work.out / "evaluation.json"
    if not figures_at.exists():
        write_json_atomic(figures_at, evaluate_log(work))
    figures = read_json(figures_at)
    stage, why = chosen_stage(work.recipe, figures)
    report = write_log_report(work.out)
    bundle = _bundle(work, figures, stage) if stage else None
    return LogResult(figures=figures, why=why, report=report, bundle=bundle)


def evaluate_log(work: LogWork) -> dict[str, Any]:
    """Train what is not trained yet, score what is not scored yet, and give every figure."""
    from finetune.logs.contest import Contest
    from finetune.logs.figures import contest_figures, curve_figures, main_keys
    from finetune.logs.study import latest
    from finetune.logs.transfer import transfer_figures

    recipe, out = work.recipe, work.out

    study = main_study(work)
    opaque = replace(study, folder=out / "opaque", opaque=True, reinforced=False)
    main = Contest(study=study, recorded=work.split, opaque=opaque, folder=out / "main")

    def shorter(cases: int) -> Contest:
        folder = out / f"curve-{cases}"
        less = replace(study, split=latest(study.split, cases), folder=folder, reinforced=False)
        return Contest(study=less, recorded=latest(work.split, cases), opaque=None, folder=folder)

    figures = contest_figures(main, main_keys(main))
    sizes = [cases for cases in recipe.evaluation.curve if cases < len(work.split.training)]
    curve = {cases: shorter(cases) for cases in sizes}
    curve[len(work.split.training)] = main
    keys = [key for key in main_keys(main) if key in ("ngram", "ngram_day", "lstm", "lstm_day", "sft")]
    figures["curve"] = curve_figures(curve, keys)
    if transfer := recipe.transfer:
        target = open_log(transfer.path, out / "transfer.jsonl", recipe=recipe)
        other = temporal_split(target.traces, ties=recipe.source.ties)
        figures["transfer"] = transfer_figures(study, work.log.traces, other=other, folder=out / "transfer")
    return figures


def main_study(work: LogWork) -> Study:
    """The study of the run's own training cases."""
    from finetune.logs.study import Study, learned

    split = learned(work.split, work.recipe)
    return Study(recipe=work.recipe, split=split, folder=work.out / "main", tell=work.tell, reinforced=True)


def chosen_stage(recipe: LogRecipe, figures: dict[str, Any]) -> tuple[Any, str]:
    """Choose the stage to bundle, RL where validation chose it, if it reaches the bar; None and why otherwise."""
    stage = "rl" if recipe.rl and figures["choice"]["rl_epochs"] else "sft"
    metric, bar = recipe.gate.metric, recipe.gate.at_least
    # One adapter goes into the bundle, so the gate looks at that seed and not at the mean.
    value = figures["models"][stage]["seeds"][0][metric]
    why = f"{stage.upper()} of the first seed has {metric} {value:.3f}"
    if recipe.rl and stage == "sft":
        why += "; validation chose no pass of RL"
    if value < bar:
        return None, f"No bundle: {why}, and the gate asks for {bar:.3f}."
    return stage, f"Bundled {stage.upper()}: {why}."


def _bundle(work: LogWork, figures: dict[str, Any], stage: Any) -> Path:
    from workflows.serve.adapter import adapter_identity

    recipe, study = work.recipe, main_study(work)
    adapter = study.adapter(stage, recipe.seed)
    identity, process = adapter_identity(adapter), study.process()
    write_json_atomic(work.out / "procesverloop.json", {"steps": process.steps, "attributes": process.attributes})
    bundle = Bundle(
        name=recipe.name,
        workflow=NAME,
        workflow_version=VERSION,
        schema=identity.schema,
        base=recipe.base,
        base_sha256=identity.base.sha256,
        hub=recipe.hub,
        quantise=recipe.sft.quantise,
        describe=False,
        stage=stage,
        measured=figures["models"][stage]["seeds"][0],
    )
    names = ("recipe.yaml", "data.json", "evaluation.json", "report.html", "procesverloop.json")
    contents = {"adapter": adapter, **{name: work.out / name for name in names}}
    write_bundle(work.out / "bundle", bundle, contents=contents)
    return work.out / "bundle"
