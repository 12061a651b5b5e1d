"""The policy: one growing conversation per episode, and documents that do not fit read in parts, never cut."""

import json

import pytest

from scaffolds.decode import Decoder
from scaffolds.decode.policy import MOST_PARTS, Policy
from scaffolds.environment import Question
from scaffolds.facts import UNSURE, Facts, validate
from scaffolds.prompt import Prompts
from tests.scaffolds.gold import archived
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer
from workflows.omgevingsvergunning.facts import Boom, Dakkapel

LINE = "De eik aan de Lindelaan heeft een stam van 85 cm en is ziek.\n"


@pytest.fixture(scope="module")
def decoder() -> Decoder:
    decoder = Decoder(tiny_model("llama"), tiny_tokenizer())
    decoder.context = 900
    return decoder


def ask(
    decoder: Decoder, text: str, *, first: type[Facts] = Boom, second: type[Facts] = Dakkapel
) -> tuple[Policy, list[str], list[int]]:
    policy = Policy(decoder, Prompts(tokenizer=tiny_tokenizer(), describe=False))
    case = archived(text)
    questions = [
        Question(case=case, step="a", facts=first, turn=0),
        Question(case=case, step="b", facts=second, turn=1),
    ]
    replies = [policy([(0, question)])[0] for question in questions]
    return policy, [reply.text for reply in replies], [reply.parts for reply in replies]


def longest_text(decoder: Decoder) -> str:
    """As many lines as are read in one piece for either question of `ask`."""
    policy = Policy(decoder, Prompts(tokenizer=tiny_tokenizer(), describe=False))

    def whole(text: str, facts: type[Facts]) -> bool:
        return len(list(policy._pieces(Question(case=archived(text), step="a", facts=facts, turn=0), text))) == 1

    text = LINE
    while all(whole(text + LINE, facts) for facts in (Boom, Dakkapel)):
        text += LINE
    return text


def test_a_short_application_is_one_growing_conversation(decoder: Decoder) -> None:
    policy, answers, parts = ask(decoder, LINE)
    conversation = policy.conversations[0]
    assert parts == [1, 1]
    assert [said.question.step for said in conversation.said] == ["a", "b"]
    first, second = conversation.said
    assert first.start == conversation.opening
    assert conversation.tokens[first.start : first.start + len(first.generation.token_ids)] == list(
        first.generation.token_ids
    )
    assert second.start > first.start + len(first.generation.token_ids)
    assert not validate(Boom, json.loads(answers[0]))
    assert not validate(Dakkapel, json.loads(answers[1]))


def test_a_question_without_room_behind_the_first_answer_is_asked_anew(decoder: Decoder) -> None:
    text = longest_text(decoder)
    policy, answers, parts = ask(decoder, text, first=Dakkapel, second=Boom)
    conversation = policy.conversations[0]
    assert parts == [1, 1]
    assert [said.question.step for said in conversation.said] == ["a", "b"], "confidence is told for both"
    [last] = conversation.held
    assert (last.question.step, last.start) == ("b", conversation.opening)
    assert conversation.tokens[conversation.opening :] == list(last.generation.token_ids)
    told = policy.told([(said.question, answer) for said, answer in zip(conversation.said, answers, strict=True)])
    assert [said.question.step for said in told.held] == ["b"]
    assert told.tokens[: told.opening] == conversation.tokens[: conversation.opening]


def test_a_long_application_is_read_in_parts_that_together_are_all_of_it(decoder: Decoder) -> None:
    policy, answers, parts = ask(decoder, LINE * 40)
    assert 1 < parts[0] <= MOST_PARTS
    assert not validate(Boom, json.loads(answers[0]))
    question = Question(case=archived(LINE * 40), step="a", facts=Boom, turn=0)
    assert "".join(policy._pieces(question, LINE * 40)) == LINE * 40


def test_an_application_beyond_all_parts_goes_to_a_person_unread(decoder: Decoder) -> None:
    _, answers, parts = ask(decoder, LINE * 5000)
    assert parts == [0, 0]
    assert set(json.loads(answers[0]).values()) == {UNSURE}
