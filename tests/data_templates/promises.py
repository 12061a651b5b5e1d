"""What every generator of dossiers promises: gold facts that stand in the text, and two halves that share no words.

Each function checks one promise on dossiers of one split. `readings` gives the facts of a Read step by its id.
"""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from data_templates import names
from data_templates.dossier import Dossier
from data_templates.sentences import ALTERNATIVES, Bank, facts_in
from scaffolds.facts import Fact, Facts, Kind, parse, render, words

Readings = Mapping[str, type[Facts]]


def stated(dossiers: Iterable[Dossier], readings: Readings) -> Iterator[tuple[Dossier, Kind, Fact]]:
    for dossier in dossiers:
        for step, known in dossier.gold.items():
            for path, fact in known.items():
                if fact.state == "stated":
                    yield dossier, readings[step].kinds[path], fact


def evidence_stands_where_it_says_and_ends_at_edges_of_words(
    dossiers: Sequence[Dossier], readings: Readings
) -> None:
    edges = {}
    for dossier, kind, fact in stated(dossiers, readings):
        assert len(fact.values) == len(fact.evidence) <= kind.many
        for place in fact.evidence:
            document = next(d for d in dossier.documents if d.id == place.document)
            key = (dossier.id, document.id)
            if key not in edges:
                edges[key] = {0, *accumulate(map(len, words(document.text)))}
            assert document.text[place.start : place.end] == place.quotation
            assert {place.start, place.end} <= edges[key], place
            assert place.occurrences == sum(d.text.count(place.quotation) for d in dossier.documents)


def quotations_fit_their_kind_and_say_their_value(dossiers: Sequence[Dossier], readings: Readings) -> None:
    for dossier, kind, fact in stated(dossiers, readings):
        for value, place in zip(fact.values, fact.evidence, strict=True):
            quotation = place.quotation
            assert quotation == quotation.strip()
            assert 1 <= len(quotation) <= kind.quote_chars, (dossier.family, quotation)
            assert not kind.copied or value == quotation
            if shape := kind.pattern():
                assert re.fullmatch(shape.replace(r"\u{a0}", "\xa0"), quotation, re.DOTALL), quotation
            agrees = kind.agrees(value, quotation=quotation, received=dossier.received)
            assert agrees is not False, (value, quotation)


def gold_survives_being_written_as_an_answer_and_read_back(
    dossiers: Sequence[Dossier], readings: Readings
) -> None:
    for dossier in dossiers:
        texts = {document.id: document.text for document in dossier.documents}
        for step, gold in dossier.gold.items():
            facts, known = readings[step], dict(gold)
            assert list(known) == list(facts.kinds)
            again = parse(facts, render(facts, known), documents=texts, received=dossier.received)
            for path, fact in known.items():
                assert again[path].problems == ()
                assert (again[path].state, again[path].values) == (fact.state, fact.values)
                assert [e.quotation for e in again[path].evidence] == [e.quotation for e in fact.evidence]


def every_fact_occurs_in_every_state(
    dossiers: Sequence[Dossier], readings: Readings, *, always: Collection[str]
) -> None:
    seen = Counter(
        (readings[step].__name__, path, fact.state)
        for dossier in dossiers
        for step, known in dossier.gold.items()
        for path, fact in known.items()
    )
    for facts in set(readings.values()):
        for path in facts.kinds:
            states = ["stated"] if path in always else ["stated", "not_stated", "unsure"]
            assert {s for s in ("stated", "not_stated", "unsure") if seen[facts.__name__, path, s]} == set(states), path


def every_choice_is_made_by_someone(dossiers: Sequence[Dossier], readings: Readings) -> None:
    made = {(kind.label, value) for _, kind, fact in stated(dossiers, readings) for value in fact.values}
    for facts in readings.values():
        for kind in facts.kinds.values():
            assert {(kind.label, option) for option in getattr(kind, "options", ())} <= made


def no_sentence_is_shared(train: Bank, evaluation: Bank) -> None:
    halves = [
        {line for name, lines in bank.items() if not name.startswith("frase ") for line in lines}
        for bank in (train, evaluation)
    ]
    assert halves[0] & halves[1] == set()


def every_fact_can_be_said_alone(bank: Bank, facts: type[Facts], *, repeatable: str) -> None:
    """In a sentence and on a form; `repeatable` is the fact that may be named beside another."""
    for path, kind in facts.kinds.items():
        for section in (path, f"veld {path}"):
            for name in (f"{section}={option}" for option in getattr(kind, "options", {"": ""})):
                lines = bank.get(section, ()) + bank.get(name, ())
                assert any(facts_in(line) <= {path, repeatable} for line in lines) or path == repeatable, name


