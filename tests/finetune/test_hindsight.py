"""Hindsight: an episode that is played with what the archive knows says it, in its own way."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from finetune.archive import archive, known
from finetune.rl.hindsight import learnt
from scaffolds.decode import Decoder
from scaffolds.decode.policy import Policy
from scaffolds.environment import Archived, Episode, Outcome, outcome_of, play
from scaffolds.facts import Fact
from scaffolds.prompt import Prompts
from tests.scaffolds.gold import STATED, TEXT, answering, archived
from tests.scaffolds.tiny import tiny_model, tiny_tokenizer
from workflows.omgevingsvergunning import WORKFLOW
from workflows.registry import load_dossiers, load_workflow

REGISTERED = ("activiteit", "aanvrager", "begindatum", "bijlagen", "gemachtigde")


@pytest.fixture
def case() -> Archived:
    """An application whose owner is not stated and was asked for; five facts are in the register."""
    stated = {path: said for path, said in STATED.items() if path != "eigenaar"}
    episode = play(WORKFLOW, [archived()], answering(stated))[0]
    outcome = outcome_of(WORKFLOW, episode.case)
    return archived(outcome=replace(outcome, registered={path: episode.facts[path] for path in REGISTERED}))


def played(cases: list[Archived], known: Mapping[int, Mapping[str, Fact]]) -> tuple[Policy, list[Episode]]:
    """Episodes of a model that never learnt anything."""
    prompts = Prompts(tokenizer=tiny_tokenizer(), describe=False)
    decoder = Decoder(tiny_model("llama"), tiny_tokenizer())
    seeds = list(range(len(cases)))
    policy = Policy(decoder, prompts, temperature=1.5, seeds=seeds, keep_legal=True, known=known)
    return policy, play(WORKFLOW, cases, policy)


def test_an_outcome_says_what_is_registered_what_was_left_out_and_what_was_not(case: Archived) -> None:
    told = known(WORKFLOW, case)
    assert {path: (told[path].state, bool(told[path].values)) for path in (*REGISTERED, "eigenaar", "kosten")} == {
        "activiteit": ("stated", True),
        "aanvrager": ("stated", True),
        "begindatum": ("stated", True),
        "bijlagen": ("stated", True),
        "gemachtigde": ("not_stated", False),
        "eigenaar": ("not_stated", False),
        "kosten": ("stated", False),
    }
    assert not any(fact.evidence for fact in told.values()), "a register knows no place in a document"


@pytest.mark.parametrize("name", ["omgevingsvergunning", "bezwaar", "exploitatievergunning", "woo_verzoek"])
def test_what_the_archive_is_said_to_know_is_what_the_dossiers_say(name: str) -> None:
    dossiers = list(load_dossiers(name)(150, seed=17, split="train"))
    workflow = load_workflow(name)
    states: dict[str, set[str]] = {}
    for dossier, case in zip(dossiers, archive(workflow, dossiers), strict=True):
        gold = {path: fact for facts in dossier.gold.values() for path, fact in facts.items()}
        for path, fact in known(workflow, case).items():
            if path in gold:
                assert fact.state == gold[path].state, (dossier.id, path)
                assert not fact.values or fact.values == gold[path].values
                states.setdefault(path, set()).add(fact.state)
    assert len(states) >= 6
    assert all("stated" in seen for seen in states.values()), "no fact is known only where it is missing"


def test_of_a_fact_that_is_asked_for_only_beside_another_nothing_is_known() -> None:
    # The reference of the decision is asked for where its date is missing too, and no register keeps that date.
    dossiers = list(load_dossiers("bezwaar")(60, seed=17, split="train"))
    workflow = load_workflow("bezwaar")
    cases = archive(workflow, dossiers)
    assert any("vraag-besluit" in row for case in cases if case.outcome for row in case.outcome.rows.values())
    assert not any({"kenmerk", "besluitdatum"} & known(workflow, case).keys() for case in cases)


def test_what_only_another_kind_of_case_is_asked_for_stays_unknown(case: Archived) -> None:
    assert not {"dakvlak", "gevel", "verlicht"} & known(WORKFLOW, case).keys()


def test_a_case_without_an_outcome_tells_nothing() -> None:
    assert known(WORKFLOW, archived()) == {}


def test_a_row_of_another_table_with_the_same_name_says_nothing() -> None:
    rows = {"omgevingsvergunning/boom": ("vraag-eigenaar",)}
    assert known(WORKFLOW, archived(outcome=Outcome(rows=rows))) == {}


def test_an_untrained_model_says_what_is_known_and_is_free_in_all_else(case: Archived) -> None:
    told = known(WORKFLOW, case)
    cases = 12
    _, episodes = played([case] * cases, dict.fromkeys(range(0, cases, 2), told))
    for index, episode in enumerate(episodes):
        for path, fact in told.items():
            if index % 2 == 0 and path in episode.facts:
                said = episode.facts[path]
                assert (said.state, said.problems) == (fact.state, ())
                assert not fact.values or said.values == fact.values
    helped = [one.facts for one in episodes[::2]]
    assert len({one["kosten"] for one in helped}) > 1, "that it is stated is known, and not what it is"
    assert any(one.facts["aanvrager"].value != "Jan de Boer" for one in episodes[1::2])


def test_what_was_said_with_help_can_be_learnt_without_it(case: Archived) -> None:
    policy, [episode] = played([case], {0: known(WORKFLOW, case)})
    told = policy.told([(turn.question, turn.answer) for turn in episode.turns])
    assert [said.generation.text for said in told.said] == [turn.answer for turn in episode.turns]
    choices = [sum(not forced for forced in one.said[0].generation.forced) for one in (policy.conversations[0], told)]
    assert choices[0] < choices[1], "without help there is more to choose"


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("aanvrager", ("Piet Paulusma",)),
        ("aanvrager", ("an de Boe",)),
        ("aanvrager", (TEXT,)),
        ("aanvrager", ("Jan de Boer", "Jan")),
        ("begindatum", ("2026-07-02",)),
        ("eigenaar", ("misschien",)),
    ],
    ids=["not there", "cut inside a word", "too long", "too many", "no such day", "no such choice"],
)
def test_a_registered_value_that_no_quotation_can_state_binds_nothing(
    case: Archived, path: str, values: tuple[str, ...]
) -> None:
    other = {path: Fact(path=path, state="stated", values=values)}
    policy, episodes = played([case] * 6, dict.fromkeys(range(6), other))
    assert len({one.facts[path] for one in episodes}) > 1
    for episode in episodes:
        policy.told([(turn.question, turn.answer) for turn in episode.turns])


def test_all_of_an_answer_is_learnt_where_it_is_known_and_else_that_there_is_one() -> None:
    told = {
        "aanvrager": Fact(path="aanvrager", state="stated", values=("Jan de Boer",)),
        "eigenaar": Fact(path="eigenaar", state="not_stated"),
        "kosten": Fact(path="kosten", state="stated"),
        "gevel": Fact(path="gevel", state="stated"),
    }
    columns = {"aanvrager": [1, 2, 3], "eigenaar": [5, 6], "kosten": [8, 9, 10], "monument": [12]}
    assert list(learnt(told, columns, choices=[1, 3, 5, 9, 10, 12])) == [1, 3, 5, 9]
