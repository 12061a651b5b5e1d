"""Conversations: what a model has read is not read again, and nothing that it says depends on that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scaffolds.decode import Generation, Grammar, Job
from scaffolds.errors import CasewrightError
from tests.scaffolds.test_decode import (
    AMOUNT,
    DECISION,
    FAMILIES,
    PERMIT,
    PROMPTS,
    Passes,
    closed,
    decoder,
    ids,
    mixed_jobs,
    reference,
)

NEXT = " En verder?"


def following(jobs: list[Job], answers: list[Generation], *, held: bool = True) -> list[Job]:
    """The next question of every conversation, each with another shape than the last."""
    shapes = [AMOUNT, DECISION, PERMIT]
    return [
        Job((*job.prompt_ids, *answer.token_ids, *ids(NEXT)), Grammar.json(shapes[place % 3]), 120,
            after=answer if held else None)
        for place, (job, answer) in enumerate(zip(jobs, answers, strict=True))
    ]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_conversation_that_goes_on_says_what_it_would_say_read_anew(family: str) -> None:
    subject = decoder(family)
    jobs = mixed_jobs(copies=4)
    first = subject.generate(jobs, temperature=1.0, seed=3, hold=True)
    second = subject.generate(following(jobs, first), temperature=1.0, seed=4, keep_legal=True, hold=True)
    anew = subject.generate(following(jobs, first, held=False), temperature=1.0, seed=4)
    assert [answer.text for answer in second] == [answer.text for answer in anew]
    asked = following(jobs, first)
    for place in range(0, len(asked), 7):
        exact = reference(subject.model, asked[place], second[place], temperature=1.0)
        assert second[place].logprobs == pytest.approx(exact, abs=1e-4)
    third = subject.generate(following(asked, second), temperature=1.0, seed=5)
    again = subject.generate(following(asked, second, held=False), temperature=1.0, seed=5)
    assert [answer.text for answer in third] == [answer.text for answer in again]


def test_only_some_of_a_group_may_go_on_and_the_others_are_left_alone() -> None:
    subject = decoder()
    jobs = [Job(ids(PROMPTS[0]), Grammar.json(PERMIT), 120)] * 6
    first = subject.generate(jobs, temperature=1.5, seed=1, hold=True)
    some = [place for place in range(6) if place % 2]
    asked = [following(jobs, first)[place] for place in some]
    answers = subject.generate(asked, temperature=1.5, seed=2)
    alone = [subject.generate([replace(job, after=None)], temperature=1.5, seed=[seed])[0]
             for job, seed in zip(asked, ("2/0", "2/1", "2/2"), strict=True)]
    assert [answer.text for answer in answers] == [answer.text for answer in alone]


def test_a_question_asked_twice_after_one_answer_is_answered_twice() -> None:
    subject = decoder()
    job = Job(ids(PROMPTS[0]), Grammar.json(PERMIT), 120)
    first = subject.generate([job], hold=True)
    asked = following([job], first) * 2
    one, other = subject.generate(asked)
    assert one.text == other.text


def test_what_was_read_is_not_fed_again() -> None:
    subject = decoder()
    jobs = [Job(ids(PROMPTS[0] * 8), Grammar.json(PERMIT), 120)] * 8
    first = subject.generate(jobs, temperature=1.0, seed=1, hold=True)
    passes = Passes(subject.model)
    subject.generate(following(jobs, first), temperature=1.0, seed=2)
    held = sum(passes.widths)
    passes.widths.clear()
    subject.generate(following(jobs, first, held=False), temperature=1.0, seed=2)
    assert held < sum(passes.widths) / 3


def test_an_answer_that_needed_no_pass_can_be_gone_on_from() -> None:
    subject = decoder()
    job = Job(ids("Kappen."), Grammar.json(closed(soort={"const": "boom"})), 40)
    first = subject.generate([job], hold=True)
    [held] = subject.generate(following([job], first))
    [anew] = subject.generate(following([job], first, held=False))
    assert held.text == anew.text


def test_a_prompt_that_does_not_go_on_from_its_answer_is_refused() -> None:
    subject = decoder()
    job = Job(ids("Kappen."), Grammar.json(PERMIT), 120)
    [first] = subject.generate([job], hold=True)
    with pytest.raises(CasewrightError, match="does not go on"):
        subject.generate([replace(job, prompt_ids=ids(PROMPTS[1] + PROMPTS[2]), after=first)])
