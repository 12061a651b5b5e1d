"""Generated objections state exactly their gold facts; training shares no wording with evaluation."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from data_templates import bezwaar
from data_templates.bezwaar import FAMILIES, generate
from data_templates.bezwaar.sentences import bank
from data_templates.bezwaar.world import READINGS
from data_templates.dossier import Dossier, Split
from data_templates.slips import strange
from finetune.archive import archive
from finetune.rl.gold import gold_gate
from tests.data_templates import promises
from workflows.bezwaar import WORKFLOW
from workflows.bezwaar.facts import DECISIONS

SPLITS: tuple[Split, ...] = ("train", "eval")
both_halves = pytest.mark.parametrize("split", SPLITS)


@cache
def dossiers(split: Split) -> tuple[Dossier, ...]:
    return tuple(generate(900, seed=11, split=split))


@both_halves
def test_the_same_seed_gives_the_same_dossiers(split: Split) -> None:
    assert list(generate(60, seed=11, split=split)) == list(dossiers(split)[:60])
    assert list(generate(5, seed=12, split=split)) != list(dossiers(split)[:5])


@both_halves
def test_evidence_stands_where_it_says_and_ends_at_edges_of_words(split: Split) -> None:
    promises.evidence_stands_where_it_says_and_ends_at_edges_of_words(dossiers(split), READINGS)


@both_halves
def test_every_quotation_fits_its_kind_and_says_its_value(split: Split) -> None:
    promises.quotations_fit_their_kind_and_say_their_value(dossiers(split), READINGS)


@both_halves
def test_gold_survives_being_written_as_an_answer_and_read_back(split: Split) -> None:
    promises.gold_survives_being_written_as_an_answer_and_read_back(dossiers(split)[:150], READINGS)


@both_halves
def test_every_fact_occurs_as_stated_left_out_and_contradicted(split: Split) -> None:
    promises.every_fact_occurs_in_every_state(dossiers(split), READINGS, always={"soort_besluit"})


@both_halves
def test_every_choice_is_made_by_someone(split: Split) -> None:
    promises.every_choice_is_made_by_someone(dossiers(split), READINGS)


def test_each_kind_of_decision_has_families_that_only_evaluation_sees() -> None:
    for subject in DECISIONS:
        of = {s: {f.style.layout for f in FAMILIES if f.subject == subject and f.split == s} for s in SPLITS}
        assert len(of["train"]) >= 8
        assert len(of["eval"]) >= 4
        assert not of["train"] & of["eval"]


@both_halves
def test_a_dossier_is_of_a_family_of_its_split(split: Split) -> None:
    assert {d.family for d in dossiers(split)} == {f.name for f in FAMILIES if f.split == split}


@pytest.mark.parametrize("subject", DECISIONS)
def test_no_sentence_and_no_word_for_a_decision_is_shared_by_the_two_halves(subject: str) -> None:
    promises.no_sentence_is_shared(bank(subject, "train"), bank(subject, "eval"))
    for name in bank(subject, "eval"):
        assert not set(bank(subject, "train").get(name, ())) & set(bank(subject, "eval")[name]), name


@pytest.mark.parametrize("subject", DECISIONS)
def test_no_line_of_training_is_one_of_evaluation_in_another_dress(subject: str) -> None:
    folder = Path(bezwaar.__path__[0])
    layouts = {"train": sorted(folder.glob("layouts_[ct]*.py")), "eval": [folder / "layouts_eval.py"]}
    promises.no_line_is_the_same_but_for_dress(bank(subject, "train"), bank(subject, "eval"), layouts)
    for facts in READINGS.values():
        promises.every_line_about_a_fact_states_it(bank(subject, "train"), facts)


def test_evaluation_names_streets_and_places_never_occur_in_training_text() -> None:
    promises.evaluation_names_never_occur_in(dossiers("train"))


@both_halves
@pytest.mark.parametrize("facts", READINGS.values())
def test_every_fact_can_be_said_alone_in_a_sentence_and_on_a_form(facts: type, split: Split) -> None:
    promises.every_fact_can_be_said_alone(bank("wmo", split), facts, repeatable="soort_besluit")


@both_halves
def test_only_test_numbers_look_like_a_bsn(split: Split) -> None:
    promises.only_test_numbers_look_like_a_bsn(dossiers(split))


def test_gold_earns_full_marks_and_junk_does_not() -> None:
    means = gold_gate(WORKFLOW, dossiers("train")[:100], seed=1)
    assert means["gold"] == 1.0
    assert max(means[name] for name in ("empty", "unsure", "shuffled")) <= 0.5


@both_halves
def test_every_row_about_time_fires_for_somebody(split: Split) -> None:
    cases = archive(WORKFLOW, dossiers(split)[:400])
    fired = Counter(row for case in cases if case.outcome for row in case.outcome.rows["bezwaar/tijdigheid"])
    assert set(fired) == {row.id for row in WORKFLOW.tables["bezwaar/tijdigheid"].rows}


def test_strange_words_stand_beside_what_is_quoted_and_never_in_it() -> None:
    family = next(one for one in FAMILIES if one.split == "train")
    writer = generate.writer(family, random.Random(3))
    writer.manner = replace(writer.manner, slip=strange, typos=1.0)
    writer.open()
    writer.put("Namens allen melden wij dat [een gesprek hierover welkom blijft], zoals beloofd.", about="horen")
    text = "".join(writer.texts[0])
    assert "een gesprek hierover welkom blijft" in text
    assert {"allen", "melden", "zoals", "beloofd"} & set(text.split()) == set()
