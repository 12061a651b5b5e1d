"""Generated applications state exactly their gold facts; training shares no wording with evaluation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

from data_templates import blocks, composition
from data_templates.dossier import Dossier, Split
from data_templates.omgevingsvergunning import (
    FAMILIES,
    generate,
    layouts_composed,
    layouts_eval,
    layouts_train,
)
from data_templates.omgevingsvergunning.sentences import bank
from data_templates.omgevingsvergunning.world import READING, TREES
from finetune.rl.gold import gold_gate
from tests.data_templates import promises
from workflows.omgevingsvergunning import WORKFLOW
from workflows.omgevingsvergunning.facts import ACTIVITIES, Aanvraag

SPLITS: tuple[Split, ...] = ("train", "eval")
READINGS = {"lees_aanvraag": Aanvraag} | {f"lees_{activity}": facts for activity, facts in READING.items()}
LAYOUTS: dict[Split, list[Path]] = {
    "train": [Path(m.__file__) for m in (layouts_train, layouts_composed, blocks, composition)],
    "eval": [Path(layouts_eval.__file__)],
}
both_halves = pytest.mark.parametrize("split", SPLITS)


@cache
def dossiers(split: Split) -> tuple[Dossier, ...]:
    return tuple(generate(2000, seed=11, split=split))


@both_halves
def test_the_same_seed_gives_the_same_dossiers(split: Split) -> None:
    assert list(generate(150, seed=11, split=split)) == list(dossiers(split)[:150])
    assert list(generate(5, seed=12, split=split)) != list(dossiers(split)[:5])


def fingerprint(some: Iterable[Dossier]) -> str:
    """A hash of texts and of what they say, with the places of the evidence."""
    made = hashlib.sha256()
    for dossier in some:
        gold = {
            path: (fact.state, fact.values, [(e.document, e.start, e.end) for e in fact.evidence])
            for known in dossier.gold.values()
            for path, fact in known.items()
        }
        made.update(repr((dossier.id, dossier.family, [(d.id, d.text) for d in dossier.documents], gold)).encode())
    return made.hexdigest()


def test_the_evaluation_half_is_the_one_that_reports_were_made_with() -> None:
    assert fingerprint(dossiers("eval")[:500]) == "a065aac674c651c4dd227b3b58b41fd99ce82966a52b43718585ceb6524bc3b3"


def test_no_two_composed_dossiers_are_laid_out_alike() -> None:
    frames = [
        tuple(re.sub(r"\w+", "", line) for document in dossier.documents for line in document.text.splitlines())
        for dossier in dossiers("train")
        if "composed" in dossier.family
    ]
    assert len(frames) > 800
    assert len(set(frames)) > 0.99 * len(frames)


@both_halves
def test_evidence_stands_where_it_says_and_ends_at_edges_of_words(split: Split) -> None:
    promises.evidence_stands_where_it_says_and_ends_at_edges_of_words(dossiers(split), READINGS)


@both_halves
def test_every_quotation_fits_its_kind_and_says_its_value(split: Split) -> None:
    promises.quotations_fit_their_kind_and_say_their_value(dossiers(split), READINGS)


@both_halves
def test_gold_survives_being_written_as_an_answer_and_read_back(split: Split) -> None:
    promises.gold_survives_being_written_as_an_answer_and_read_back(dossiers(split)[:200], READINGS)


@both_halves
def test_every_fact_occurs_as_stated_left_out_and_contradicted(split: Split) -> None:
    promises.every_fact_occurs_in_every_state(dossiers(split), READINGS, always={"activiteit"})


@both_halves
def test_every_choice_is_made_by_someone(split: Split) -> None:
    promises.every_choice_is_made_by_someone(dossiers(split), READINGS)


@both_halves
def test_texts_are_of_the_length_of_real_applications(split: Split) -> None:
    whole = [dossier for dossier in dossiers(split) if "entry" not in dossier.family]
    lengths = [sum(len(d.text.split()) for d in dossier.documents) for dossier in whole]
    assert 100 <= sum(lengths) / len(lengths) <= 140
    assert sum(60 <= length <= 200 for length in lengths) / len(lengths) > 0.93
    assert {len(dossier.documents) for dossier in dossiers(split)} == ({1, 2, 3} if split == "train" else {1, 2})


def test_a_line_of_a_register_is_short_and_names_place_work_and_person_only() -> None:
    lines = [dossier for dossier in dossiers("train") if "entry" in dossier.family]
    words = [sum(len(d.text.split()) for d in dossier.documents) for dossier in lines]
    stated = {
        path
        for dossier in lines
        for facts in dossier.gold.values()
        for path, fact in facts.items()
        if fact.state != "not_stated"
    }
    assert len(lines) > 100
    assert sum(words) / len(words) < 35
    assert stated == set(layouts_composed.BRIEF)


def test_each_activity_has_twelve_families_and_four_of_them_for_evaluation_only() -> None:
    for activity in ACTIVITIES:
        of = {
            split: {f.name for f in FAMILIES if f.subject == activity and f.split == split}
            for split in SPLITS
        }
        assert len(of["train"] | of["eval"]) >= 12
        assert len(of["eval"]) >= 4
        assert not of["train"] & of["eval"]


@both_halves
def test_a_dossier_is_of_a_family_of_its_split(split: Split) -> None:
    assert {d.family for d in dossiers(split)} == {f.name for f in FAMILIES if f.split == split}


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_no_sentence_is_shared_by_the_two_halves(activity: str) -> None:
    promises.no_sentence_is_shared(bank(activity, "train"), bank(activity, "eval"))


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_no_line_of_training_is_one_of_evaluation_in_another_dress(activity: str) -> None:
    promises.no_line_is_the_same_but_for_dress(bank(activity, "train"), bank(activity, "eval"), LAYOUTS)


@both_halves
@pytest.mark.parametrize("activity", ACTIVITIES)
def test_evidence_of_a_choice_fits_its_kind_and_every_line_states_its_fact(activity: str, split: Split) -> None:
    for facts in (Aanvraag, READING[activity]):
        promises.evidence_of_a_choice_fits_its_kind(bank(activity, split), facts)
        promises.every_line_about_a_fact_states_it(bank(activity, split), facts)


@pytest.mark.parametrize("activity", ACTIVITIES)
def test_the_longest_description_can_be_quoted(activity: str) -> None:
    kind = Aanvraag.kinds["omschrijving"]
    promises.the_longest_phrase_can_be_quoted(bank(activity, "train"), "omschrijving", longest=kind.quote_chars)


def test_gold_earns_full_marks_and_junk_does_not() -> None:
    means = gold_gate(WORKFLOW, dossiers("train")[:60], seed=1)
    assert means["gold"] == 1.0
    assert max(means[junk] for junk in ("empty", "unsure", "shuffled")) <= 0.5


def test_no_kind_of_tree_is_shared_by_the_two_halves() -> None:
    halves = [{noun for pair in TREES[split].split() for noun in pair.split("/")} for split in SPLITS]
    assert halves[0] & halves[1] == set()


def test_evaluation_names_streets_and_places_never_occur_in_training_text() -> None:
    promises.evaluation_names_never_occur_in(dossiers("train"))


@both_halves
@pytest.mark.parametrize("activity", ACTIVITIES)
def test_every_fact_can_be_said_alone_in_a_sentence_and_on_a_form(activity: str, split: Split) -> None:
    for facts in (Aanvraag, READING[activity]):
        promises.every_fact_can_be_said_alone(bank(activity, split), facts, repeatable="activiteit")


@both_halves
def test_only_test_numbers_look_like_a_bsn(split: Split) -> None:
    promises.only_test_numbers_look_like_a_bsn(dossiers(split))
