"""What comes back is exactly what was filled in, or it is refused with every reason."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_templates.labelling import form_of
from finetune.annotate.answer import answer_of, fields, results_of
from finetune.annotate.check import Refused
from finetune.annotate.offsets import utf16_length
from finetune.annotate.task import Task, altered
from scaffolds.case import fact_to_json
from tests.finetune.annotate.reading import FORM, RECEIVED, WORKFLOW, hostile_task

Results = list[dict[str, Any]]


@given(st.integers(0, 10_000), st.integers(1, 3))
def test_facts_come_back_as_they_were_entered_whatever_the_text(number: int, documents: int) -> None:
    task, facts = hostile_task(number, documents=documents)
    entered = {"step": "lees", "facts": [fact_to_json(fact) for fact in facts.values()]}
    assert answer_of(WORKFLOW, FORM, task, results_of(FORM, task, entered)) == entered


def entered(number: int = 3) -> tuple[Task, Results]:
    """A task with the results of a right answer in which everything is stated."""
    for candidate in range(number, 10_000):
        task, facts = hostile_task(candidate)
        if all(fact.state == "stated" for fact in facts.values()):
            return task, results_of(FORM, task, task.proposed or {})
    raise AssertionError


def of(results: Results, name: str) -> dict[str, Any]:
    """The first result of a control."""
    return next(item for item in results if item["from_name"] == name)


def span(results: Results, label: str) -> dict[str, Any]:
    """The value of the span of a label."""
    found: dict[str, Any] = next(r["value"] for r in results if r["value"].get("labels") == [label])
    return found


def span_of(results: Results, label: str) -> dict[str, Any]:
    """A copy of the result that marks a label."""
    return copy.deepcopy(next(r for r in results if r["value"].get("labels") == [label]))


def twice(results: Results, name: str) -> None:
    results.append(copy.deepcopy(of(results, name)) | {"id": "x"})


TAMPERED: dict[str, tuple[Callable[[Results], Any], str]] = {
    "an unknown label": (lambda r: span(r, "straat").update(labels=["naam"]), "unknown label 'naam'"),
    "two labels": (lambda r: span(r, "straat").update(labels=["straat", "soort"]), "not exactly one label"),
    "a span past the end": (lambda r: span(r, "straat").update(start=5, end=99_999), "lies outside the text"),
    "a negative span": (lambda r: span(r, "straat").update(start=-4), "lies outside the text"),
    "a reversed span": (lambda r: span(r, "straat").update(start=9, end=3), "lies outside the text"),
    "a span that is no number": (lambda r: span(r, "straat").update(start="0"), "no place in the text"),
    "a moved span": (lambda r: span(r, "straat").update(start=span(r, "straat")["start"] - 1), "not what stands there"),
    "another text": (lambda r: span(r, "straat").update(text="Kerkstraat"), "not what stands there"),
    "no text": (lambda r: span(r, "straat").pop("text"), "comes without its text"),
    "a number below its bound": (lambda r: of(r, "waarde.kosten")["value"].update(number=-1), "outside 0 to 1000000"),
    "a number above its bound": (lambda r: of(r, "waarde.breedte")["value"].update(number=901), "outside 10 to 900"),
    "a fraction": (lambda r: of(r, "waarde.kosten")["value"].update(number=7.5), "not a whole number"),
    "a number as text": (lambda r: of(r, "waarde.kosten")["value"].update(number="12"), "not a whole number"),
    "a day that is none": (lambda r: of(r, "waarde.begin")["value"].update(datetime="2026-02-30"), "not a day"),
    "a word for a day": (lambda r: of(r, "waarde.begin")["value"].update(datetime="morgen"), "not a day"),
    "two values in a single choice": (
        lambda r: of(r, "staat.soort")["value"].update(choices=["vermeld", "onzeker"]),
        "not exactly one choice",
    ),
    "an answer twice": (lambda r: twice(r, "staat.soort"), "staat.soort is answered twice"),
    "an unknown choice": (lambda r: of(r, "waarde.soort")["value"].update(choices=["slopen"]), "choice 'slopen'"),
    "a postcode that is none": (lambda r: of(r, "waarde.postcode")["value"].update(text=["0123AB"]), "the right form"),
    "an unknown control": (lambda r: of(r, "staat.soort").update(from_name="staat.anders"), "unknown control"),
    "another target": (lambda r: of(r, "staat.soort").update(to_name="elders"), "is about 'elders'"),
    "another type": (lambda r: of(r, "staat.soort").update(type="rating"), "has type 'rating'"),
    "a missing answer": (lambda r: r.remove(of(r, "staat.soort")), "staat.soort is not answered"),
    "a missing value": (lambda r: r.remove(of(r, "waarde.kosten")), "waarde.kosten is not answered for the span"),
    "a value of another span": (lambda r: of(r, "waarde.kosten").update(id="straat-0"), "is said of a span of straat"),
    "a value of no span": (lambda r: of(r, "waarde.kosten").update(id="weg"), "belongs to no span"),
    "a value of another place": (lambda r: of(r, "waarde.kosten")["value"].update(start=0), "another place"),
    "not stated, and yet marked": (
        lambda r: of(r, "staat.straat")["value"].update(choices=["niet vermeld"]),
        "straat is said to be niet vermeld, with 1 spans",
    ),
    "two values of one that has one": (lambda r: r.append(span_of(r, "straat") | {"id": "y"}), "may have 1"),
    "no object": (lambda r: r.append("x"), "not an object"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", TAMPERED)
def test_every_kind_of_tampering_is_caught_and_named(what: str) -> None:
    task, results = entered()
    tamper, told = TAMPERED[what]
    tamper(results)
    with pytest.raises(Refused) as refused:
        answer_of(WORKFLOW, FORM, task, results)
    assert told in str(refused.value)


def test_every_reason_is_told_and_not_only_the_first() -> None:
    task, results = entered()
    for what in ("a fraction", "an unknown choice", "a missing answer"):
        TAMPERED[what][0](results)
    with pytest.raises(Refused) as refused:
        answer_of(WORKFLOW, FORM, task, results)
    assert len(refused.value.reasons) == 3


@pytest.mark.parametrize("results", [None, {}, "x", [None], [{"value": 1}]])
def test_what_is_no_list_of_results_is_refused(results: Any) -> None:
    with pytest.raises(Refused):
        answer_of(WORKFLOW, FORM, entered()[0], results)


def test_a_span_across_two_documents_is_refused() -> None:
    task, results = entered()
    text, cut = task.shown["stuk"], task.parts[0].end
    span(results, "straat").update(start=cut - 2, end=cut + 4, text=text[cut - 2 : cut + 4])
    with pytest.raises(Refused, match="does not lie within one document"):
        answer_of(WORKFLOW, FORM, task, results)


def test_a_task_whose_text_or_hash_was_altered_is_seen() -> None:
    task, _ = entered()
    assert not altered(task, copy.deepcopy(task.data))
    assert altered(task, task.data | {"stuk": task.data["stuk"].replace("Zaak", "zaak")})
    assert altered(task, task.data | {"casewright": {"key": task.key, "sha256": "0"}})


def test_a_decision_comes_back_with_its_norms_reason_and_evidence() -> None:
    form = form_of(WORKFLOW, "decision", "besluit")
    task, _ = hostile_task(1, documents=1)
    task = replace(task, kind="decision", step="besluit", shown=dict(task.shown) | {"gegevens": {}})
    place = {"document": "stuk-0", "start": 0, "end": 4, "quotation": "Zaak", "occurrences": 1}
    said = {
        "step": "besluit",
        "decision": "weigeren",
        "reason": "De boom 🌳 is gezond.",
        "norms": {"evenredig": "Ja."},
        "evidence": [{"speaks": "tegen", **place}],
    }
    results = results_of(form, task, said)
    assert answer_of(WORKFLOW, form, task, results) == said
    with pytest.raises(Refused, match="reden is not answered"):
        answer_of(WORKFLOW, form, task, [r for r in results if r["from_name"] != "reden"])


def test_a_comparison_has_a_preferred_draft_or_says_that_there_is_no_difference() -> None:
    form = form_of(WORKFLOW, "drafts", "brief")
    task, _ = hostile_task(1)
    task = replace(task, kind="drafts", step="brief", shown=dict(task.shown) | {"a": "Beste", "b": "Geachte"})
    said = {"step": "brief", "preferred": "b", "difference": "klein", "reason": "Beleefder."}
    tie = said | {"preferred": None, "difference": "geen"}
    assert answer_of(WORKFLOW, form, task, results_of(form, task, said)) == said
    assert answer_of(WORKFLOW, form, task, results_of(form, task, tie)) == tie
    with pytest.raises(Refused, match="no draft is preferred"):
        answer_of(WORKFLOW, form, task, results_of(form, task, said | {"preferred": None}))
    with pytest.raises(Refused, match="with no difference"):
        answer_of(WORKFLOW, form, task, results_of(form, task, said | {"difference": "geen"}))
    wrong = results_of(form, task, said)
    wrong[0]["value"]["selected"] = "midden"
    with pytest.raises(Refused, match="not left or right"):
        answer_of(WORKFLOW, form, task, wrong)


def test_a_trace_comes_back_step_by_step_counted_as_javascript_counts() -> None:
    form = form_of(WORKFLOW, "trace", "")
    turns = [{"wie": "person:anna", "wat": "besluit: verlenen 🌳🌳"}, {"wie": "table", "wat": "re\u0301ël"}]
    task = Task(
        kind="trace", workflow="alles", version="1", step="", case="z", received=RECEIVED,
        shown={"zaak": {"zaak": "z"}, "verloop": turns},
    )  # fmt: skip
    wrong = {"turn": 0, "verdict": "onjuist", "error": "motivering", "correction": "Noem de reden."}
    right = {"turn": 1, "verdict": "juist", "error": None, "correction": None}
    said = {"verdict": "onjuist", "steps": [wrong, right]}
    results = results_of(form, task, said)
    assert answer_of(WORKFLOW, form, task, results) == said
    assert fields(said) == {"oordeel": "onjuist", "stap 0": "motivering", "stap 1": "juist"}
    place = next(r["value"] for r in results if r["type"] == "paragraphlabels")
    assert place["endOffset"] == utf16_length(turns[0]["wat"]) == len(turns[0]["wat"]) + 2
    place["endOffset"] -= 1
    with pytest.raises(Refused, match="middle of a character"):
        answer_of(WORKFLOW, form, task, results)
