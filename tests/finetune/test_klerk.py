"""klerk's training text is general, repeatable and answered truthfully; its checkpoint is small and loads offline."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from data_templates import names
from finetune.klerk import KLERK, slots, surfaces, text
from scaffolds.facts import Facts, Text, grammar
from scaffolds.prompt import Prompts
from workflows.omgevingsvergunning import facts as demo

FORBIDDEN = re.compile(
    r"dakkapel|uitbouw|aanbouw|kappen|vellen|inrit|uitrit|oprit|reclame|bezwaar|\bwoo\b|horeca|exploitatie",
    re.IGNORECASE,
)
SAMPLES = [text.sample(11, i, progress=i / 1500) for i in range(3000)]


def keys_of(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def quotations(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [inner] if key == "bron" else quotations(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from quotations(inner)


def test_no_text_has_a_word_of_the_demo_or_of_the_evaluation() -> None:
    assert [t.question for turns in SAMPLES for t in turns if FORBIDDEN.search(t.question + t.answer)] == []


def test_no_key_of_the_demo_schema_is_ever_asked() -> None:
    asked = {key for turns in SAMPLES for turn in turns for key in keys_of(json.loads(turn.answer))}
    sets = [c for c in vars(demo).values() if isinstance(c, type) and issubclass(c, Facts) and c is not Facts]
    schema = {key for facts in sets for path in facts.kinds for key in path.split(".")}
    assert len(asked) > 1000
    assert asked & slots.RESERVED == set()
    assert asked & schema <= {"kosten"}  # one noun of the money pool; no pair of the demo's keys is ever met


def test_no_evaluation_name_occurs() -> None:
    stems = {
        word.lower() for (_, split), words in names.WORDS.items() if split == "eval" for word in words if len(word) > 5
    }
    everything = "\n".join(turn.question for turns in SAMPLES for turn in turns).lower()
    assert stems & set(re.findall(r"\w+", everything)) == set()


def test_every_quotation_is_in_its_document() -> None:
    for turns in SAMPLES:
        assert all(q in turns[0].question for turn in turns for q in quotations(json.loads(turn.answer)))


def test_a_second_question_repeats_no_document() -> None:
    second = [turns[1] for turns in SAMPLES if len(turns) > 1]
    assert second
    assert {turn.question for turn in second} == {text.INSTRUCTION}


def test_the_spans_of_the_fields_hold_their_values() -> None:
    for turns in SAMPLES[:300]:
        for turn in turns:
            for _, start, end in turn.fields:
                json.loads(turn.answer[start:end])


def test_the_same_seed_and_index_give_the_same_bytes() -> None:
    assert text.sample(5, 42, progress=0.5) == text.sample(5, 42, progress=0.5)
    assert text.sample(5, 42, progress=0.5) != text.sample(6, 42, progress=0.5)


@pytest.mark.parametrize(
    ("number", "word"), [(2, "twee"), (22, "tweeëntwintig"), (110, "honderdtien"), (5000, "vijfduizend")]
)
def test_numbers_in_words(number: int, word: str) -> None:
    assert surfaces.in_words(number) == word


def test_plain_metres_and_centimetres_agree() -> None:
    rng = random.Random(2)
    for _ in range(2000):
        said, cm = surfaces.length(rng)
        if found := re.fullmatch(r"(\d+) ?(cm|centimeter)", said):
            assert cm == int(found[1])
        elif found := re.fullmatch(r"(\d+),(\d+) ?(m|meter|mtr)", said):
            assert cm == round(float(f"{found[1]}.{found[2]}") * 100)


@pytest.fixture(scope="module")
def checkpoint() -> tuple[object, object]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return (
        AutoModelForCausalLM.from_pretrained(KLERK, local_files_only=True),
        AutoTokenizer.from_pretrained(KLERK, local_files_only=True),
    )


def test_the_checkpoint_is_small(checkpoint: tuple) -> None:
    assert checkpoint[0].num_parameters() <= 10_000_000
    assert sum(file.stat().st_size for file in KLERK.iterdir()) <= 20 * 2**20
    assert (KLERK / "model.safetensors").stat().st_size < 14 * 2**20


def test_log_and_card_lie_beside_the_weights() -> None:
    settings, *entries = [json.loads(row) for row in (KLERK / "log.jsonl").read_text().splitlines()]
    assert (entries[-1]["stage"], entries[-1]["step"]) == (len(settings["steps"]) - 1, settings["steps"][-1])
    command = f"--steps {' '.join(map(str, settings['steps']))} --seed {settings['seed']}"
    assert command in (KLERK / "README.md").read_text()


def test_a_word_has_the_same_tokens_wherever_it_stands(checkpoint: tuple) -> None:
    tokenizer = checkpoint[1]
    alone = tokenizer("Waterlandseweg")["input_ids"]
    for around in ('"{}"', "de {}.", "\n{}\t", "{}12"):
        ids = tokenizer(around.format("Waterlandseweg"))["input_ids"]
        assert any(ids[i : i + len(alone)] == alone for i in range(len(ids)))


@pytest.mark.parametrize("sentence", ['{"bron":"€ 12,-"}', "tweeëntwintig\t😀 e\u0301\r\n", "<>&'\\"])
def test_the_tokenizer_loses_nothing(checkpoint: tuple, sentence: str) -> None:
    assert checkpoint[1].decode(checkpoint[1](sentence)["input_ids"]) == sentence


def test_the_chat_template_marks_the_answer(checkpoint: tuple) -> None:
    tokenizer = checkpoint[1]
    chat = [{"role": "user", "content": "vraag"}, {"role": "assistant", "content": "antwoord"}]
    assert (
        tokenizer.apply_chat_template(chat, tokenize=False)
        == "<|gebruiker|>vraag<|einde|><|assistent|>antwoord<|einde|>"
    )
    prompt = tokenizer.apply_chat_template(chat[:1], tokenize=False, add_generation_prompt=True)
    assert prompt == "<|gebruiker|>vraag<|einde|><|assistent|>"
    marked = tokenizer.apply_chat_template(chat, return_dict=True, return_assistant_tokens_mask=True)
    answer = [i for i, m in zip(marked["input_ids"], marked["assistant_masks"], strict=True) if m]
    assert tokenizer.decode(answer) == "antwoord<|einde|>"


def test_llguidance_accepts_the_tokenizer(checkpoint: tuple) -> None:
    import llguidance.hf

    assert llguidance.hf.from_tokenizer(checkpoint[1]).vocab_size == len(checkpoint[1])


class Street(Facts):
    straatnaam = Text(label="straat", quote_chars=60)


def test_a_street_it_never_saw_is_quoted_without_any_fine_tuning(checkpoint: tuple) -> None:
    from scaffolds.decode.decoder import Decoder
    from scaffolds.decode.generation import Job
    from scaffolds.decode.grammar import Grammar

    model, tokenizer = checkpoint
    prompts = Prompts(tokenizer=tokenizer, describe=False)
    rng = random.Random(1)
    jobs, streets = [], []
    for _ in range(40):
        who, street = names.person_name(rng, "eval"), names.street(rng, "eval")
        document = f"Naam: {who}\nStraat: {street}\nTelefoon: 06-00123456"
        prompt = prompts.opening(Street, texts=[document], received=date(2026, 3, 12))
        jobs.append(Job(tuple(prompt), Grammar.lark(grammar(Street, document, received=date(2026, 3, 12))), 100))
        streets.append(street)
    said = [json.loads(answer.text)["straatnaam"] for answer in Decoder(model, tokenizer).generate(jobs)]
    right = [value == {"bron": street} for value, street in zip(said, streets, strict=True)]
    assert sum(right) / len(right) > 0.9


def test_a_run_stopped_between_its_stages_is_finished_with_the_same_bytes(
    checkpoint: tuple, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.klerk import pretrain

    for name, small in (("TOKENS_PER_STEP", 500), ("POOL", 6), ("HELD_OUT", 2)):
        monkeypatch.setattr(pretrain, name, small)
    monkeypatch.setattr(pretrain, "train", lambda seed: checkpoint[1])
    whole, halved = tmp_path / "whole", tmp_path / "halved"
    monkeypatch.setattr("sys.argv", ["pretrain", "--out", str(whole), "--steps", "2", "2"])
    pretrain.main()

    run_stage = pretrain.run_stage

    def stopped(stage: int, *rest: object) -> None:
        if stage == 1:
            raise KeyboardInterrupt
        run_stage(stage, *rest)

    monkeypatch.setattr("sys.argv", ["pretrain", "--out", str(halved), "--steps", "2", "2"])
    monkeypatch.setattr(pretrain, "run_stage", stopped)
    with pytest.raises(KeyboardInterrupt):
        pretrain.main()
    monkeypatch.setattr(pretrain, "run_stage", run_stage)
    pretrain.main()
    assert (whole / "model.safetensors").read_bytes() == (halved / "model.safetensors").read_bytes()
