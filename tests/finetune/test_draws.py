"""Which cases a step is played with: compared ones several times, told ones once, none twice before all were drawn."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from finetune.recipe import Rl
from finetune.rl.draws import Draws

RUNS = st.builds(
    Rl,
    steps=st.integers(1, 9),
    prompts_per_step=st.integers(1, 3),
    group=st.integers(2, 4),
    told=st.integers(0, 5),
    rehearsed=st.integers(0, 3),
    iterations=st.integers(1, 3),
)


@given(
    rl=RUNS, count=st.integers(1, 30), confirmed=st.integers(1, 9), repeat=st.integers(1, 3), seed=st.integers(0, 9)
)
def test_a_step_holds_its_groups_its_told_and_its_rehearsed_cases(
    rl: Rl, count: int, confirmed: int, repeat: int, seed: int
) -> None:
    draws = Draws(count, confirmed=confirmed, rl=rl, seed=seed, repeat=repeat)
    drawn = list(draws)
    assert len(drawn) == len(draws)
    again = list(Draws(count, confirmed=confirmed, rl=rl, seed=seed, repeat=repeat))
    assert drawn == again, "a run that goes on draws the same"
    order, rehearsed = [], []
    for start in range(0, len(drawn), rl.episodes * repeat):
        step = drawn[start : start + rl.episodes]
        assert drawn[start : start + rl.episodes * repeat] == step * repeat
        groups = [step[place : place + rl.group] for place in range(0, rl.prompts_per_step * rl.group, rl.group)]
        assert all(len(set(group)) == 1 for group in groups)
        order += [group[0] for group in groups] + step[rl.prompts_per_step * rl.group : len(step) - rl.rehearsed]
        rehearsed += step[len(step) - rl.rehearsed :]
    for seen, numbers in ((Counter(order), range(count)), (Counter(rehearsed), range(count, count + confirmed))):
        assert not seen.keys() - set(numbers)
        assert max(seen.values(), default=0) - min(seen[case] for case in numbers) <= 1
    assert rl.rounds * rl.iterations >= rl.steps
