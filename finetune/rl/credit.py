"""Credit: how much better than its group each answer of an episode was, fact by fact and token by token.

A decision table is a function, so what a fact contributed to its outcome can be asked of the table instead of being
guessed: every answer that the group gave to a fact is judged among the other answers of every episode of the group,
and its worth is the mean. That is the counterfactual baseline of Foerster et al. (COMA, 2018), with a table where they
learn a critic. A fact whose answers all fire the same rows gets nothing for them, whatever became of the episode.

An answer is worth what the strictest verdict on it says. An archive often knows only that something was stated, not
what; if that were enough, stating anything would pay wherever it is mostly stated. So what no register keeps is worth
only as much of its verdicts as the share of the group that says the same and points at the same place (as in
self-consistency, Wang et al. 2023).

Handing over is never worth more than the best of the group's answers is in the same place: where a row is lost by
another fact, it would else pay to hand over every fact of that row.

Within a fact a token is compared with the answers that share everything before it. Where the group parts over whether
something is stated, the words of the quotations are neither praised nor blamed for it. The difference is divided by
the mean worth, so that what is climbed is the logarithm of the expected verdict, as likelihood is in supervised
training: one right answer among many confident wrong ones counts for most. (Textbook GRPO gives every token of an
episode the same advantage, divided by the group's standard deviation.)
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

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

    Facts whose answers are all worth the same are left out.
    """
    found: list[dict[str, float]] = [{} for _ in group]
    for path in dict.fromkeys(path for answers in group for path in answers):
        given = {place: answers[path] for place, answers in enumerate(group) if path in answers}
        variants = {_said(fact): fact for fact in given.values()}
        shares = {place: _share(fact, list(given.values())) for place, fact in given.items()}
        if len(variants) == 1 == len(set(shares.values())):
            continue
        earned: dict[Hashable, float] = dict.fromkeys(variants, 0.0)
        known: set[Hashable] = set()
        for place in given:
            judged = {
                said: _judge(workflow, archived, {**group[place], path: fact}, path, weights)
                for said, fact in variants.items()
            }
            best = max((one.worth for one in judged.values() if not one.handed_over), default=0.0)
            for said, one in judged.items():
                earned[said] += (min(one.worth, best) if one.handed_over else one.worth) / len(given)
            known.update(said for said, one in judged.items() if one.known)
        worth = {
            place: earned[_said(fact)] * (1.0 if _said(fact) in known else shares[place])
            for place, fact in given.items()
        }
        if max(worth.values()) > min(worth.values()):
            for place, value in worth.items():
                found[place][path] = value
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


@dataclass(frozen=True)
class _Verdict:
    """What an answer earns among other answers, whether it handed over what could be read, and whether the archive
    knows such an answer word for word.
    """

    worth: float
    handed_over: bool
    known: bool


def _judge(
    workflow: Workflow, archived: Archived, answers: Answers, path: str, weights: Mapping[str, float]
) -> _Verdict:
    """The strictest verdict on a fact, where a wrong answer costs the weight of its verifier."""
    scores = verify(workflow, archived, answers, about=path)
    names = {score.name for score in scores}
    return _Verdict(
        worth=max(0.0, min((1.0 - weights[score.name] * (1.0 - score.value) for score in scores), default=1.0)),
        handed_over="hand_over" in names and answers[path].handed_over,
        known="registered" in names or (answers[path].state != "stated" and bool(names & {"asked", "hand_over"})),
    )


def _said(fact: Fact) -> Hashable:
    return fact.state, fact.values, bool(fact.problems)


def _share(fact: Fact, given: Sequence[Fact]) -> float:
    """The share of answers that say the same, and where something is stated point at the same place."""
    return sum(fact.says(one) and (fact.state != "stated" or fact.meets(one)) for one in given) / len(given)
