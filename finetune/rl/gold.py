"""The gold gate: before RL, every gold answer must score full marks and junk must score low, or the run stops.

A reward that a right answer cannot earn, or that an empty answer can, trains the wrong thing with a normal looking
curve.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from data_templates.dossier import Dossier
from finetune.archive import archive, replay
from scaffolds.environment import Episode
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from scaffolds.verify import total, verify
from scaffolds.workflow import Workflow

JUNK_AT_MOST = 0.5


def gold_gate(workflow: Workflow, dossiers: Sequence[Dossier], *, seed: int) -> dict[str, float]:
    """Score gold, empty, unsure and shuffled answers; give the mean of each.

    Raises CasewrightError with the dossier and the verdict when a gold answer loses a point, or when a kind of junk
    scores above JUNK_AT_MOST on average.
    """
    cases = archive(workflow, dossiers)
    for dossier, episode in zip(dossiers, replay(workflow, dossiers, cases), strict=True):
        for score in verify(workflow, episode.archived, episode.facts):
            if score.value < 1.0:
                raise CasewrightError(
                    f"Dossier {dossier.id}: its gold answer scores {score.value} on {score.name} of {score.about}; "
                    "mend the dossier, the table or the verifier before training on this reward."
                )
    means = {"gold": 1.0}
    for name, spoil in _junk(dossiers, seed).items():
        spoilt = [replace(dossier, gold=spoil(dossier)) for dossier in dossiers]
        means[name] = _mean(workflow, replay(workflow, spoilt, cases))
        if means[name] > JUNK_AT_MOST:
            raise CasewrightError(
                f"{name.capitalize()} answers score {means[name]:.2f} on average, above {JUNK_AT_MOST}: the reward can "
                "be earned without reading. Add verdicts (tables, questions asked) or archive more outcomes."
            )
    return means


def _mean(workflow: Workflow, episodes: Sequence[Episode]) -> float:
    return sum(total(verify(workflow, one.archived, one.facts)) for one in episodes) / len(episodes)


Gold = dict[str, dict[str, Fact]]


def _junk(dossiers: Sequence[Dossier], seed: int) -> dict[str, Callable[[Dossier], Gold]]:
    """Kinds of junk; the activity is kept, since an episode with a wrong one ends before it can be scored."""

    def all_of(state: str) -> Callable[[Dossier], Gold]:
        return lambda dossier: {
            step: {path: Fact(path=path, state=state) for path in facts}  # type: ignore[arg-type]
            for step, facts in dossier.gold.items()
        }

    shuffled = list(dossiers)
    random.Random(seed).shuffle(shuffled)
    other = {id(a): b for a, b in zip(dossiers, shuffled, strict=True)}
    return {
        "empty": all_of("not_stated"),
        "unsure": all_of("unsure"),
        "shuffled": lambda dossier: {step: dict(facts) for step, facts in other[id(dossier)].gold.items()},
    }
