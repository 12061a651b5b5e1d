"""Draws: which cases each step of RL is played with, settled by the seed before the first step."""

from collections.abc import Iterator
from itertools import islice
from random import Random

from finetune.recipe import Rl


class Draws:
    """A sampler over a whole run: per step the compared cases, `group` times each, the told ones, the rehearsed ones.

    count: cases of the archive. confirmed: dossiers to rehearse, numbered behind them. Of both, each is drawn once
    before any is drawn again. repeat: how often the trainer asks for the episodes of one step.
    """

    def __init__(self, count: int, *, confirmed: int, rl: Rl, seed: int, repeat: int) -> None:
        self._count = count
        self._confirmed = confirmed
        self._rl = rl
        self._seed = seed
        self._repeat = repeat

    def __iter__(self) -> Iterator[int]:
        cases = _shuffled(range(self._count), seed=self._seed)
        confirmed = _shuffled(range(self._count, self._count + self._confirmed), seed=self._seed)
        for _ in range(self._rl.rounds):
            compared = [case for case in islice(cases, self._rl.prompts_per_step) for _ in range(self._rl.group)]
            step = [*compared, *islice(cases, self._rl.told), *islice(confirmed, self._rl.rehearsed)]
            for _ in range(self._repeat):
                yield from step

    def __len__(self) -> int:
        return self._rl.rounds * self._rl.episodes * self._repeat


def _shuffled(numbers: range, *, seed: int) -> Iterator[int]:
    random = Random(seed)
    while True:
        yield from random.sample(numbers, len(numbers))
