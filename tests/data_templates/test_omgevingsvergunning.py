"""Generated applications state exactly their gold facts; training shares no wording with evaluation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate

import pytest

from data_templates import names
from data_templates.dossier import Dossier, Split
from data_templates.omgevingsvergunning import FAMILIES, generate
from data_templates.omgevingsvergunning.sentences import bank
from data_templates.omgevingsvergunning.world import READING, TREES
from data_templates.sentences import facts_in
from scaffolds.facts import Fact, Facts, Kind, parse, render, words
from workflows.omgevingsvergunning.facts import ACTIVITIES, Aanvraag

SPLITS: tuple[Split, ...] = ("train", "eval")
both_halves = pytest.mark.parametrize("split", SPLITS)


@cache
def dossiers(split: Split) -> tuple[Dossier, ...]:
    return tuple(generate(2000, seed=11, split=split))


def readings(dossier: Dossier) -> Iterator[tuple[type[Facts], dict[str, Fact]]]:
    for step, known in dossier.gold.items():
        yield (Aanvraag if step == "lees_aanvraag" else READING[step.removeprefix("lees_")]), dict(known)


def stated(split: Split) -> Iterator[tuple[Dossier, Kind, Fact]]:
    for dossier in dossiers(split):
        for facts, known in readings(dossier):
            for path, fact in known.items():
                if fact.state == "stated":
                    yield dossier, facts.kinds[path], fact


@both_halves
def test_the_same_seed_gives_the_same_dossiers(split: Split) -> None:
    assert list(generate(150, seed=11, split=split)) == list(dossiers(split)[:150])
    assert list(generate(5, seed=12, split=split)) != list(dossiers(split)[:5])


@both_halves
def test_evidence_stands_where_it_says_and_ends_at_edges_of_words(split: Split) -> None:
    edges = {}
    for dossier, kind, fact in stated(split):
        assert len(fact.values) == len(fact.evidence) <= kind.many
        for place in fact.evidence:
            document = next(d for d in dossier.documents if d.id == place.document)
            key = (dossier.id, document.id)
            if key not in edges:
                edges[key] = {0, *accumulate(map(len, words(document.text)))}
            assert document.text[place.start : place.end] == place.quotation
            assert {place.start, place.end} <= edges[key]
            assert place.occurrences == sum(d.text.count(place.quotation) for d in dossier.documents)


@both_halves
def test_every_quotation_fits_its_kind_and_says_its_value(split: Split) -> None:
    for dossier, kind, fact in stated(split):
        for value, place in zip(fact.values, fact.evidence, strict=True):
            quotation = place.quotation
            assert quotation == quotation.strip()
            assert 1 <= len(quotation) <= kind.quote_chars, (dossier.family, quotation)
            assert not kind.copied or value == quotation
            if shape := kind.pattern():
                assert re.fullmatch(shape.replace(r"\u{a0}", "\xa0"), quotation, re.DOTALL), quotation
            agrees = kind.agrees(value, quotation=quotation, received=dossier.received)
            assert agrees is not False, (value, quotation)


@both_halves
def test_gold_survives_being_written_as_an_answer_and_read_back(split: Split) -> None:
    for dossier in dossiers(split)[:200]:
        texts = {document.id: document.text for document in dossier.documents}
        for facts, known in readings(dossier):
            assert list(known) == list(facts.kinds)
            again = parse(facts, render(facts, known), documents=texts, received=dossier.received)
            for path, fact in known.items():
                assert again[path].problems == ()
                assert (again[path].state, again[path].values) == (fact.state, fact.values)
                assert [e.quotation for e in again[path].evidence] == [e.quotation for e in fact.evidence]


@both_halves
def test_every_fact_occurs_as_stated_left_out_and_contradicted(split: Split) -> None:
    seen: Counter[tuple[str, str, str]] = Counter()
    for dossier in dossiers(split):
        for facts, known in readings(dossier):
            seen.update((facts.__name__, path, fact.state) for path, fact in known.items())
    for facts in (Aanvraag, *READING.values()):
        for path in set(facts.kinds) - {"activiteit"}:
            for state in ("stated", "not_stated", "unsure"):
                assert seen[facts.__name__, path, state] > 0, (facts.__name__, path, state)
    assert seen["Aanvraag", "activiteit", "stated"] == len(dossiers(split))


@both_halves
def test_every_choice_is_made_by_someone(split: Split) -> None:
    made = {(kind.label, value) for _, kind, fact in stated(split) for value in fact.values}
    for facts in (Aanvraag, *READING.values()):
        for kind in facts.kinds.values():
            assert {(kind.label, option) for option in getattr(kind, "options", ())} <= made


@both_halves
def test_texts_are_of_the_length_of_real_applications(split: Split) -> None:
    lengths = [sum(len(d.text.split()) for d in dossier.documents) for dossier in dossiers(split)]
    assert 100 <= sum(lengths) / len(lengths) <= 140
    assert sum(60 <= length <= 200 for length in lengths) / len(lengths) > 0.93
    assert all(1 <= len(dossier.documents) <= 2 for dossier in dossiers(split))


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


def test_no_sentence_is_shared_by_the_two_halves() -> None:
    for activity in ACTIVITIES:
        halves = [
            {
                t
                for name, templates in bank(activity, split).items()
                if not name.startswith("frase ")
                for t in templates
            }
            for split in SPLITS
        ]
        assert halves[0] & halves[1] == set()


def test_no_kind_of_tree_is_shared_by_the_two_halves() -> None:
    halves = [{noun for pair in TREES[split].split() for noun in pair.split("/")} for split in SPLITS]
    assert halves[0] & halves[1] == set()


def test_evaluation_names_streets_and_places_never_occur_in_training_text() -> None:
    unseen = {word for (kind, split), stems in names.WORDS.items() if split == "eval" for word in stems}
    text = "\n".join(document.text for dossier in dossiers("train") for document in dossier.documents).lower()
    assert [word for word in unseen if re.search(rf"\b{re.escape(word.lower())}", text)] == []


@both_halves
def test_every_fact_can_be_said_alone_in_a_sentence_and_on_a_form(split: Split) -> None:
    for activity, own in READING.items():
        for path, kind in {**Aanvraag.kinds, **own.kinds}.items():
            for section in (path, f"veld {path}"):
                for name in (f"{section}={option}" for option in getattr(kind, "options", {"": ""})):
                    lines = bank(activity, split).get(section, ()) + bank(activity, split).get(name, ())
                    assert any(facts_in(line) <= {path, "activiteit"} for line in lines) or path == "activiteit", (
                        activity,
                        name,
                    )


@both_halves
def test_only_test_numbers_look_like_a_bsn(split: Split) -> None:
    text = "\n".join(document.text for dossier in dossiers(split) for document in dossier.documents)
    found = set(re.findall(r"(?<![\d-])\d{9}(?!\d)", text))
    assert found == {"999999990", "111222333"}
