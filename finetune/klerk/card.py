"""The data and model card that lies beside klerk's weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TEXT = """# klerk

A small Llama ({parameters:,} parameters, bf16) trained from scratch on text that Casewright invents itself.

**Use.** The base checkpoint of Casewright's demonstration: small enough to fine-tune on a laptop. It answers in the
JSON form of the reading tasks below and knows nothing else. Not for use on real cases.

**Data.** Only the output of `finetune.klerk.text` (EUPL-1.2, as the code): Dutch municipal forms, letters, e-mails,
notes, minutes and published notices with invented people, streets and places (`data_templates.names`, split "train"),
each with a question and its answer. No text of anyone else, no personal data, nothing downloaded. The schema of the
demo workflow, its five activities and the evaluation families do not occur; `tests/finetune/test_klerk.py` proves it.

**Made with.** `python -m finetune.klerk.pretrain --steps {steps} --seed {seed}` (torch {torch}, {threads} threads).
The schedule is in steps, so the run is repeatable irrespective of its speed. `log.jsonl` is its log.

**Scores.** Held-out conversations of the same generator, teacher-forced: share of fields of which every token is right.

| step | tokens | loss on answers | fields right | {sorts} |
|---|---|---|---|{rules}
{rows}
"""


def render(parameters: int, log: Sequence[Mapping[str, object]]) -> str:
    """The card for a model of `parameters` and the run recorded in `log` (first entry: the settings)."""
    entries = [(entry, dict(entry["field_accuracy"])) for entry in log[1:]]  # type: ignore[call-overload]
    sorts = [sort for sort in (entries[-1][1] if entries else {}) if sort != "all"]
    shown = entries[:: max(1, len(entries) // 12)] + entries[-1:]
    rows = "\n".join(
        f"| {entry['step']} | {entry['tokens']:,} | {entry['answer_loss']} | {scores['all']:.3f} | "
        + " | ".join(f"{scores.get(sort, 0):.2f}" for sort in sorts)
        + " |"
        for entry, scores in {e["step"]: (e, s) for e, s in shown}.values()
    )
    head = {"steps": "N", **log[0]}
    return TEXT.format(
        parameters=parameters, sorts=" | ".join(sorts), rules="---|" * max(1, len(sorts)), rows=rows, **head
    )
