"""klerk's training text is general, repeatable and answered truthfully; its checkpoint is small and loads offline."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data_templates import names
from finetune.klerk import KLERK, data, slots, surfaces, text
from finetune.klerk.answers import NOT_STATED
from scaffolds.decode.grammar import Grammar, Walk
from scaffolds.errors import CasewrightError
from scaffolds.facts import Choice, Day, Facts, Text, Whole, YesNo, grammar
from scaffolds.facts.schema import QUOTATION, VALUE
from scaffolds.prompt import Prompts
from workflows.omgevingsvergunning import facts as demo

FORBIDDEN = re.compile(
    r"dakkapel|uitbouw|aanbouw|kappen|vellen|inrit|uitrit|oprit|reclame|bezwaar|\bwoo\b|horeca|exploitatie",
    re.IGNORECASE,
)
UNSEEN = {
    word.lower() for (_, split), words in names.WORDS.items() if split == "eval" for word in words if len(word) > 5
}
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
    everything = "\n".join(turn.question for turns in SAMPLES for turn in turns).lower()
    assert UNSEEN & set(re.findall(r"\w+", everything)) == set()


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
    assert (KLERK / "model.safetensors").stat().st_size < 16 * 2**20


def test_log_and_card_lie_beside_the_weights() -> None:
    settings, *entries = [json.loads(row) for row in (KLERK / "log.jsonl").read_text().splitlines()]
    assert (entries[-1]["stage"], entries[-1]["step"]) == (len(settings["steps"]) - 1, settings["steps"][-1])
    card = (KLERK / "README.md").read_text()
    while settings:
        before = settings.get("before", {"steps": []})
        own = " ".join(str(count) for count in settings["steps"][len(before["steps"]) :])
        assert f"--steps {own} --seed {settings['seed']}" in card
        assert settings["revision"] in card
        settings = settings.get("before")


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
    straat_plek = Text(label="straat", quote_chars=60)


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
    said = [json.loads(answer.text)["straat_plek"] for answer in Decoder(model, tokenizer).generate(jobs)]
    right = [value == {"bron": street} for value, street in zip(said, streets, strict=True)]
    assert sum(right) / len(right) > 0.9


@pytest.fixture(scope="module")
def tokenizer() -> object:
    """The tokenizer as the source makes it now, from fewer conversations."""
    from finetune.klerk import tokenizer as made

    return made.train(0, samples=300)


HOSTILE = (
    'Naam: J. "Jan" Jansen\nPad: C:\\map\\nieuw\nPrijs: € 1.250,-\nOp 12 maart 2026, 85 cm. 😀',
    '","waarde":"ja"},"naam":{"bron":"x"}} 12 { [ } ] , 3 mei 2026 40 cm',
    'a{ b}, c"}, d\\" e" f\\ "g": {"bron":"h"},{"i":1} 7 cm 1-2-2026 x},',
    "ö\u0308e\u0301 👍🏽 \t\t tabs\r\nen ''aanhalingen'' 100 cm, morgen.",
)


class Lot(Facts):
    naam = Text(label="naam", quote_chars=60)
    dag = Day(label="dag")
    maat = Whole(label="maat", minimum=1, maximum=5000, unit="cm")
    akkoord = YesNo(label="akkoord", quote_chars=60)
    stukken = Choice(label="stukken", many=3, options={"foto": "foto", "plan": "plan"})
    slot = Text(label="slot", quote_chars=60)


def random_answer(tokenizer: Any, walk: Walk, rng: random.Random) -> str:
    """An answer chosen token by token from what the grammar allows."""
    taken: list[int] = []
    while not walk.done and len(taken) < 2000:
        taken += walk.advance(limit=2000 - len(taken))
        if not walk.done and walk.legal is not None:
            bits = np.flatnonzero(np.unpackbits(walk.legal.view(np.uint8), bitorder="little")).tolist()
            token = rng.choice(bits)
            walk.choose(token)
            taken.append(token)
    return tokenizer.decode([t for t in taken if t != tokenizer.eos_token_id])


@pytest.mark.parametrize("document", HOSTILE)
def test_the_tokens_that_a_grammar_forces_are_those_of_the_tokenizer(tokenizer: Any, document: str) -> None:
    matcher = Grammar.lark(grammar(Lot, document, received=date(2026, 3, 12))).matcher(tokenizer)
    rng = random.Random(document)
    for _ in range(8):
        answer = random_answer(tokenizer, Walk(matcher.deep_copy(), eos=tokenizer.eos_token_id), rng)
        ids = Prompts(tokenizer=tokenizer, describe=False).answer(answer)
        assert tokenizer.decode(ids[:-1]) == answer
        Walk(matcher.deep_copy(), eos=tokenizer.eos_token_id).replay(ids)


@pytest.mark.parametrize("quoted", ["x,", "},", "{", "a}", ",{", "12", "12},", 'zei "ja",', "weg\\", '"', "[", "]"])
def test_glue_never_merges_with_quoted_text(tokenizer: Any, quoted: str) -> None:
    inside = json.dumps(quoted)[1:-1]
    before, after = f'{{"naam":{{"{QUOTATION}":"', f'","{VALUE}":"ja"}},"slot":"{NOT_STATED}"}}'
    pieces = [tokenizer(part)["input_ids"] for part in (before, inside, after)]
    assert tokenizer(before + inside + after)["input_ids"] == [*pieces[0], *pieces[1], *pieces[2]]


def test_glue_is_one_token(tokenizer: Any) -> None:
    for glue in (f'":{{"{QUOTATION}":"', f'","{VALUE}":"', f'","{VALUE}":1', f'":"{NOT_STATED}","a', '"},"a'):
        assert len(tokenizer(glue)["input_ids"]) == (2 if glue[-1] in "1a" else 1)


def test_a_row_weighs_every_token_that_says_something_of_a_field(tokenizer: Any) -> None:
    encoder = data.Encoder(tokenizer.backend_tokenizer)
    for turns in SAMPLES[:50]:
        row = encoder.row(turns)
        assert [sort for sort, _, _ in row.fields] == [sort for turn in turns for sort, _, _ in turn.fields]
        chosen = {i for i, weight in enumerate(row.weights) if weight == 1.0}
        assert chosen == {i for _, start, end in row.fields for i in range(start, end)}


def test_processes_make_the_batches_that_one_process_makes(tokenizer: Any) -> None:
    plan = data.Plan(3, 0, 100, 600)
    alone = data.batches(plan, tokenizer.backend_tokenizer, workers=0)
    first = [next(alone) for _ in range(4)]
    elsewhere = data.batches(plan, tokenizer.backend_tokenizer, workers=1, start=first[1][0])
    for place, batch in first[2:]:
        again, same = next(elsewhere)
        assert place == again
        assert all(np.array_equal(left, right) for left, right in zip(batch, same, strict=True))
    elsewhere.close()


def test_a_fresh_model_copies_what_follows_the_same_token(tokenizer: Any) -> None:
    import torch

    from finetune.klerk import model

    fresh = model.made(tokenizer, 0)
    assert fresh.num_parameters() * 2 < 16 * 2**20
    ids = torch.randperm(len(tokenizer), generator=torch.Generator().manual_seed(1))[:60]
    twice = torch.cat([ids, ids])[None]
    with torch.inference_mode():
        best = fresh(twice).logits[0, 60:-1].argmax(-1)
    assert (best == ids[1:]).float().mean() > 0.8


def test_a_run_that_was_killed_is_finished_with_the_same_bytes(
    tokenizer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from finetune.klerk import model, training

    monkeypatch.setattr(model, "LAYERS", 2)
    monkeypatch.setattr(training, "TOKENS_PER_STEP", {"cpu": 1000})
    monkeypatch.setattr(training, "HELD_OUT", 2)
    monkeypatch.setattr(training, "LOGS", 2)
    monkeypatch.setattr(training.tokens, "train", lambda seed: tokenizer)
    monkeypatch.setattr(training.Run, "_bf16_is_faster", lambda run: False)
    monkeypatch.setattr(data, "BATCHES", 2)
    training.train(tmp_path / "whole", minutes=0, steps=(4, 2), seed=0, device="cpu")
    update, done = training.Run._update, []

    def killed(run: training.Run, batch: data.Batch) -> object:
        done.append(1)
        if len(done) in (3, 6):
            raise KeyboardInterrupt
        return update(run, batch)

    monkeypatch.setattr(training.Run, "_update", killed)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            training.train(tmp_path / "halved", minutes=0, steps=(4, 2), seed=0, device="cpu")
    with pytest.raises(CasewrightError, match="other settings"):
        training.train(tmp_path / "halved", minutes=0, steps=(4, 2), seed=1, device="cpu")
    training.train(tmp_path / "halved", minutes=0, steps=(4, 2), seed=0, device="cpu")
    assert (tmp_path / "whole/model.safetensors").read_bytes() == (tmp_path / "halved/model.safetensors").read_bytes()
    assert not (tmp_path / "halved.state.pt").exists()
    assert json.loads((tmp_path / "halved/log.jsonl").read_text().splitlines()[0])["revision"]
    assert "at commit" in (tmp_path / "halved/README.md").read_text()


def test_a_start_that_is_no_checkpoint_is_named_before_anything_is_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "finetune.klerk.pretrain", "--start", str(tmp_path / "weg"), "--steps", "2"]
    said = subprocess.run([*command, "--out", str(tmp_path / "out")], capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "has no config.json; --start takes a folder that this script wrote." in said.stderr
    assert list(tmp_path.iterdir()) == []
