"""The data and model card that lies beside klerk's weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

TEXT = """# klerk

A small Llama ({parameters:,} parameters, bf16) trained from scratch on text that Casewright invents itself.

**Use.** The base checkpoint of Casewright's demonstration: small enough to fine-tune on a laptop. It answers in the
JSON form of the reading tasks below and knows nothing else. Not for use on real cases.

**Data.** Only the output of `finetune.klerk.text` (EUPL-1.2, as the code): Dutch municipal forms, letters, e-mails,
notes, minutes and published notices with invented people, streets and places (`data_templates.names`, split "train"),
each with a question and its answer. No text of anyone else, no personal data, nothing downloaded. The schema of the
demo workflow, its five activities and the evaluation families do not occur; `tests/finetune/test_klerk.py` proves it.

**Made with.**

{runs}

The schedule is in steps, so a run is repeatable irrespective of its speed; on a GPU sums are not taken in the same
order twice. The first stage is reading, each later one reading with half of the names invented. The first two layers
start with a copying head laid down (`start.py`), the rest at random. `log.jsonl` is the log.

**Scores.** {held_out}

| stage | step | tokens | loss on answers | all | {sorts} | all, names invented | all, unseen subjects |
|---|---|---|---|---|{rules}---|---|
{rows}
"""
RUN = """{number}. `python -m finetune.klerk.pretrain {start}--steps {steps} --seed {seed}` at commit {revision} (source
   {source}), on {device} with torch {torch}, {threads} threads, {precision}."""
HELD_OUT = """200 held-out conversations of the same generator, teacher-forced: share of fields of which every token of
quotation and value is right. Names invented: half of the names are made up of letters. Unseen subjects: the documents
are about `bank/unseen` alone, which training never reads."""


def render(parameters: int, log: Sequence[Mapping[str, Any]]) -> str:
    """The card for a model of `parameters` and the run recorded in `log` (first entry: the settings)."""
    entries = log[1:]
    sorts = [sort for sort in (entries[-1]["field_accuracy"] if entries else {}) if sort != "all"]
    shown = [entry for number, entry in enumerate(entries) if number % 3 == 0 or entry is entries[-1]]
    rows = "\n".join(
        f"| {entry['stage']} | {entry['step']} | {entry['tokens']:,} | {entry['answer_loss']:.3f} | "
        + " | ".join(f"{entry['field_accuracy'].get(sort, 0):.2f}" for sort in ("all", *sorts))
        + "".join(f" | {entry.get(name, {}).get('all', '')}" for name in ("with_invented_names", "unseen_subjects"))
        + " |"
        for entry in shown
    )
    return TEXT.format(
        parameters=parameters,
        runs="\n".join(_runs(log[0])),
        held_out=HELD_OUT,
        sorts=" | ".join(sorts),
        rules="---|" * len(sorts),
        rows=rows,
    )


def _runs(settings: Mapping[str, Any]) -> list[str]:
    """A line per command that led to the weights, the first run first."""
    before = settings.get("before")
    earlier = _runs(before) if before else []
    own = settings["steps"][len(before["steps"]) :] if before else settings["steps"]
    line = RUN.format(
        number=len(earlier) + 1,
        start=f"--start RESULT_OF_{len(earlier)} " if before else "",
        steps=" ".join(str(count) for count in own),
        precision="bf16 with fp32 weights" if settings["bf16"] else "fp32",
        **{key: settings[key] for key in ("seed", "revision", "source", "device", "torch", "threads")},
    )
    return [*earlier, line]
