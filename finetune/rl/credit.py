"""Credit: which tokens a verdict speaks about, and how much better than its group each episode did there.

Every score of `scaffolds.verify` names the facts that it rests on. The advantage of a verdict is its value minus
the mean of the same verdict over the group, and it goes to the tokens of those facts only: the gradient of the
summed verdicts with the noise of unrelated facts left out. (Textbook GRPO gives every token of an episode the same
advantage, divided by the group's standard deviation.)
"""

from collections.abc import Mapping, Sequence

from scaffolds.verify import Score


def fact_advantages(group: Sequence[Sequence[Score]], weights: Mapping[str, float]) -> list[dict[str, float]]:
    """For each episode of a group the advantage of each fact, by dotted path."""
    verdicts: dict[str, list[float]] = {}
    for scores in group:
        for score in scores:
            verdicts.setdefault(_key(score), []).append(score.value)
    means = {key: sum(values) / len(values) for key, values in verdicts.items()}
    advantages = []
    for scores in group:
        by_path: dict[str, float] = {}
        for score in scores:
            gain = weights[score.name] * (score.value - means[_key(score)])
            for path in score.paths:
                by_path[path] = by_path.get(path, 0.0) + gain
        advantages.append(by_path)
    return advantages


def _key(score: Score) -> str:
    # A fact that is handed over is judged by the same verdict as one that is answered, else it had no rival.
    return f"{'evidence' if score.name == 'evidence' else 'outcome'}:{score.about}"
