"""SFT learns the policy that is served: the decoder's own log-probabilities, and nothing where it has no choice."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from finetune.batches import collator, examples
from finetune.constrained import loss, settled
from finetune.rows import IGNORED, Row, rows
from scaffolds.decode import Decoder, Grammar
from scaffolds.errors import CasewrightError
from scaffolds.facts import parse
from scaffolds.prompt import Prompts
from tests.finetune.small import RECEIVED, WORKFLOW, Wat, dossiers, save_base
from tests.scaffolds.tiny import Family
from workflows.serve.base import Base, load_base


def _base(folder: Path, family: Family = "llama") -> tuple[Base, list[Row]]:
    base = load_base(str(save_base(folder, family)))
    prompts = Prompts(tokenizer=base.tokenizer, describe=False)
    return base, rows(dossiers(4), workflow=WORKFLOW, prompts=prompts, context=base.context)


def _served(base: Base, row: Row) -> float:
    """The log-likelihood of a row's answers as the decoder gives it."""
    decoder = Decoder(base.model, base.tokenizer)
    return sum(
        sum(
            decoder.score(
                row.input_ids[: turn.start],
                row.input_ids[turn.start : turn.stop],
                Grammar.reading(turn.facts, turn.texts, received=turn.received),
            )
        )
        for turn in row.turns
    )


@pytest.mark.parametrize("family", ["llama", "qwen3", "gemma3"])
@pytest.mark.parametrize("packing", [False, True], ids=["padded", "packed"])
def test_the_loss_is_that_of_the_decoder(tmp_path: Path, family: Family, packing: bool) -> None:
    base, made = _base(tmp_path, family)
    batch = collator(made, base.tokenizer, packing=packing)(examples(made))
    expected = -sum(_served(base, row) for row in made)
    with torch.no_grad():
        total, _ = loss(base.model, batch, items=1)
        mean, right = loss(base.model, batch)
    choices = sum(len(settled(row, base.tokenizer)[1].columns) for row in made)
    assert float(total) == pytest.approx(expected, rel=1e-4)
    assert float(mean) == pytest.approx(expected / choices, rel=1e-4)
    assert 0 <= int(right) <= choices


def test_packs_of_the_trainer_learn_the_same_choices(tmp_path: Path) -> None:
    base, made = _base(tmp_path)
    collate = collator(made, base.tokenizer, packing=True)
    pack = {
        "input_ids": [token for row in made for token in row.input_ids],
        "labels": [label for row in made for label in row.labels],
        "seq_lengths": [len(row.input_ids) for row in made],
    }
    one, several = collate([pack]), collate(examples(made))
    assert torch.equal(one["choice_at"], several["choice_at"])
    assert torch.equal(one["legal"], several["legal"])
    assert torch.equal(one["labels"], several["labels"])


def test_only_choices_are_learned_and_they_lie_in_the_answers(tmp_path: Path) -> None:
    base, made = _base(tmp_path)
    labels = collator(made, base.tokenizer, packing=False)(examples(made))["labels"]
    for row, learned in zip(made, labels, strict=True):
        columns = (learned != IGNORED).nonzero()[:, 0].tolist()
        assert columns == list(settled(row, base.tokenizer)[1].columns)
        assert all(learned[column] == row.input_ids[column] == row.labels[column] for column in columns)
        assert 0 < len(columns) < row.trained


@pytest.mark.parametrize("packing", [False, True], ids=["padded", "packed"])
def test_a_dossier_without_confirmed_facts_teaches_nothing(tmp_path: Path, packing: bool) -> None:
    base, (first, second, *_) = _base(tmp_path)
    silent = replace(second, turns=(), labels=(IGNORED,) * len(second.input_ids))
    batch = collator([first, silent], base.tokenizer, packing=packing)(examples([silent, first]))
    assert int((batch["labels"] != IGNORED).sum()) == len(settled(first, base.tokenizer)[1].columns)
    with torch.no_grad():
        total, _ = loss(base.model, batch, items=1)
    assert float(total) == pytest.approx(-_served(base, first), rel=1e-4)
    alone = collator([silent], base.tokenizer, packing=packing)(examples([silent]))
    value, _ = loss(base.model, alone)
    value.backward()
    assert value.item() == 0.0


def test_an_answer_that_could_not_be_served_is_refused_by_the_name_of_its_dossier(tmp_path: Path) -> None:
    base, (first, *_) = _base(tmp_path)
    elsewhere = replace(first, turns=tuple(replace(turn, texts=("Geen woord hiervan.",)) for turn in first.turns))
    with pytest.raises(CasewrightError, match=r"dossier-0 cannot be learnt"):
        settled(elsewhere, base.tokenizer)


def test_a_name_that_begins_like_another_word_is_learnt_in_the_tokens_that_are_served() -> None:
    base = load_base("klerk")
    text = "Graag een boom kappen. De straat heet Interieurs Spumaar. Intene code: B2."
    said = {"activiteit": {"bron": "kappen", "waarde": "kappen"}, "straat": {"bron": "Interieurs Spumaar"}}
    one = dossiers(1)[0]
    gold = {"wat": parse(Wat, json.dumps(said), documents={"brief": text}, received=RECEIVED)}
    document = replace(one.documents[0], id="brief", text=text)
    made = replace(one, documents=(document,), gold=gold)
    [row] = rows([made], workflow=WORKFLOW, prompts=Prompts(tokenizer=base.tokenizer, describe=False), context=2048)
    served, choices = settled(row, base.tokenizer)
    assert served.input_ids != row.input_ids, "the grammar cuts the name where the two words part"
    assert base.tokenizer.decode(served.input_ids) == base.tokenizer.decode(row.input_ids)
    assert settled(served, base.tokenizer)[0] == served
    batch = collator([row], base.tokenizer, packing=False)(examples([row]))
    assert batch["input_ids"][0].tolist() == list(served.input_ids)
    assert batch["choice_at"][0].tolist() == list(choices.columns)
    with torch.no_grad():
        total, _ = loss(base.model, batch, items=1)
    assert float(total) == pytest.approx(-_served(base, served), rel=1e-4)
