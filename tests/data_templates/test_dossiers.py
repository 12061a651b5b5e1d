"""Generated Woo requests and catering applications state exactly their gold facts; the halves share no wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import data_templates
from data_templates import exploitatievergunning, woo_verzoek
from data_templates.dossier import Dossier, Split
from data_templates.exploitatievergunning.world import READINGS as CATERING_READINGS
from data_templates.families import Family, Generator
from data_templates.sentences import Bank
from data_templates.woo_verzoek.world import READINGS as WOO_READINGS
from finetune.rl.gold import gold_gate
from scaffolds.workflow import Workflow
from tests.data_templates import promises
from workflows.exploitatievergunning import WORKFLOW as CATERING
from workflows.woo_verzoek import WORKFLOW as WOO

SPLITS: tuple[Split, ...] = ("train", "eval")


@dataclass(frozen=True)
class Made:
    """The dossiers of one workflow."""

    workflow: Workflow
    readings: promises.Readings
    generate: Generator
    families: tuple[Family, ...]
    bank: Callable[[Split], Bank]


MADE = {
    "woo_verzoek": Made(WOO, WOO_READINGS, woo_verzoek.generate, woo_verzoek.FAMILIES, woo_verzoek.bank),
    "exploitatievergunning": Made(
        CATERING,
        CATERING_READINGS,
        exploitatievergunning.generate,
        exploitatievergunning.FAMILIES,
        exploitatievergunning.bank,
    ),
}
of_each = pytest.mark.parametrize("name", list(MADE))
both_halves = pytest.mark.parametrize("split", SPLITS)


@cache
def dossiers(name: str, split: Split) -> tuple[Dossier, ...]:
    return tuple(MADE[name].generate(900, seed=11, split=split))


@of_each
@both_halves
def test_the_same_seed_gives_the_same_dossiers(name: str, split: Split) -> None:
    generate = MADE[name].generate
    assert list(generate(50, seed=11, split=split)) == list(dossiers(name, split)[:50])
    assert list(generate(5, seed=12, split=split)) != list(dossiers(name, split)[:5])


@of_each
@both_halves
def test_evidence_stands_where_it_says_and_says_its_value(name: str, split: Split) -> None:
    some, readings = dossiers(name, split)[:300], MADE[name].readings
    promises.evidence_stands_where_it_says_and_ends_at_edges_of_words(some, readings)
    promises.quotations_fit_their_kind_and_say_their_value(some, readings)


@of_each
@both_halves
def test_gold_survives_being_written_as_an_answer_and_read_back(name: str, split: Split) -> None:
    promises.gold_survives_being_written_as_an_answer_and_read_back(dossiers(name, split)[:60], MADE[name].readings)


@of_each
@both_halves
def test_every_fact_occurs_in_every_state_and_every_choice_is_made(name: str, split: Split) -> None:
    promises.every_fact_occurs_in_every_state(dossiers(name, split), MADE[name].readings, always=())
    promises.every_choice_is_made_by_someone(dossiers(name, split), MADE[name].readings)


@of_each
@both_halves
def test_gold_earns_full_marks_on_a_hundred_dossiers_and_junk_does_not(name: str, split: Split) -> None:
    means = gold_gate(MADE[name].workflow, dossiers(name, split)[:100], seed=1)
    assert means["gold"] == 1.0
    assert max(means[junk] for junk in ("empty", "unsure", "shuffled")) < 0.5


@of_each
def test_there_are_eight_families_to_train_on_and_four_others_to_evaluate_on(name: str) -> None:
    layouts = {split: {f.style.layout for f in MADE[name].families if f.split == split} for split in SPLITS}
    assert len(layouts["train"]) >= 8
    assert len(layouts["eval"]) >= 4
    assert not layouts["train"] & layouts["eval"]
    for split in SPLITS:
        assert {d.family for d in dossiers(name, split)} == {f.name for f in MADE[name].families if f.split == split}


@of_each
def test_the_halves_share_no_sentence_name_street_or_place(name: str) -> None:
    promises.no_sentence_is_shared(MADE[name].bank("train"), MADE[name].bank("eval"))
    promises.evaluation_names_never_occur_in(dossiers(name, "train")[:300])


@of_each
def test_no_line_of_training_is_one_of_evaluation_in_another_dress(name: str) -> None:
    folder = Path(data_templates.__path__[0])
    layouts = {
        "train": [*(folder / name).glob("layouts_[ct]*.py"), folder / "blocks.py", folder / "composition.py"],
        "eval": [folder / name / "layouts_eval.py"],
    }
    promises.no_line_is_the_same_but_for_dress(MADE[name].bank("train"), MADE[name].bank("eval"), layouts)
    for facts in MADE[name].readings.values():
        promises.evidence_of_a_choice_fits_its_kind(MADE[name].bank("train"), facts)
        promises.every_line_about_a_fact_states_it(MADE[name].bank("train"), facts)


def test_no_subject_of_a_request_is_shared_by_the_two_halves() -> None:
    halves = [
        {*woo_verzoek.bank(split)["frase onderwerp"], *woo_verzoek.bank(split)["frase onderwerp anders"]}
        for split in SPLITS
    ]
    assert halves[0] & halves[1] == set()


@of_each
@both_halves
def test_every_fact_can_be_said_alone_in_a_sentence_and_on_a_form(name: str, split: Split) -> None:
    for facts in MADE[name].readings.values():
        promises.every_fact_can_be_said_alone(MADE[name].bank(split), facts, repeatable="")


@of_each
@both_halves
def test_only_test_numbers_look_like_a_bsn(name: str, split: Split) -> None:
    promises.only_test_numbers_look_like_a_bsn(dossiers(name, split))
