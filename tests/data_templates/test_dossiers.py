"""Generated Woo requests and catering applications state exactly their gold facts; the halves share no wording."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import pytest

from data_templates import exploitatievergunning, names, woo_verzoek
from data_templates.dossier import Dossier, Split
from data_templates.families import Family, Generator
from data_templates.sentences import Bank, facts_in
from finetune.rl.gold import gold_gate
from scaffolds.facts import Fact, Kind, parse, render, words
from scaffolds.workflow import Read, Workflow
from workflows.exploitatievergunning import WORKFLOW as CATERING
from workflows.woo_verzoek import WORKFLOW as WOO

SPLITS: tuple[Split, ...] = ("train", "eval")


@dataclass(frozen=True)
class Made:
    """The dossiers of one workflow."""

    workflow: Workflow
    generate: Generator
    families: tuple[Family, ...]
    bank: Callable[[Split], Bank]

    def reads(self) -> Iterator[Read]:
        return (step for step in self.workflow.steps if isinstance(step, Read))


MADE = {
    "woo_verzoek": Made(WOO, woo_verzoek.generate, woo_verzoek.FAMILIES, woo_verzoek.bank),
    "exploitatievergunning": Made(
        CATERING, exploitatievergunning.generate, exploitatievergunning.FAMILIES, exploitatievergunning.bank
    ),
}
of_each = pytest.mark.parametrize("name", list(MADE))
both_halves = pytest.mark.parametrize("split", SPLITS)


@cache
def dossiers(name: str, split: Split) -> tuple[Dossier, ...]:
    return tuple(MADE[name].generate(400, seed=11, split=split))


def stated(name: str, split: Split) -> Iterator[tuple[Dossier, Kind, Fact]]:
    for dossier in dossiers(name, split):
        for read in MADE[name].reads():
            for path, fact in dossier.gold[read.id].items():
                if fact.state == "stated":
                    yield dossier, read.facts.kinds[path], fact


@of_each
@both_halves
def test_the_same_seed_gives_the_same_dossiers(name: str, split: Split) -> None:
    generate = MADE[name].generate
    assert list(generate(50, seed=11, split=split)) == list(dossiers(name, split)[:50])
    assert list(generate(5, seed=12, split=split)) != list(dossiers(name, split)[:5])


@of_each
@both_halves
def test_evidence_stands_where_it_says_ends_at_edges_of_words_and_says_its_value(name: str, split: Split) -> None:
    edges = {}
    for dossier, kind, fact in stated(name, split):
        assert len(fact.values) == len(fact.evidence) <= kind.many
        for value, place in zip(fact.values, fact.evidence, strict=True):
            document = next(d for d in dossier.documents if d.id == place.document)
            key = (dossier.id, document.id)
            if key not in edges:
                edges[key] = {0, *accumulate(map(len, words(document.text)))}
            assert document.text[place.start : place.end] == place.quotation == place.quotation.strip()
            assert {place.start, place.end} <= edges[key]
            assert 1 <= len(place.quotation) <= kind.quote_chars, (dossier.family, place.quotation)
            assert not kind.copied or value == place.quotation
            agrees = kind.agrees(value, quotation=place.quotation, received=dossier.received)
            assert agrees is not False, (fact.path, value, place.quotation)


@of_each
@both_halves
def test_gold_survives_being_written_as_an_answer_and_read_back(name: str, split: Split) -> None:
    for dossier in dossiers(name, split)[:100]:
        texts = {document.id: document.text for document in dossier.documents}
        for read in MADE[name].reads():
            known = dossier.gold[read.id]
            assert list(known) == list(read.facts.kinds)
            again = parse(read.facts, render(read.facts, known), documents=texts, received=dossier.received)
            for path, fact in known.items():
                assert again[path].problems == ()
                assert (again[path].state, again[path].values) == (fact.state, fact.values)


@of_each
@both_halves
def test_every_fact_occurs_as_stated_left_out_and_contradicted(name: str, split: Split) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    for dossier in dossiers(name, split):
        for facts in dossier.gold.values():
            seen.update((path, fact.state) for path, fact in facts.items())
    missing = [
        (path, state)
        for path in MADE[name].workflow.kinds
        for state in ("stated", "not_stated", "unsure")
        if not seen[path, state]
    ]
    assert missing == []


@of_each
@both_halves
def test_every_choice_is_made_by_someone(name: str, split: Split) -> None:
    made = {(fact.path, value) for _, _, fact in stated(name, split) for value in fact.values}
    for path, kind in MADE[name].workflow.kinds.items():
        assert {(path, option) for option in getattr(kind, "options", ())} <= made


@of_each
@both_halves
def test_gold_earns_full_marks_on_a_hundred_dossiers_and_junk_does_not(name: str, split: Split) -> None:
    means = gold_gate(MADE[name].workflow, dossiers(name, split)[:100], seed=1)
    assert means["gold"] == 1.0
    assert max(means[junk] for junk in ("empty", "unsure", "shuffled")) < 0.5


@of_each
def test_there_are_eight_families_to_train_on_and_four_others_to_evaluate_on(name: str) -> None:
    of = {split: {f.name for f in MADE[name].families if f.split == split} for split in SPLITS}
    layouts = {split: {f.style.layout for f in MADE[name].families if f.split == split} for split in SPLITS}
    assert len(of["train"]) >= 8
    assert len(of["eval"]) >= 4
    assert not layouts["train"] & layouts["eval"]
    for split in SPLITS:
        assert {d.family for d in dossiers(name, split)} == of[split]


@of_each
def test_no_sentence_or_line_of_a_form_is_shared_by_the_two_halves(name: str) -> None:
    halves = [
        {
            line
            for section, lines in MADE[name].bank(split).items()
            if not section.startswith("frase ")
            for line in lines
        }
        for split in SPLITS
    ]
    assert halves[0] & halves[1] == set()


def test_no_subject_of_a_request_is_shared_by_the_two_halves() -> None:
    halves = [
        {*woo_verzoek.bank(split)["frase onderwerp"], *woo_verzoek.bank(split)["frase onderwerp anders"]}
        for split in SPLITS
    ]
    assert halves[0] & halves[1] == set()


@of_each
def test_evaluation_names_streets_and_places_never_occur_in_training_text(name: str) -> None:
    unseen = {word for (kind, split), stems in names.WORDS.items() if split == "eval" for word in stems}
    text = "\n".join(document.text for dossier in dossiers(name, "train") for document in dossier.documents).lower()
    assert [word for word in unseen if re.search(rf"\b{re.escape(word.lower())}", text)] == []


@of_each
@both_halves
def test_every_fact_can_be_said_alone_in_a_sentence_and_on_a_form(name: str, split: Split) -> None:
    bank = MADE[name].bank(split)
    for path, kind in MADE[name].workflow.kinds.items():
        for section in (path, f"veld {path}"):
            for option in getattr(kind, "options", {"": ""}):
                lines = bank.get(section, ()) + bank.get(f"{section}={option}", ())
                assert any(facts_in(line) <= {path} for line in lines), (section, option)


@of_each
@both_halves
def test_only_test_numbers_look_like_a_bsn(name: str, split: Split) -> None:
    text = "\n".join(document.text for dossier in dossiers(name, split) for document in dossier.documents)
    assert set(re.findall(r"(?<![\d-])\d{9}(?!\d)", text)) <= {"999999990", "111222333"}
