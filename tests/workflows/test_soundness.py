"""The shipped workflows are sound; a planted fault is found and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from scaffolds.errors import CasewrightError
from scaffolds.facts import Choice, Day, Euros, Facts, Text, YesNo
from scaffolds.table import load_table, load_text
from scaffolds.workflow import Check, Decide, Draft, Read, Step, Use, Value, Workflow
from workflows.bezwaar import WORKFLOW
from workflows.bind import bind
from workflows.registry import load_workflow, workflow_names
from workflows.soundness import unsound

HEAD = """
id: proef/tabel
version: 1.0.0
title_nl: Proef
owner: proef
law: {id: BWBR0005537, version: 2026-07-01}
valid_from: 2024-01-01
inputs:
"""
ROW = """
rows:
  - {id: rij, when: {}, then: {uitkomst: goed}, source: {article: "4:5"}, reviewed_by: proef, reviewed_on: 2026-11-22}
"""
OUTPUT = "outputs: {uitkomst: {type: enum, values: [goed, fout]}}"


class Proef(Facts):
    bedrag = Euros(label="bedrag", minimum=0, maximum=1000)
    dag = Day(label="dag")
    kleur = Choice(label="kleur", options={"rood": "rood", "blauw": "blauw"})
    kleuren = Choice(label="kleuren", options={"rood": "rood", "blauw": "blauw"}, many=2)
    tekst = Text(label="tekst")
    akkoord = YesNo(label="akkoord")


def flow(column: str, *, facts: type[Facts] = Proef) -> Workflow:
    """Objection with one table more, right after the first reading, with this input."""
    table = load_text(f"{HEAD}  {column}\n{OUTPUT}{ROW}")
    read = Read(id="lees", title="Lezen", facts=facts, then="toets")
    toets = Check(id="toets", title="Toets", tables=(bind(table, facts),), then="lees_indiener")
    return replace(WORKFLOW, steps=(read, toets, *WORKFLOW.steps))


def changed(name: str, change: Callable[[Step], Step]) -> Workflow:
    return replace(WORKFLOW, steps=tuple(change(s) if s.id == name else s for s in WORKFLOW.steps))


@pytest.mark.parametrize("name", workflow_names())
def test_every_installed_workflow_is_sound(name: str) -> None:
    assert unsound(load_workflow(name)) == []


@pytest.mark.parametrize(
    ("column", "problem"),
    [
        ('bedrag: {type: int, range: "[0..999]", unknown: true}', "runs from 0 to 1000, which is outside [0..999]"),
        ('bedrag: {type: int, range: "[0..1000]"}', "no `unknown: true`"),
        ("kleur: {type: enum, values: [rood], unknown: true}", "lacks blauw"),
        ("kleuren: {type: enum, values: [rood, blauw], unknown: true}", "an input has one"),
        ("kleur_vermeld: {type: enum, values: [ja, nee]}", "lacks tegenstrijdig"),
        ('dag: {type: date, range: "[2026-01-01..2026-12-31]", unknown: true}', "use Stated or Within"),
        ("tekst: {type: enum, values: [ja], unknown: true}", "tekst is Text"),
    ],
)
def test_a_table_input_that_cannot_hold_every_value_of_its_fact_is_found(column: str, problem: str) -> None:
    assert any(problem in found for found in unsound(flow(column))), unsound(flow(column))


def test_a_table_that_fits_its_facts_is_sound() -> None:
    assert unsound(flow('bedrag: {type: int, range: "[0..1000]", unknown: true}')) == []


def test_a_fact_that_is_read_only_after_its_table_is_found() -> None:
    column = "horen: {type: enum, values: [zitting, telefonisch, afzien], unknown: true}"
    table = load_text(f"{HEAD}  {column}\n{OUTPUT}{ROW}")
    early = Check(
        id="vroeg", title="Te vroeg", tables=(Use(table=table, inputs={"horen": Value(path="horen")}),),
        then="lees_indiener_nog_eens",
    )  # fmt: skip
    first, *others = WORKFLOW.steps
    again = replace(first, id="lees_indiener_nog_eens")
    steps = (replace(first, then="vroeg"), early, again, *others)
    steps = tuple(replace(s, completed="lees_indiener_nog_eens") if s.id == "vraag_herstel" else s for s in steps)  # type: ignore[call-arg]
    assert any("horen is not read on the way to it" in p for p in unsound(replace(WORKFLOW, steps=steps)))


def test_a_table_that_nobody_signed_is_found(tmp_path: Path) -> None:
    source = resources.files(WORKFLOW.package).joinpath("tables", "belang.yaml")
    unsigned = [line for line in source.read_text("utf-8").splitlines() if "reviewed" not in line]
    (tmp_path / "belang.yaml").write_text("\n".join(unsigned), encoding="utf-8")
    draft = load_table(tmp_path / "belang.yaml", draft=True)
    found = unsound(
        changed("intake", lambda s: replace(s, tables=tuple(
            replace(use, table=draft) if use.table.id == draft.id else use for use in s.tables  # type: ignore[union-attr]
        )))
    )  # fmt: skip
    assert found == [f"table {draft.id} is a draft: its law, or a row's source or review, is missing."]


def test_a_letter_that_is_missing_broken_or_names_what_nobody_reads_is_found(tmp_path: Path) -> None:
    package = tmp_path / "proefpakket"
    (package / "letters").mkdir(parents=True)
    (package / "__init__.py").touch()
    for name in ("gegrond", "ongegrond", "niet_ontvankelijk"):
        text = "{{ zaak }} {{ gegeven.reden }} {{ rechtsmiddelen }}"
        (package / "letters" / f"{name}.txt").write_text(text, encoding="utf-8")
    (package / "letters" / "herstel.txt").write_text("{{ gegeven.kleur }} {{ zaaknummer }}", encoding="utf-8")
    (package / "letters" / "ongegrond.txt").write_text("{% if %}", encoding="utf-8")
    (package / "letters" / "gegrond.txt").unlink()
    (package / "letters" / "niet_ontvankelijk.txt").write_text("{{ zaak }}", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(tmp_path)
        found = unsound(replace(WORKFLOW, package="proefpakket"))
    assert "letter gegrond.txt: there is no such file in proefpakket/letters." in found
    assert any(problem.startswith("letter ongegrond.txt: it does not compile") for problem in found)
    assert any(problem.startswith("letter herstel.txt: it names zaaknummer; known are") for problem in found)
    assert "letter herstel.txt: it names gegeven.kleur, which is no fact that is read." in found
    clause = "it tells of a decision, and lacks the remedies clause {{ rechtsmiddelen }} (Awb 3:45)."
    assert [problem for problem in found if problem.endswith(clause)] == [
        f"letter {name}.txt: {clause}" for name in ("ongegrond", "niet_ontvankelijk")
    ]
    assert len(found) == 6


def test_a_decision_without_a_letter_is_found() -> None:
    found = unsound(changed("brief", lambda s: replace(s, letters={"gegrond": "gegrond.txt"})))  # type: ignore[call-arg]
    assert "step brief has no letter for the decision ongegrond." in found


def test_an_end_without_a_person_is_found() -> None:
    def skip(step: Step) -> Step:
        return replace(step, then="brief") if isinstance(step, Check) else step

    steps = tuple(skip(s) for s in WORKFLOW.steps if s.id not in ("ontvankelijkheid", "horen", "besluit"))
    steps = tuple(replace(s, lapsed="brief") if s.id == "vraag_herstel" else s for s in steps)  # type: ignore[call-arg]
    with pytest.raises(CasewrightError):
        replace(WORKFLOW, steps=steps)  # nothing asks any more, so a step cannot be reached
    steps = tuple(s for s in steps if s.id not in ("vraag_herstel", "voorbereiding"))
    assert unsound(replace(WORKFLOW, steps=steps)) == [
        "a case can end without a person having decided; put a Decide step on every way."
    ]


def test_an_open_norm_without_a_question_or_an_article_is_found() -> None:
    def blank(step: Step) -> Step:
        assert isinstance(step, Decide)
        return replace(step, norms=(replace(step.norms[0], source=" "),))

    assert unsound(changed("horen", blank)) == [
        "open norm afzien_van_horen needs a question and the article it comes from."
    ]


def test_a_question_or_a_branch_on_what_no_table_gives_is_found() -> None:
    found = unsound(changed("vraag_herstel", lambda s: replace(s, items="bezwaar/vereisten.vragen")))  # type: ignore[call-arg]
    assert found == ["step vraag_herstel asks bezwaar/vereisten.vragen, which no table before it gives."]
    intake = WORKFLOW.by_id["intake"]
    assert isinstance(intake, Check)
    branch = replace(intake.then, to={"geen": "voorbereiding"})  # type: ignore[type-var]
    found = unsound(changed("intake", lambda s: replace(s, then=branch)))  # type: ignore[call-arg]
    assert found == ["step intake branches on geen, which bezwaar/vereisten.vraag cannot be."]


def test_the_facts_that_a_letter_itself_asks_of_the_model_may_be_named_in_it() -> None:
    brief = WORKFLOW.by_id["brief"]
    assert isinstance(brief, Draft)
    found = unsound(changed("brief", lambda s: replace(s, facts=None)))  # type: ignore[call-arg]
    assert "letter gegrond.txt: it names gegeven.reden, which is no fact that is read." in found
