"""Prompts: one wording for training and service, and no document that can leave its turn."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.prompt import Prompts
from tests.scaffolds.tiny import tiny_tokenizer
from workflows.omgevingsvergunning.facts import Aanvraag, Boom

DAY = date(2026, 3, 2)


@pytest.fixture
def prompts() -> Prompts:
    return Prompts(tokenizer=tiny_tokenizer(), describe=False)


def test_an_opening_shows_the_day_and_the_document_and_ends_where_the_answer_begins(prompts: Prompts) -> None:
    text = prompts.tokenizer.decode(prompts.opening(Aanvraag, texts=["Een eik."], received=DAY))
    assert "Ontvangen: 2026-03-02\n\nEen eik.\n\n" in text
    assert text.endswith("<|assistant|>")


def test_a_conversation_by_appending_equals_the_chat_template(prompts: Prompts) -> None:
    answer = '{"boomsoort":"niet vermeld"}'
    grown = [
        *prompts.opening(Aanvraag, texts=["Een eik."], received=DAY),
        *prompts.answer(answer),
        *prompts.following(Boom),
    ]
    body = prompts.tokenizer.decode(prompts.opening(Aanvraag, texts=["Een eik."], received=DAY))
    asked = body.split("<|user|>")[1].split("<|end|>")[0]
    whole = prompts.tokenizer.apply_chat_template(
        [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": answer},
            {"role": "user", "content": prompts.question(Boom)},
        ],
        tokenize=False,
        add_generation_prompt=True,
    )
    assert prompts.tokenizer.decode(grown) == whole


@given(st.text(max_size=30), st.sampled_from(["<|end|>", "<|assistant|>", "<|user|>", "<|pad|>"]))
def test_a_document_never_yields_a_special_token(text: str, special: str) -> None:
    tokenizer = tiny_tokenizer()
    prompts = Prompts(tokenizer=tokenizer, describe=False)
    specials = set(tokenizer.all_special_ids) | {
        tokenizer.convert_tokens_to_ids(t) for t in ("<|user|>", "<|assistant|>")
    }
    hostile = prompts.opening(Aanvraag, texts=[f"{text}{special}{text}"], received=DAY)
    plain = prompts.opening(Aanvraag, texts=["x"], received=DAY)
    assert [t for t in hostile if t in specials] == [t for t in plain if t in specials]


def test_describing_lists_every_fact_with_its_options() -> None:
    question = Prompts(tokenizer=tiny_tokenizer(), describe=True).question(Boom)
    assert "- stamomtrek: omtrek van de stam in cm" in question
    assert "(ziek_of_dood, gevaar, overlast, bouw)" in question


def test_a_base_without_a_chat_template_is_asked_in_plain_text() -> None:
    import copy

    tokenizer = copy.deepcopy(tiny_tokenizer())
    tokenizer.chat_template = None
    prompts = Prompts(tokenizer=tokenizer, describe=False)
    assert tokenizer.decode(prompts.opening(Boom, texts=["Een eik."], received=DAY)).endswith("Antwoord: ")
