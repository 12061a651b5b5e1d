"""Contest: every model of a run on the same test cases, scored once each and kept.

A model is asked for the test part in the canonical order of ties, and again with the same cases in the order of the
file, because the order inside one moment is a convention. What it said is kept under FOLDER/scored, so that a run that
is taken up again opens the test part for no model twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from finetune.logs.baselines import Backoff, Majority, choose_backoff
from finetune.logs.metrics import Scored, score
from finetune.logs.protocol import Labels, NextStep, Split
from finetune.logs.study import Study
from scaffolds.files import folder_atomic

NAMES = {
    "majority": "majority",
    "ngram5": "5-gram",
    "ngram": "n-gram, order by validation",
    "ngram_day": "n-gram, training cases by day",
    "lstm": "LSTM",
    "lstm_day": "LSTM, training cases by day",
    "lstm_rl": "LSTM, with the language model's reward",
    "transformer": "small Transformer",
    "base": "language model, untrained",
    "sft": "language model, SFT",
    "rl": "language model, SFT and RL",
    "opaque": "language model, SFT, opaque words",
}
_ONCE = ("majority", "ngram5", "ngram", "ngram_day", "base")
"""Models in which nothing is random."""


@dataclass(frozen=True)
class Answers:
    """What one model with one seed said of the test part, in both orders of ties."""

    canonical: Scored
    file: Scored


@dataclass(frozen=True, kw_only=True)
class Contest:
    """The models of a run by key, on the test part of `study.split`.

    recorded: the same split with its training cases as recorded, where the study reads them by day. Counting and the
    small networks learn from those; `ngram_day`, `lstm_day` and `lstm_rl` from what the language model reads.
    """

    study: Study
    recorded: Split
    opaque: Study | None
    folder: Path

    def answers(self, key: str) -> list[Answers]:
        """What a model said, one per seed."""
        seeds = self.study.recipe.seeds
        return [self._answers(key, seed) for seed in (seeds[:1] if key in _ONCE else seeds)]

    def model(self, key: str, seed: int) -> NextStep:
        """Fit a model, or open it where it was fitted."""
        from finetune.logs.neural_baselines import fit_neural, fit_rewarded

        split, read, rl = self.recorded, self.study.split, self.study.recipe.rl
        made: dict[str, Callable[[], NextStep]] = {
            "majority": lambda: Majority.fit(split.training, Labels.of(split.training)),
            "ngram5": lambda: Backoff.fit(split.training, 5),
            "ngram": lambda: choose_backoff(split),
            "ngram_day": lambda: choose_backoff(read),
            "lstm": lambda: fit_neural(split, "lstm", seed=seed),
            "lstm_day": lambda: fit_neural(read, "lstm", seed=seed),
            "transformer": lambda: fit_neural(split, "transformer", seed=seed),
            "base": lambda: self.study.policy("base", seed),
            "sft": lambda: self.study.policy("sft", seed),
            "rl": lambda: self.study.policy("rl", seed),
        }
        if key == "opaque" and self.opaque:
            return self.opaque.policy("sft", seed)
        if key == "lstm_rl" and rl:
            return fit_rewarded(read, seed=seed, epochs=rl.epochs, openings=rl.openings)
        return made[key]()

    def _answers(self, key: str, seed: int) -> Answers:
        folder = self.folder / "scored" / f"{key}-{seed}"
        if not folder.exists():
            self.study.tell(f"{self.folder.name} {key}", seed, self.study.recipe.seeds[-1])
            found = scored_both_ways(self.model(key, seed), self.recorded)
            with folder_atomic(folder) as unfinished:
                save_scored(unfinished / "canonical.npz", found.canonical)
                save_scored(unfinished / "file.npz", found.file)
        return Answers(load_scored(folder / "canonical.npz"), load_scored(folder / "file.npz"))


def scored_both_ways(model: NextStep, split: Split, *, labels: Labels | None = None) -> Answers:
    """Score a model on the test part, ties in the order of the split and in that of the file."""
    labels = labels or Labels.of(split.training)
    other = [trace.ordered("file") for trace in split.test]
    return Answers(
        score(model, split.test, labels=labels, training=split.training),
        score(model, other, labels=labels, training=split.training),
    )


def pooled(parts: Sequence[Scored]) -> Scored:
    """Lay the predictions of several seeds behind one another, for figures over all of them."""
    return Scored(
        **{field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Scored)}
    )


def save_scored(path: Path, scored: Scored) -> None:
    """Write predictions as arrays without pickles."""
    arrays: dict[str, Any] = {field.name: getattr(scored, field.name) for field in fields(Scored)}
    plain = {name: array.astype(str) if array.dtype == object else array for name, array in arrays.items()}
    np.savez_compressed(path, **plain)


def load_scored(path: Path) -> Scored:
    """Read predictions that `save_scored` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return Scored(
            **{name: array.astype(object) if array.dtype.kind == "U" else array for name, array in arrays.items()}
        )
