"""Credit goes to what made the difference, as far as the tables can tell, and to nothing else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.rl.credit import Answers, token_advantages, worths
from scaffolds.environment import Archived, outcome_of, play
from scaffolds.verify import NAMES
from tests.scaffolds.gold import STATED, Said, answering, archived
from workflows.omgevingsvergunning import WORKFLOW

WEIGHTS = dict.fromkeys(NAMES, 1.0)


@pytest.fixture
def case() -> Archived:
    return archived(outcome=outcome_of(WORKFLOW, play(WORKFLOW, [archived()], answering())[0].case))


def answers(case: Archived, **changed: Said | None) -> Answers:
    """The gold answers with some facts said otherwise; None says that it is not stated."""
    said = {path: pair for path, pair in {**STATED, **changed}.items() if pair is not None}
    return play(WORKFLOW, [case], answering(said))[0].facts


def unsure(case: Archived, *paths: str) -> Answers:
    """The gold answers with some facts handed over."""
    return play(WORKFLOW, [case], answering(unsure=frozenset(paths)))[0].facts


def test_only_the_fact_that_fires_another_row_is_blamed(case: Archived) -> None:
    right, wrong = answers(case), answers(case, velreden=("gevaar", "ziek"))
    found = worths(WORKFLOW, case, [right, wrong], WEIGHTS)
    assert set(found[0]) == {"velreden"}
    assert found[0]["velreden"] > found[1]["velreden"]


def test_an_input_that_the_row_does_not_look_at_gets_nothing(case: Archived) -> None:
    """`monument` is an input of the table, but for a tree this ill every value of it gives the same row."""
    group = [answers(case), answers(case, monument=None), answers(case, velreden=("gevaar", "ziek"), monument=None)]
    assert all("monument" not in found for found in worths(WORKFLOW, case, group, WEIGHTS))


def test_a_right_fact_is_not_blamed_for_a_wrong_one_beside_it(case: Archived) -> None:
    group = [
        answers(case),
        answers(case, velreden=("gevaar", "ziek"), eigenaar=None),
        answers(case, velreden=("gevaar", "ziek")),
    ]
    found = worths(WORKFLOW, case, group, WEIGHTS)
    assert found[2]["eigenaar"] == found[0]["eigenaar"] > found[1]["eigenaar"]


def test_what_the_register_keeps_tells_a_right_name_from_a_wrong_one(case: Archived) -> None:
    right, none = answers(case), answers(case, aanvrager=None)
    wrong = answers(case, aanvrager=("Lindelaan", "Lindelaan"))
    assert case.outcome
    kept = replace(case, outcome=replace(case.outcome, registered={"aanvrager": right["aanvrager"]}))
    found = worths(WORKFLOW, kept, [right, wrong, wrong, none], WEIGHTS)
    assert [one["aanvrager"] for one in found] == [1.0, 0.0, 0.0, 0.0]


def test_stating_just_anything_is_worth_what_the_group_agrees_on(case: Archived) -> None:
    """Nobody was asked for the street, so it was stated; which one the archive does not know."""
    street, place = answers(case), answers(case, **{"locatie.straat": ("Wieringdam", "Wieringdam")})
    none = answers(case, **{"locatie.straat": None})
    found = worths(WORKFLOW, case, [street, street, place, none], WEIGHTS)
    assert [one["locatie.straat"] for one in found] == [0.5, 0.5, 0.25, 0.0]


def test_that_nothing_is_stated_needs_nobody_to_agree_where_the_archive_asked_for_it(case: Archived) -> None:
    silent = answers(case, eigenaar=None)
    less = {path: said for path, said in STATED.items() if path != "eigenaar"}
    asked = archived(outcome=outcome_of(WORKFLOW, play(WORKFLOW, [archived()], answering(less))[0].case))
    found = worths(WORKFLOW, asked, [silent, answers(case), answers(case), answers(case)], WEIGHTS)
    assert [one["eigenaar"] for one in found] == [1.0, 0.0, 0.0, 0.0]


def test_handing_over_lies_between_right_and_wrong(case: Archived) -> None:
    group = [answers(case), answers(case, velreden=("gevaar", "ziek")), unsure(case, "velreden")]
    right, wrong, handed = (found["velreden"] for found in worths(WORKFLOW, case, group, WEIGHTS))
    assert right > handed > wrong


def test_it_does_not_pay_to_hand_over_what_cannot_save_a_row_that_another_fact_lost(case: Archived) -> None:
    """The reason for felling is wrong in every episode, so no circumference fires the right row."""
    lost = answers(case, velreden=("gevaar", "ziek"))
    handed = {**lost, "stamomtrek": unsure(case, "stamomtrek")["stamomtrek"]}
    found = worths(WORKFLOW, case, [lost, lost, handed], WEIGHTS)
    assert all(one.get("stamomtrek", 0.0) >= found[2].get("stamomtrek", 0.0) for one in found)


def test_a_group_that_agrees_gets_nothing(case: Archived) -> None:
    assert worths(WORKFLOW, case, [answers(case)] * 4, WEIGHTS) == [{}] * 4


def test_one_right_answer_among_many_wrong_ones_counts_for_most() -> None:
    assert token_advantages([[7], [8], [8], [8]], [1.0, 0.0, 0.0, 0.0]) == [[3.0], [-1.0], [-1.0], [-1.0]]
    assert token_advantages([[7], [8]], [0.0, 0.0]) == [[0.0], [0.0]]


def test_quotations_are_not_praised_for_what_was_settled_before_them() -> None:
    """Token 1 says "stated" and 2 "not stated"; 5 and 6 begin two quotations that are worth the same."""
    gains = token_advantages([[1, 5, 9], [1, 6, 9], [2]], [1.0, 1.0, 0.0])
    assert gains[0][0] > 0 > gains[2][0]
    assert gains[0][1:] == gains[1][1:] == [0.0, 0.0]


def test_behind_the_last_place_that_is_shared_a_token_has_the_credit_of_that_place() -> None:
    gains = token_advantages([[1, 5, 9], [1, 6, 9], [2]], [1.0, 0.0, 0.0])
    assert gains[0][1] == gains[0][2] > 0
    assert gains[1][1] == gains[1][2] == -gains[0][1]


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=4), st.floats(0.0, 1.0)), min_size=2, max_size=6
    )
)
def test_at_every_place_the_credit_of_those_who_share_it_sums_to_nothing(group: list[tuple[list[int], float]]) -> None:
    tokens, worth = [answer for answer, _ in group], [value for _, value in group]
    gains = token_advantages(tokens, worth)
    for place in range(4):
        shared: dict[tuple[int, ...], list[float]] = {}
        for answer, given_ in zip(tokens, gains, strict=True):
            if len(answer) > place:
                shared.setdefault(tuple(answer[:place]), []).append(given_[place])
        for start, values in shared.items():
            everyone = sum(tuple(answer[:place]) == start for answer in tokens)
            if len(values) == everyone > 1:
                assert sum(values) == pytest.approx(0.0, abs=1e-6 * (1 + max(map(abs, values))))
