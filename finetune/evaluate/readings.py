"""Readings: what a model answered on held-out dossiers, fact by fact beside the gold, with how sure it was.

The model plays each dossier through the workflow's own engine without drawing, as in service. A fact that was never
asked for, because the activity was read wrong, is a miss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from data_templates.dossier import Dossier
from finetune.archive import replay, without_outcome
from scaffolds.decode import Decoder
from scaffolds.decode.confidence import confidences
from scaffolds.decode.policy import Conversation, Policy
from scaffolds.environment import Episode, outcome_of, play
from scaffolds.facts import Fact
from scaffolds.prompt import Prompts
from scaffolds.workflow import Workflow


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One fact of one case: gold beside answer. `confidence` is the probability of all the fact's tokens."""

    case: str
    family: str
    path: str
    gold_state: str
    gold: tuple[Any, ...]
    state: str
    said: tuple[Any, ...]
    quotation: str
    correct: bool
    evidence_found: bool | None
    """Whether the quotation overlaps the gold evidence; None where the gold states nothing."""
    handed_over: bool
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Read:
    """The readings of one model, and per case whether its tables fired the rows that the gold facts fire."""

    readings: tuple[Reading, ...]
    outcome_agrees: dict[str, bool]


def read_dossiers(
    decoder: Decoder,
    prompts: Prompts,
    *,
    workflow: Workflow,
    dossiers: Sequence[Dossier],
    batch_size: int,
    progress: Callable[[int, int], None] | None = None,
) -> Read:
    """Play `dossiers` without drawing, `batch_size` at a time."""
    readings: list[Reading] = []
    agrees: dict[str, bool] = {}
    for start in range(0, len(dossiers), batch_size):
        part = dossiers[start : start + batch_size]
        cases = [without_outcome(dossier) for dossier in part]
        right = replay(workflow, part, cases)
        policy = Policy(decoder, prompts)
        episodes = play(workflow, cases, policy, model="evaluated")
        for index, (dossier, episode, gold) in enumerate(zip(part, episodes, right, strict=True)):
            readings += case_readings(dossier, episode, policy.conversations[index], decoder)
            agrees[dossier.id] = outcome_of(workflow, episode.case) == outcome_of(workflow, gold.case)
        if progress:
            progress(min(start + batch_size, len(dossiers)), len(dossiers))
    return Read(readings=tuple(readings), outcome_agrees=agrees)


def case_readings(
    dossier: Dossier, episode: Episode, conversation: Conversation, decoder: Decoder
) -> list[Reading]:
    """Lay one case's answers beside its gold facts."""
    sure = confidences(conversation, decoder)
    answered = {turn.question.step: turn.facts for turn in episode.turns}
    return [
        _reading(dossier, path, gold, answered.get(step, {}).get(path), sure.get((step, path), 0.0))
        for step, facts in dossier.gold.items()
        for path, gold in facts.items()
    ]


def _reading(dossier: Dossier, path: str, gold: Fact, said: Fact | None, confidence: float) -> Reading:
    same = said is not None and said.says(gold)
    found = said is not None and said.meets(gold) if gold.state == "stated" else None
    return Reading(
        case=dossier.id,
        family=dossier.family,
        path=path,
        gold_state=gold.state,
        gold=gold.values,
        state=said.state if said else "not_asked",
        said=said.values if said else (),
        quotation=" / ".join(place.quotation for place in said.evidence) if said else "",
        correct=same,
        evidence_found=found,
        handed_over=bool(said and said.handed_over),
        confidence=confidence,
    )
