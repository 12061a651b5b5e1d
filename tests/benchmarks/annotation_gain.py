"""What corrections are worth: held-out accuracy before and after the preference stage, with a paired interval.

    python -m tests.benchmarks.annotation_gain OUT [--confirmed N] [--annotated N] [--evaluation N] [--method METHOD]

The built-in base is fine-tuned on `confirmed` dossiers and then reads `annotated` others. Two simulated annotators see
each reading: a fact that was read wrong they let through with probability `anchor`, and any fact they spoil with
probability `slip`; where they differ a senior decides, who slips too. What is settled is exported and trained on, by
the same code that real annotations take from `answer_of` on. Held-out dossiers share no text family, name, street or
place with any of these.
"""

import argparse
import random
import shutil
from pathlib import Path
from typing import Any

from data_templates.labelling import form_of
from finetune.annotate.adjudicate import add_adjudications
from finetune.annotate.answer import answer_of, fields, results_of
from finetune.annotate.export import export_trl
from finetune.annotate.ledger import Annotation, Ledger
from finetune.annotate.plan import Mix, make_plan, plant
from finetune.annotate.pull import suggestion
from finetune.annotate.source import from_dossiers
from finetune.annotate.task import Task
from finetune.evaluate.metrics import interval, paired_gain
from finetune.evaluate.readings import read_dossiers
from finetune.libraries import settle_libraries
from finetune.progress import silent
from finetune.recipe import Recipe, load_recipe
from finetune.run import prepare
from finetune.stages import open_base, preference_stage, sft_stage
from scaffolds.case import fact_to_json
from scaffolds.decode import Decoder
from scaffolds.workflow import Workflow
from workflows.registry import load_dossiers
from workflows.serve.adapter import load_adapter

AT = "2026-11-26T12:00:00+00:00"
Answer = dict[str, Any]


def annotated(
    task: Task, right: Answer, *, anchor: float, slip: float, workflow: Workflow, rng: random.Random
) -> Answer:
    """What a simulated annotator answers."""
    offered = {item["path"]: item for item in (task.proposed or {"facts": []})["facts"]}
    facts = []
    for item in right["facts"]:
        shown = offered.get(item["path"], item)
        wrong = (shown["state"], shown["values"]) != (item["state"], item["values"])
        keeps = wrong and not shown["problems"] and rng.random() < anchor
        facts.append(shown if keeps else item)
    answer: Answer = {**right, "facts": facts}
    for place, item in enumerate(facts):
        if item["state"] == "stated" and rng.random() < slip:
            spoiled = plant({**answer, "facts": [item]}, kinds=workflow.kinds, rng=rng)
            if spoiled is not None:
                facts[place] = spoiled["facts"][0]
    return answer