def evaluation_names_never_occur_in(train: Sequence[Dossier]) -> None:
    unseen = {word for (_, split), stems in names.WORDS.items() if split == "eval" for word in stems}
    text = "\n".join(document.text for dossier in train for document in dossier.documents).lower()
    assert [word for word in unseen if re.search(rf"\b{re.escape(word.lower())}", text)] == []


def only_test_numbers_look_like_a_bsn(dossiers: Sequence[Dossier]) -> None:
    text = "\n".join(document.text for dossier in dossiers for document in dossier.documents)
    assert set(re.findall(r"(?<![\d-])\d{9}(?!\d)", text)) == {"999999990", "111222333"}


def variants(template: str) -> Iterator[str]:
    """Every text that a template can become by its alternatives and voices."""
    match = _EITHER.search(template)
    if match is None:
        yield template
        return
    inside = match[1].split("/") if match[1] is not None else match[2].split("|")
    for choice in dict.fromkeys(inside):
        yield from variants(template[: match.start()] + choice + template[match.end() :])


def the_longest_phrase_can_be_quoted(bank: Bank, path: str, *, longest: int) -> None:
    """What a phrase says of other facts counts as their longest phrases, and as 20 characters where they have none."""

    def length(text: str) -> int:
        bare = re.sub(r"\{[^{}]*\}|[\[\]]", "", text)
        return len(bare) + sum(hole(found) for found in re.findall(r"\{([^{}]+)\}", text))

    def hole(named: str) -> int:
        said = phrased(named.partition(":")[0])
        return max((len(re.sub(r"[\[\]]", "", v)) for line in said for v in variants(line)), default=20)

    def phrased(fact: str) -> list[str]:
        return [line for name in bank if re.split("[ =:]", name)[:2] == ["frase", fact] for line in bank[name]]

    assert [v for line in phrased(path) for v in variants(line) if length(v) > longest] == []


_EITHER = re.compile(ALTERNATIVES.pattern + r"|\{([^{}|]*(?:\|[^{}]*)+)\}")


def _bare(line: str) -> str:
    """A line without case, blanks and punctuation, but with the names of its facts and distractors."""
    return "".join(re.findall(r"\w+", line.replace("{:}", "").lower()))


def _undressed(bank: Bank, layouts: Iterable[Path]) -> set[str]:
    """The lines of a bank and of layouts without case, blanks and punctuation; not those of a bare fact."""
    named = [name for name in bank if not name.startswith("frase ") or "omschrijving" in name]
    lines = [line for name in named for line in bank[name]]
    for layout in layouts:
        for node in ast.walk(ast.parse(layout.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and set(node.value) & set("{\n"):
                lines += node.value.split("\n")
    worded = [line for line in lines if re.search("[a-z]", re.sub(r"\{[^{}|]*\}", "", line.lower()))]
    return {"".join(re.findall(r"\w+", text.lower())) for line in worded for text in variants(line)}


def no_line_is_the_same_but_for_dress(
    train: Bank, evaluation: Bank, layouts: Mapping[str, Iterable[Path]]
) -> None:
    """Not even when case, blanks and punctuation are set aside; short phrases within sentences may be common."""
    assert _undressed(train, layouts["train"]) & _undressed(evaluation, layouts["eval"]) == set()


def every_line_about_a_fact_states_it(bank: Bank, facts: type[Facts]) -> None:
    """A line that stated nothing would leave a fact out that gold says is there."""
    for path in facts.kinds:
        for name in (path, f"veld {path}"):
            assert [line for line in bank.get(name, ()) if f"{{{path}" not in line] == []
        for name in bank:
            if name.removeprefix("veld ").startswith(f"{path}="):
                assert [line for line in bank[name] if "[" not in line] == []


def evidence_of_a_choice_fits_its_kind(bank: Bank, facts: type[Facts]) -> None:
    """Whichever alternative is taken, with a separator of two characters and room for two typing errors."""
    for path, kind in facts.kinds.items():
        for name, lines in bank.items():
            if name.removeprefix("veld ").removeprefix("frase ").split("=")[0] == path:
                for variant in (v for line in lines for v in variants(line)):
                    for inside in re.findall(r"\[([^\]]*)\]", variant):
                        written = json.dumps(inside.replace("{:}", ": "), ensure_ascii=False)
                        assert "{" not in written, variant
                        assert len(written) <= kind.quote_chars, variant
