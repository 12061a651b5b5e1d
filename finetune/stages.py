"""The stages of a run, one function each: SFT, RL, evaluation, and the choice for the bundle.

A stage writes into its own folder and is done when its result is there whole. Heavy imports are inside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from finetune.bundle import write_bundle
from finetune.data import Data
from finetune.progress import Progress
from finetune.recipe import Recipe
from scaffolds.files import read_json, write_json_atomic, write_text_atomic
from scaffolds.workflow import Workflow
from workflows.serve.bundle import Bundle, Stage, workflow_schema

if TYPE_CHECKING:
    from finetune.evaluate.notices import Notice
    from finetune.evaluate.readings import Read
    from finetune.preference import Judged
    from finetune.rows import Row
    from scaffolds.decode import Decoder
    from scaffolds.prompt import Prompts
    from workflows.serve.base import Base


_NAMES: Mapping[Stage, str] = {"base": "base", "sft": "SFT", "preference": "preference", "rl": "RL"}


@dataclass(frozen=True, kw_only=True)
class Work:
    """A recipe at work: where its results go, what it learns from, and whom it tells how far it is."""

    recipe: Recipe
    workflow: Workflow
    data: Data
    out: Path
    tell: Progress

    @property
    def schema(self) -> str:
        """Hash of everything the workflow asks of a model."""
        return workflow_schema(self.workflow)

    def prompts(self, base: Base) -> Prompts:
        """How tasks are worded for this base."""
        from scaffolds.prompt import Prompts

        return Prompts(tokenizer=base.tokenizer, describe=self.recipe.describe)

    def adapter(self, stage: Stage) -> Path:
        """Where a stage leaves its adapter."""
        return self.out / stage / "adapter"

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What is compared, in order."""
        trained: tuple[Stage, ...] = ("preference",) if self.recipe.preference else ()
        return ("base", "sft", *trained, "rl") if self.recipe.rl else ("base", "sft", *trained)

    @property
    def before_rl(self) -> Stage:
        """The stage whose adapter RL goes on from."""
        return "preference" if self.recipe.preference else "sft"


def open_base(work: Work) -> Base:
    """Load the recipe's base."""
    from workflows.serve.base import load_base

    return load_base(work.recipe.base, quantise=work.recipe.sft.quantise, hub=work.recipe.hub)


def training_rows(work: Work, base: Base) -> list[Row]:
    """Write the confirmed dossiers as transcripts."""
    from finetune.rows import rows

    return rows(work.data.confirmed, workflow=work.workflow, prompts=work.prompts(base), context=base.context)


def preference_rows(work: Work, base: Base) -> list[Judged]:
    """Turn what annotators settled into tokens; empty where the recipe has no such stage."""
    from finetune.preference import judged_rows

    if work.recipe.preference is None:
        return []
    prompts = work.prompts(base)
    return judged_rows(
        work.recipe.preference, workflow=work.workflow, schema=work.schema, prompts=prompts, context=base.context
    )


def sft_stage(work: Work) -> None:
    """Train the SFT adapter on the confirmed dossiers; an interrupted run goes on, a finished one returns."""
    from finetune.sft import train_sft

    if work.adapter("sft").exists():
        return
    base = open_base(work)
    train_sft(
        base,
        training_rows(work, base),
        work.recipe.sft,
        out=work.out / "sft",
        seed=work.recipe.seed,
        schema=work.schema,
        describe=work.recipe.describe,
        progress=lambda done, total: work.tell("SFT", done, total),
    )


def preference_stage(work: Work) -> None:
    """Train on from the SFT adapter on what annotators settled; interrupted, it goes on."""
    from finetune.preference import train_preference

    preference = work.recipe.preference
    if preference is None or work.adapter("preference").exists():
        return
    base = open_base(work)
    train_preference(
        base,
        preference_rows(work, base),
        preference,
        start=work.adapter("sft"),
        out=work.out / "preference",
        seed=work.recipe.seed,
        schema=work.schema,
        bf16=read_json(work.out / "sft" / "settings.json")["pace"]["bf16"],
        progress=lambda done, total: work.tell(preference.method.upper(), done, total),
    )


def rl_stage(work: Work) -> None:
    """Train on from the adapter before it on the archive, after the gold gate; interrupted, it goes on."""
    from finetune.adapter import save_adapter
    from finetune.archive import archive, replay, without_outcome
    from finetune.rl.gold import gold_gate
    from finetune.rl.train import train_rl
    from workflows.serve.adapter import adapter_identity, load_adapter

    rl = work.recipe.rl
    if rl is None or work.adapter("rl").exists():
        return
    gate = gold_gate(work.workflow, work.data.archive, seed=work.recipe.seed)
    write_json_atomic(work.out / "rl" / "gold.json", gate)
    pace = read_json(work.out / "sft" / "settings.json")["pace"]
    base = open_base(work)
    start = work.adapter(work.before_rl)
    identity = adapter_identity(start)
    policy = load_adapter(base, start, schema=work.schema, trainable=True)
    # Of all sources alike, and no more than the run goes over.
    confirmed = Random(work.recipe.seed).sample(
        work.data.confirmed, min(len(work.data.confirmed), rl.rounds * rl.rehearsed)
    )
    trained = train_rl(
        replace(base, model=policy),
        archive(work.workflow, work.data.archive),
        rl,
        confirmed=replay(work.workflow, confirmed, [without_outcome(dossier) for dossier in confirmed]),
        workflow=work.workflow,
        describe=work.recipe.describe,
        seed=work.recipe.seed,
        out=work.out / "rl",
        bf16=pace["bf16"],
        progress=lambda done, total: work.tell("RL", done, total),
    )
    save_adapter(trained, work.adapter("rl"), identity=identity)