def annotate(ledger: Ledger, workflow: Workflow, gold: dict[tuple[str, str], Answer], options: Any) -> None:
    """Let two annotators, and a senior where they differ, answer every task; what does not hold up is left out."""
    rng = random.Random(options.seed)
    number = 0

    def by(who: str, tasks: list[Task], *, anchor: float) -> None:
        nonlocal number
        with ledger.writing():
            for task in tasks:
                number += 1
                right = gold[task.case, task.step]
                said = annotated(task, right, anchor=anchor, slip=options.slip, workflow=workflow, rng=rng)
                form = form_of(workflow, "facts", task.step)
                answer = answer_of(workflow, form, task, results_of(form, task, said))
                ledger.record(
                    Annotation(
                        project=1, id=number, key=task.key, annotator=who, at=AT, seconds=30.0, status="answered",
                        answer=answer, suggestion=suggestion(task, answer), reasons=(), results=[], instruction="",
                    )
                )  # fmt: skip

    for who in ("anna@example.nl", "bram@example.nl"):
        by(who, [task for task in ledger.tasks() if task.circle != "senior"], anchor=options.anchor)
    add_adjudications(ledger)
    by("carla@example.nl", list(ledger.tasks("senior")), anchor=0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--workflow", default="omgevingsvergunning")
    parser.add_argument("--start", type=Path, help="the folder `sft` of a run, in the place of training on `confirmed`")
    parser.add_argument("--confirmed", type=int, default=60)
    parser.add_argument("--annotated", type=int, default=60)
    parser.add_argument("--evaluation", type=int, default=40)
    parser.add_argument("--sft-epochs", type=float, default=4)
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--method", choices=["sft", "dpo", "kto"], default="sft")
    parser.add_argument("--sft-weight", type=float, default=1.0)
    parser.add_argument("--slip", type=float, default=0.03)
    parser.add_argument("--anchor", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    settle_libraries()
    recipe = load_recipe("demo", overrides=[
        f"workflow={options.workflow}", f"seed={options.seed}", f"sources.0.confirmed={options.confirmed}",
        "sources.0.archive=0", f"sources.0.evaluation={options.evaluation}", f"sft.epochs={options.sft_epochs}",
        "rl=null", "evaluation.notices=null", "gate.at_least=0.0",
    ])  # fmt: skip
    assert isinstance(recipe, Recipe)
    before = prepare(recipe, out=options.out / "before", tell=silent)
    if options.start and not before.adapter("sft").exists():
        shutil.copytree(options.start, before.out / "sft")
    sft_stage(before)
    base = open_base(before)
    decoder = Decoder(load_adapter(base, before.adapter("sft"), schema=before.schema).eval(), base.tokenizer)
    # Sources of the recipe draw from seed * 1000 and up; these dossiers are others of the same families.
    made = list(load_dossiers(options.workflow)(options.annotated, seed=options.seed * 1000 + 999, split="train"))
    gold = {
        (dossier.id, step): {"step": step, "facts": [fact_to_json(fact) for fact in facts.values()]}
        for dossier in made
        for step, facts in dossier.gold.items()
    }
    workflow = before.workflow
    found = list(from_dossiers(workflow, made, decoder=decoder, prompts=before.prompts(base), model="sft"))
    mix = Mix(gold=0.0, planted=0.0)
    tasks = make_plan(found, count=len(found), mix=mix, seed=options.seed, kinds=workflow.kinds)
    shutil.rmtree(options.out / "plan", ignore_errors=True)
    with Ledger(options.out / "plan", create=True) as ledger:
        ledger.create(tasks, settings={
            "workflow": workflow.name, "version": workflow.version, "kind": "facts", "annotators": 2,
            "seed": options.seed, "mix": vars(mix), "terms": "simulated", "legal_basis": "none",
            "instruction": {"version": "0", "text": "simulated", "sha256": "0" * 64},
        })  # fmt: skip
        annotate(ledger, workflow, gold, options)
        rows = export_trl(ledger, workflow, out=options.out / "trl", describe=recipe.describe)
        given = [task.proposed for task in tasks if task.proposed]
        right = [fields(one) == fields(gold[task.case, task.step]) for task in tasks if (one := task.proposed)]
    print(f"{len(tasks)} tasks, {sum(right)} of {len(given)} readings wholly right; rows {rows}", flush=True)
    preference = {
        "name": "annotators", "kind": "synthetic", "licence": "EUPL-1.2", "legal_basis": "none",
        "rows": str(options.out / "trl"), "method": options.method, "epochs": options.epochs,
        "learning_rate": options.learning_rate,
        "sft_weight": options.sft_weight if options.method == "dpo" else 0.0,
    }  # fmt: skip
    out = options.out / f"after-{options.method}"
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(before.out / "sft", out / "sft")
    after = prepare(Recipe.model_validate(recipe.model_dump() | {"preference": preference}), out=out, tell=silent)
    preference_stage(after)
    read = {}
    for work, stage in ((before, "sft"), (after, "preference")):
        base = open_base(work)
        model = load_adapter(base, work.out / stage / "adapter", schema=work.schema).eval()
        read[stage] = read_dossiers(
            Decoder(model, base.tokenizer), work.prompts(base), workflow=workflow, dossiers=work.data.evaluation,
            batch_size=16,
        ).readings  # fmt: skip
        one = interval(read[stage], draws=2000, seed=1)
        print(f"{stage:12} field accuracy {one.value:.3f} [{one.low:.3f}, {one.high:.3f}]", flush=True)
    gain = paired_gain(read["preference"], read["sft"], draws=2000, seed=1)
    print(
        f"{options.method.upper()} on corrections: {gain.value:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}], "
        f"paired over {options.evaluation} held-out dossiers"
    )


if __name__ == "__main__":
    main()
