"""The figures of a run on a log as plain JSON: per model and seed, paired differences, the curve, the gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean, stdev
from typing import Any

from finetune.logs.contest import NAMES, Answers, Contest, pooled
from finetune.logs.gaps import gap_figures
from finetune.logs.metrics import by_length, calibration, ceiling, difference, summary
from finetune.logs.protocol import Labels

METRICS = ("headline", "tie_set", "exact", "nll")
_AGAINST = ("ngram5", "ngram", "ngram_day", "lstm", "lstm_day", "lstm_rl", "transformer")


def model_figures(answers: Sequence[Answers]) -> dict[str, Any]:
    """Figures of one model: `seeds` each in full, their `mean`, and over all seeds those by prefix length."""
    seeds = [
        {**summary(one.canonical), "exact_file_order": summary(one.file)["exact"]} for one in answers
    ]
    every = pooled([one.canonical for one in answers])
    return {
        "seeds": seeds,
        "mean": {name: mean(figures[name] for figures in seeds) for name in seeds[0]},
        "deviation": stdev([figures["headline"] for figures in seeds]) if len(seeds) > 1 else 0.0,
        "by_length": by_length(every),
        "calibration": calibration(every),
    }


def differences(answers: Mapping[str, Sequence[Answers]], *, draws: int, seed: int) -> dict[str, Any]:
    """Paired differences with their intervals, per metric and pair "ours-theirs", for the pairs that are there."""
    pairs = [(ours, theirs) for ours in ("sft", "rl") for theirs in _AGAINST]
    pairs += [("rl", "sft"), ("sft", "opaque"), ("lstm", "ngram"), ("lstm_rl", "lstm"), ("lstm_rl", "lstm_day")]
    return {
        metric: {
            f"{ours}-{theirs}": vars(
                difference(
                    [one.canonical for one in answers[ours]],
                    [one.canonical for one in answers[theirs]],
                    metric=metric,
                    draws=draws,
                    seed=seed,
                )
            )
            for ours, theirs in pairs
            if ours in answers and theirs in answers
        }
        for metric in METRICS
    }


def contest_figures(contest: Contest, keys: Sequence[str]) -> dict[str, Any]:
    """Score the models named and give every figure of them."""
    recipe, split = contest.study.recipe, contest.study.split
    answers = {key: contest.answers(key) for key in keys}
    labels = Labels.of(split.training)
    policy = contest.study.policy("rl" if recipe.rl else "sft", recipe.seed)
    return {
        "cases": {
            "fitting": len(split.fitting),
            "validation": len(split.validation),
            "test": len(split.test),
            "straddling": len(split.straddlers),
            "late": len(split.late),
        },
        "closed_list": len(labels),
        "ceiling": ceiling(split.test),
        "models": {key: {"name": NAMES[key], **model_figures(found)} for key, found in answers.items()},
        "differences": differences(answers, draws=recipe.evaluation.bootstrap, seed=recipe.seed),
        "gaps": gap_figures(policy, split.test, training=split.training, labels=labels),
        "choice": vars(contest.study.choice()),
    }


def curve_figures(contests: Mapping[int, Contest], keys: Sequence[str]) -> dict[str, Any]:
    """The headline of the models named by number of training cases, with the paired difference to counting."""
    table = {}
    for cases, contest in sorted(contests.items()):
        answers = {key: contest.answers(key) for key in keys}
        recipe = contest.study.recipe
        over = differences(answers, draws=recipe.evaluation.bootstrap, seed=recipe.seed)["headline"]
        table[str(cases)] = {
            "headline": {key: [summary(one.canonical)["headline"] for one in found] for key, found in answers.items()},
            "over_ngram": over["sft-ngram"],
        }
    return table


def figures_table(figures: Mapping[str, Any]) -> str:
    """Lay the main table out as text, a model per line, with the differences that matter below."""
    columns = {
        "headline": "headline", "tie_set": "tie set", "exact": "exact", "exact_file_order": "exact,file",
        "macro_f1": "macro F1", "top3": "top 3", "nll": "NLL", "ece": "ECE",
    }  # fmt: skip
    lines = [f"{'':34}{'seeds':>6}" + "".join(f"{name:>11}" for name in columns.values())]
    for model in figures["models"].values():
        values = "".join(f"{model['mean'][key]:>11.3f}" for key in columns)
        lines.append(f"{model['name']:34}{len(model['seeds']):>6}{values}")
    best = figures["ceiling"]
    lines.append(
        f"{'ceiling from the prefix alone':34}{'':>6}"
        + "".join(f"{best[key]:>11.3f}" for key in ("headline", "tie_set", "exact"))
    )
    for pair, found in figures["differences"]["headline"].items():
        ours, theirs = pair.split("-")
        lines.append(
            f"headline, {NAMES[ours]} minus {NAMES[theirs]}: {found['value']:+.3f} "
            f"(95 % {found['low']:+.3f} to {found['high']:+.3f})"
        )
    return "\n".join(lines)


def main_keys(contest: Contest) -> tuple[str, ...]:
    """The models of the main table of a recipe, in order."""
    recipe = contest.study.recipe
    by_day = contest.recorded != contest.study.split
    counting = ("ngram", "ngram_day") if by_day else ("ngram",)
    small = ("lstm", *(("lstm_day",) if by_day else ()), *(("lstm_rl",) if recipe.rl else ()), "transformer")
    networks = small if recipe.evaluation.neural else ()
    opaque = ("opaque",) if recipe.evaluation.opaque else ()
    return ("majority", "ngram5", *counting, *networks, "base", *opaque, "sft", *(("rl",) if recipe.rl else ()))
