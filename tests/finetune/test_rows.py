"""A row is the conversation that is served later, learned only where the model speaks, and never cut."""

import json
from dataclasses import replace

import pytest
from rich.console import Console

from finetune.rows import IGNORED, Row, check_trained, preview, rows
from scaffolds.errors import CasewrightError
from scaffolds.facts import render
from scaffolds.prompt import Prompts
from tests.finetune.small import RECEIVED, WORKFLOW, Waarom, Wat, dossiers
from tests.scaffolds.tiny import tiny_tokenizer

PROMPTS = Prompts(tokenizer=tiny_tokenizer(), describe=False)
CONTEXT = 2048


def _rows(count: int = 4) -> list[Row]:
    return rows(dossiers(count), workflow=WORKFLOW, prompts=PROMPTS, context=CONTEXT)


def test_only_the_answers_are_learned_with_their_closing_token() -> None:
    for made, dossier in zip(_rows(), dossiers(4), strict=True):
        learned = [
            token for token, label in zip(made.input_ids, made.labels, strict=True) if label != IGNORED
        ]
        answers = [render(Wat, dossier.gold["wat"]), render(Waarom, dossier.gold["waarom"])]
        end = tiny_tokenizer().eos_token
        assert tiny_tokenizer().decode(learned) == "".join(answer + end for answer in answers)
        assert made.trained == len(learned)
        assert all(
            label in (IGNORED, token) for token, label in zip(made.input_ids, made.labels, strict=True)
        )


def test_a_row_begins_with_the_very_tokens_of_service() -> None:
    dossier, made = dossiers(1)[0], _rows(1)[0]
    opening = PROMPTS.opening(Wat, texts=[dossier.documents[0].text], received=RECEIVED)
    assert list(made.input_ids[: len(opening)]) == opening
    assert made.steps == ("wat", "waarom")


def test_a_row_that_does_not_fit_is_refused_by_name_and_not_cut() -> None:
    longest = max(_rows(), key=lambda made: len(made.input_ids))
    context = len(longest.input_ids) - 1
    with pytest.raises(CasewrightError, match=f"{longest.dossier} needs {len(longest.input_ids)}"):
        rows(dossiers(4), workflow=WORKFLOW, prompts=PROMPTS, context=context)


def test_rows_in_which_nothing_is_learned_are_refused() -> None:
    silent = [replace(dossier, gold={}) for dossier in dossiers(2)]
    with pytest.raises(CasewrightError, match="No token of 2 dossiers"):
        rows(silent, workflow=WORKFLOW, prompts=PROMPTS, context=CONTEXT)
    with pytest.raises(CasewrightError, match="No token of 0 dossiers"):
        check_trained([])


def test_facts_of_a_step_that_reads_nothing_are_refused() -> None:
    strange = replace(dossiers(1)[0], gold={"beslis": {}})
    with pytest.raises(CasewrightError, match="dossier-0 has facts for beslis"):
        rows([strange], workflow=WORKFLOW, prompts=PROMPTS, context=CONTEXT)


def _shown(made: Row) -> str:
    console = Console(width=10_000, color_system=None)
    with console.capture() as captured:
        console.print(preview(made, tiny_tokenizer()))
    return captured.get()


def test_the_preview_marks_what_is_learned_and_counts_it() -> None:
    made = _rows(1)[0]
    text = _shown(made)
    assert f"{made.trained} are trained" in text
    marked = [part.split("⟧")[0].replace("·", "") for part in text.split("⟦")[1:]]
    assert [json.loads(part.removesuffix("<|end|>")) for part in marked] == [
        json.loads(render(facts, dossiers(1)[0].gold[name]))
        for name, facts in (("wat", Wat), ("waarom", Waarom))
    ]


def test_the_preview_of_sft_marks_the_choices_alone() -> None:
    made = _rows(1)[0]
    turn = made.turns[0]
    shown = preview(made, tiny_tokenizer(), choices=[0, turn.start, turn.start + 2]).plain
    assert "of which 2 are trained" in shown
    assert shown.count("⟦") == 2


def test_the_preview_passes_no_control_characters_or_markup_of_an_applicant() -> None:
    ids = PROMPTS._plain("\x1b[2J[red]rood[/red]\x07")
    text = _shown(Row(dossier="x", steps=(), input_ids=tuple(ids), labels=tuple([IGNORED] * len(ids))))
    assert "\x1b" not in text
    assert "[red]rood[/red]" in text
