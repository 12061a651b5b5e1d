"""Credit: how much better than its group each answer of an episode was, fact by fact and token by token.

A decision table is a function, so what a fact contributed to its outcome can be asked of the table instead of being
guessed: every answer that the group gave to a fact is judged among the other answers of every episode of the group,
and its worth is the mean. That is the counterfactual baseline of Foerster et al. (COMA, 2018), with a table where they
learn a critic. A fact whose answers all fire the same rows gets nothing, whatever became of the episode.

Within a fact a token is compared with the answers that share everything before it. Where the group parts over whether
something is stated, the words of the quotations are neither praised nor blamed for it. The difference is divided by
the mean worth, so that what is climbed is the logarithm of the expected verdict, as likelihood is in supervised
training: one right answer among many confident wrong ones counts for most. (Textbook GRPO gives every token of an
episode the same advantage, divided by the group's standard deviation.)
"""

from collections.abc import Mapping, Sequence

from scaffolds.environment import Archived
from scaffolds.facts import Fact
from scaffolds.verify import verify
from scaffolds.workflow import Workflow

Answers = Mapping[str, Fact]
"""What one episode answered, by dotted path."""


def worths(
    workflow: Workflow, archived: Archived, group: Sequence[Answers], weights: Mapping[str, float]
) -> list[dict[str, float]]:
    """For each episode of a group on one case the worth of its answer to each fact, from 0 to 1.

    Facts about which the group agrees are left out, and so are those that no verdict tells apart.
    """
    found: list[dict[str, float]] = [{} for _ in group]
    for path in dict.fromkeys(path for answers in group for path in answers):
        given = [place for place, answers in enumerate(group) if path in answers]
        variants = {_said(group[place][path]): group[place][path] for place in given}
        if len(variants) < 2:
            continue
        worth = dict.fromkeys(variants, 0.0)
        for place in given:
            judged = {
                said: _worth(workflow, archived, {**group[place], path: fact}, path, weights)
                for said, fact in variants.items()
            }
            for said, value in judged.items():
                worth[said] += value / len(given)
        if max(worth.values()) > min(worth.values()):
            for place in given:
                found[place][path] = worth[_said(group[place][path])]
    return found


def token_advantages(answers: Sequence[Sequence[int]], worth: Sequence[float]) -> list[list[float]]:
    """The advantage of every token of a group's answers to one fact.

    A token is held against the mean worth of the answers that begin with the same tokens; behind the last place that
    an answer shares with another, against the mean at that place.
    """
    mean = sum(worth) / len(worth)
    if not mean:
        return [[0.0] * len(answer) for answer in answers]
    advantages = []
    for answer, value in zip(answers, worth, strict=True):
        peers, baseline, gains = list(range(len(answers))), mean, []
        for place, token in enumerate(answer):
            if len(peers) > 1:
                baseline = sum(worth[peer] for peer in peers) / len(peers)
            gains.append((value - baseline) / mean)
            peers = [peer for peer in peers if len(answers[peer]) > place and answers[peer][place] == token]
        advantages.append(gains)
    return advantages


def _said(fact: Fact) -> tuple[object, ...]:
    return fact.state, fact.values, bool(fact.problems)


def _worth(
    workflow: Workflow, archived: Archived, answers: Answers, path: str, weights: Mapping[str, float]
) -> float:
    """Weighted mean of the verdicts on a fact. Evidence has no part in it, since only what is stated has any: what
    its quotation does not say loses by the weight of `evidence`.
    """
    scores = verify(workflow, archived, answers, about=path)
    outcome = [(score.value, weights[score.name]) for score in scores if score.name != "evidence"]
    total = sum(weight for _, weight in outcome)
    mean = sum(value * weight for value, weight in outcome) / total if total else 1.0
    unfounded = any(score.name == "evidence" and not score.value for score in scores)
    return mean * max(0.0, 1.0 - weights["evidence"] * unfounded)