def evaluation_stage(work: Work) -> dict[str, Any]:
    """Measure the base and every trained stage on the held-out dossiers; keep every reading, and give the figures.

    Readings go to evaluation/STAGE.jsonl, one fact of one dossier per line, and those of real notices to
    evaluation/STAGE.notices.jsonl; the figures to evaluation.json.
    """
    from finetune.evaluate.compare import compare
    from finetune.evaluate.notices import notice_figures, read_notices

    reads: dict[str, Read] = {}
    notices: dict[str, Any] = {}
    for stage in work.stages:
        decoder = _decoder(work, stage)
        reads[stage] = _read(work, stage, decoder)
        if real := _notices(work):
            read = read_notices(
                decoder, _prompts(work, decoder), workflow=work.workflow, notices=real,
                batch_size=work.recipe.evaluation.batch_size,
            )
            _keep(work, f"{stage}.notices", [asdict(one) for one in read])
            notices[stage] = notice_figures(read)
    for name, dossiers in reads.items():
        _keep(work, name, [reading.to_dict() for reading in dossiers.readings])
    figures = compare(reads, notices=notices, draws=work.recipe.evaluation.bootstrap, seed=work.recipe.seed)
    write_json_atomic(work.out / "evaluation.json", figures)
    return figures


def _keep(work: Work, name: str, readings: Sequence[Mapping[str, Any]]) -> None:
    lines = [json.dumps(reading, ensure_ascii=False) for reading in readings]
    write_text_atomic(work.out / "evaluation" / f"{name}.jsonl", "\n".join(lines) + "\n")


def _decoder(work: Work, stage: Stage) -> Decoder:
    from scaffolds.decode import Decoder
    from workflows.serve.adapter import load_adapter

    base = open_base(work)
    model = base.model
    if stage != "base":
        model = load_adapter(base, work.adapter(stage), schema=work.schema).eval()
    return Decoder(model, base.tokenizer)


def _prompts(work: Work, decoder: Decoder) -> Prompts:
    from scaffolds.prompt import Prompts

    return Prompts(tokenizer=decoder.tokenizer, describe=work.recipe.describe)


def _read(work: Work, stage: Stage, decoder: Decoder) -> Read:
    from finetune.evaluate.readings import read_dossiers

    return read_dossiers(
        decoder,
        _prompts(work, decoder),
        workflow=work.workflow,
        dossiers=work.data.evaluation,
        batch_size=work.recipe.evaluation.batch_size,
        progress=lambda done, total: work.tell(f"Evaluate {stage}", done, total),
    )


def _notices(work: Work) -> list[Notice]:
    from finetune.evaluate.notices import load_notices

    named = work.recipe.evaluation.notices
    return load_notices(Path(named)) if named and Path(named).is_file() else []


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Which stage goes into the bundle, or None, and why in one sentence."""

    stage: Stage | None
    why: str


def gate(work: Work, figures: dict[str, Any]) -> Verdict:
    """Choose the stage to bundle.

    The last stage that is better on the recipe's metric than the one chosen before it, if it reaches the bar.
    """
    metric, bar = work.recipe.gate.metric, work.recipe.gate.at_least
    scores = {stage: figures["stages"][stage]["summary"][metric] for stage in work.stages}
    stage: Stage = "sft"
    why = f"SFT has {metric} {scores['sft']:.3f}"
    for later in work.stages[2:]:
        name = _NAMES[later]
        if scores[later] > scores[stage]:
            why = f"{name} has {metric} {scores[later]:.3f}, {_NAMES[stage]} {scores[stage]:.3f}"
            stage = later
        else:
            why += f"; {name} is not bundled, because with {scores[later]:.3f} it is not better"
    if scores[stage] < bar:
        return Verdict(stage=None, why=f"No bundle: {why}, and the gate asks for {bar:.3f}.")
    return Verdict(stage=stage, why=f"Bundled {_NAMES[stage]}: {why}.")


def bundle_stage(work: Work, figures: dict[str, Any], stage: Stage) -> Path:
    """Write the bundle of a stage: its adapter, the resolved recipe, the data record and the figures."""
    from workflows.serve.adapter import adapter_identity

    identity = adapter_identity(work.adapter(stage))
    bundle = Bundle(
        name=work.recipe.name,
        workflow=work.workflow.name,
        workflow_version=work.workflow.version,
        schema=identity.schema,
        base=work.recipe.base,
        base_sha256=identity.base.sha256,
        hub=work.recipe.hub,
        quantise=work.recipe.sft.quantise,
        describe=work.recipe.describe,
        stage=stage,
        measured=figures["stages"][stage]["summary"],
    )
    contents = {
        name: work.out / name for name in ("recipe.yaml", "data.json", "evaluation.json", "report.html")
    }
    write_bundle(work.out / "bundle", bundle, contents={"adapter": work.adapter(stage), **contents})
    return work.out / "bundle"
