"""Credit: which tokens a verdict speaks about, and how much better than its group each episode did there.

Every score of `scaffolds.verify` names the facts that it rests on. The advantage of a verdict is its value minus
the mean of the same verdict over the group, divided by that mean, and it goes to the tokens of those facts only. So
what is climbed is the logarithm of the expected verdict, as likelihood is in supervised training: one right answer
among many confident wrong ones counts for most, and the noise of unrelated facts is left out. A fact that several
verdicts speak of gets their mean: a name that is stated is judged twice (it was not asked for, and it is the one in
the register), a name that is not stated once, and with their sum stating anything would pay. (Textbook GRPO gives
every token of an episode the same advantage, divided by the group's standard deviation.)
"""

from collections.abc import Mapping, Sequence

from scaffolds.verify import Score


def fact_advantages(group: Sequence[Sequence[Score]], weights: Mapping[str, float]) -> list[dict[str, float]]:
    """For each episode of a group the advantage of each fact, by dotted path."""
    verdicts: dict[str, list[float]] = {}
    outcomes: dict[str, set[str]] = {}
    for scores in group:
        for score in scores:
            verdicts.setdefault(_key(score), []).append(score.value)
            if score.name != "evidence":  # which only what is stated has
                for path in score.paths:
                    outcomes.setdefault(path, set()).add(score.about)
    means = {key: sum(values) / len(values) for key, values in verdicts.items()}
    advantages = []
    for scores in group:
        by_path: dict[str, float] = {}
        for score in scores:
            mean = means[_key(score)]
            gain = weights[score.name] * (score.value / mean - 1.0) if mean else 0.0
            for path in score.paths:
                by_path[path] = by_path.get(path, 0.0) + gain / max(1, len(outcomes.get(path, ())))
        advantages.append(by_path)
    return advantages


def _key(score: Score) -> str:
    # A fact that is handed over is judged by the same verdict as one that is answered, else it had no rival.
    return f"{'evidence' if score.name == 'evidence' else 'outcome'}:{score.about}"
