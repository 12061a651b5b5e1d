"""Facts: what may be declared, and that only a grounded, bounded, valid answer can come out of a grammar.

Grammars are walked byte by byte with a random choice among the legal tokens, as an untrained model at a high
temperature would.
"""

import json
import random
import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from llguidance import LLMatcher, LLTokenizer

from scaffolds.errors import CasewrightError
from scaffolds.facts import (
    NOT_STATED,
    UNSURE,
    Choice,
    Day,
    Euros,
    Facts,
    Huisnummer,
    Kind,
    Postcode,
    Text,
    Whole,
    YesNo,
    grammar,
    json_schema,
    longest_output,
    parse,
    render,
    spans,
    tree,
    words,
)

RECEIVED = date(2026, 3, 10)
BYTES = LLTokenizer("byte")


class Locatie(Facts):
    straat = Text(label="Straat")
    huisnummer = Text(label="Huisnummer", shape="[0-9](?s:.)*", quote_chars=8)
    postcode = Postcode(label="Postcode")


class Aanvraag(Facts):
    activiteit = Choice(label="Wat wil de aanvrager?", options={"kap": "vellen", "dakkapel": "dakkapel"})
    locatie = Locatie
    hoogte = Whole(label="Hoogte in cm", minimum=1, maximum=900, unit="cm")
    kosten = Euros(label="Kosten in eurocent", minimum=0, maximum=100_000_000)
    begin = Day(label="Begindatum")
    eigenaar = YesNo(label="Is de aanvrager eigenaar?")
    bijlagen = Choice(label="Bijlagen", options={"foto": "foto's", "tekening": "tekening"}, many=3)


SAMPLE = (
    "Ik wil aan de Lindelaan 12a, 1234 AB Zaandam per 1 mei 2026 een dakkapel van 1,50 m hoog plaatsen. 😀\n"
    "Kosten € 12.500,-. Ik ben eigenaar. Een foto en een tekening zijn bijgevoegd."
)
HOSTILE = {
    "empty": "",
    "blanks": " \t\r\n\u00a0\u2003\u2028 \n",
    "line breaks": "\n\r\n\\n",
    "quotes": '"\'"{"bron":"x"}","waarde":""\\"',
    "backslashes": "\\ \\\\ \\n \\u0041 \\u12 C:\\nieuw\\",
    "grammar": "start: /.*/ %json {} %regex }} ${x} {{7*7}} <|end|>",
    "emoji": "👩\u200d👩\u200d👧 3 🌳🌳🌳 Straat 1 👍🏽",
    "decomposed": "e\u0301e\u0301n cafe\u0301 dri\u0065\u0308n a\u030a\u0323 \u0301 1234 A\u0301B",
    "control": "\x00a\x01\x1f\x7f\x85b\ufeff\u200e\u202e1234\u00a0AB\uffff",
    "surrogates": "\ud800 a \udc00 \ud83d\ude00 1234 AB \udfff",
    "one long word": "w" * 2000,
    "only signs": "!!!???;;;",
    "postcode lookalikes": "1234 A 1234  B 0123 AB 1234ABC 12345 AB",
    "sample": SAMPLE,
}


@cache
def matcher(lark: str) -> LLMatcher:
    built = LLMatcher(BYTES, LLMatcher.grammar_from_lark(lark))
    assert not built.is_error(), built.get_error()
    return built


@cache
def schema_matcher(facts: type[Facts] = Aanvraag) -> LLMatcher:
    text = LLMatcher.grammar_from_json_schema(json.dumps(json_schema(facts)))
    assert LLMatcher.validate_grammar(text, BYTES) == ""
    return LLMatcher(BYTES, text)


def accepts(start: LLMatcher, answer: str) -> bool:
    walk, data = start.deep_copy(), list(answer.encode())
    return walk.try_consume_tokens(data) == len(data) and walk.is_accepting()


def random_answer(start: LLMatcher, rng: random.Random) -> str:
    """Walk a grammar to its end; fails where it leaves no legal token."""
    walk, taken = start.deep_copy(), bytearray()
    while not walk.is_stopped():
        token = walk.compute_ff_tokens()[:1]
        if not token:
            bits = np.frombuffer(walk.compute_bitmask(), dtype=np.uint8)
            token = [rng.choice(np.flatnonzero(np.unpackbits(bits, bitorder="little")).tolist())]
        assert walk.consume_token(token[0])
        taken += bytes(token)
    assert not walk.is_error(), walk.get_error()
    return taken.decode()


def quotations(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield from [below] if key == "bron" else quotations(below)
    elif isinstance(node, list):
        for below in node:
            yield from quotations(below)


def check(answer: str, document: str) -> None:
    parsed = json.loads(answer)
    Draft202012Validator(json_schema(Aanvraag), format_checker=FormatChecker()).validate(parsed)
    for quotation in quotations(parsed):
        assert quotation.strip()
        assert quotation in document
    assert len(answer.encode()) <= longest_output(Aanvraag, document=document) <= longest_output(Aanvraag)
    assert accepts(schema_matcher(), answer)
    known = parse(Aanvraag, answer, documents={"d": document}, received=RECEIVED)
    assert list(known) == list(Aanvraag.kinds)
    assert all("quotation_not_found" not in fact.problems for fact in known.values())
    assert render(Aanvraag, known) == answer
    for path, (start, end) in spans(Aanvraag, answer).items():
        said = json.loads(answer[start:end])
        assert (said == NOT_STATED) == (known[path].state == "not_stated")
        assert (said == UNSURE) == (known[path].state == "unsure")


# --- what may be declared


@pytest.mark.parametrize("kind", [
    Text(label="", quote_chars=0), Text(label="", quote_chars=401),
    Text(label="", many=0), Text(label="", many=21),
    Whole(label=""), Whole(label="", minimum=1), Whole(label="", maximum=1),
    Whole(label="", minimum=2, maximum=1), Euros(label="", minimum=0),
    Choice(label="", options={"een": "een"}),
], ids=repr)
def test_an_unbounded_field_is_refused_with_its_name(kind: Kind) -> None:
    with pytest.raises(CasewrightError, match=r"Dossier\.veld is not bounded: "):
        type("Dossier", (Facts,), {"veld": kind})


def test_a_field_that_is_no_kind_is_refused_with_its_name() -> None:
    with pytest.raises(CasewrightError, match=r"Dossier\.veld is str"):
        type("Dossier", (Facts,), {"veld": "tekst"})
    with pytest.raises(CasewrightError, match="Dossier declares no facts"):
        type("Dossier", (Facts,), {})


def test_nested_facts_have_dotted_paths_in_declared_order() -> None:
    first = ["activiteit", "locatie.straat", "locatie.huisnummer", "locatie.postcode", "hoogte"]
    assert list(Aanvraag.kinds)[:5] == first
    assert list(tree(Aanvraag)["locatie"]) == ["straat", "huisnummer", "postcode"]


# --- the schema


def test_the_schema_is_closed_and_bounded_and_uses_no_keyword_that_engines_drop() -> None:
    allowed = {"$schema", "title", "description", "x-guidance", "type", "properties", "required",
               "additionalProperties", "anyOf", "enum", "items", "minItems", "maxItems", "minLength",
               "maxLength", "minimum", "maximum", "pattern"}

    def lint(node: dict[str, Any]) -> None:
        assert set(node) <= allowed
        match node.get("type"):
            case "object":
                assert node["additionalProperties"] is False
                assert node["required"] == list(node["properties"])
                for below in node["properties"].values():
                    lint(below)
            case "array":
                assert 0 < node["minItems"] <= node["maxItems"]
                lint(node["items"])
            case "string":
                assert "enum" in node or "maxLength" in node or re.fullmatch(r"\^[^*+]*\$", node["pattern"])
            case "integer":
                assert node["minimum"] <= node["maximum"]
            case None:
                for below in node["anyOf"]:
                    lint(below)
            case other:
                pytest.fail(f"unbounded type {other}")

    Draft202012Validator.check_schema(json_schema(Aanvraag))
    lint(json_schema(Aanvraag))


def test_the_date_pattern_accepts_exactly_the_days_of_1900_to_2099() -> None:
    pattern = re.compile(Day(label="").schema()["pattern"])
    first = date(1900, 1, 1)
    real = {(first + timedelta(days=n)).isoformat() for n in range((date(2100, 1, 1) - first).days)}
    written = {f"{y:04}-{m:02}-{d:02}" for y in range(1898, 2102) for m in range(14) for d in range(33)}
    assert {text for text in written if pattern.fullmatch(text)} == real


# --- the grammar


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_every_random_answer_is_valid_grounded_and_bounded(document: str) -> None:
    start, rng = matcher(grammar(Aanvraag, document, received=RECEIVED)), random.Random(repr(document))
    for _ in range(25):
        check(random_answer(start, rng), document)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80) | st.text('aZ9 1234AB.,"\\\n\ré\u0301😀\ud800', max_size=80), st.randoms())
def test_no_document_whatever_makes_a_bad_answer(document: str, rng: random.Random) -> None:
    check(random_answer(matcher(grammar(Aanvraag, document, received=RECEIVED)), rng), document)


def test_a_document_of_20_000_characters_is_no_different() -> None:
    rng = random.Random(0)
    document = "".join(rng.choices([*HOSTILE["quotes"], *SAMPLE, *" \n😀\\\""], k=20_000))
    start = matcher(grammar(Aanvraag, document, received=RECEIVED))
    for _ in range(10):
        check(random_answer(start, rng), document)


@pytest.mark.parametrize("name", ["empty", "blanks", "one long word"])
def test_where_nothing_can_be_quoted_nothing_can_be_stated(name: str) -> None:
    start, rng = matcher(grammar(Aanvraag, HOSTILE[name], received=RECEIVED)), random.Random(0)
    for _ in range(20):
        assert not list(quotations(json.loads(random_answer(start, rng))))
    assert matcher(grammar(Aanvraag, received=RECEIVED)).deep_copy().compute_ff_tokens()


def test_a_document_without_a_postcode_leaves_no_way_to_state_one() -> None:
    start, rng = matcher(grammar(Aanvraag, HOSTILE["postcode lookalikes"], received=RECEIVED)), random.Random(0)
    said = [json.loads(random_answer(start, rng))["locatie"]["postcode"] for _ in range(40)]
    assert set(said) == {NOT_STATED, UNSURE}


def test_no_quotation_runs_from_one_document_into_the_next() -> None:
    start, rng = matcher(grammar(Aanvraag, "een twee", "drie vier", received=RECEIVED)), random.Random(1)
    said = {q for _ in range(200) for q in quotations(json.loads(random_answer(start, rng)))}
    assert {"een", "een twee", "drie vier", "vier"} <= said
    assert all(q in "een twee" or q in "drie vier" for q in said)


def test_quotations_are_cut_at_the_edges_of_words_and_numbers_and_of_no_escape() -> None:
    document = 'huis12 "cafe\u0301"\n'
    assert words(document) == ["huis", "12", " ", '"', "cafe\u0301", '"', "\n"]
    start, rng = matcher(grammar(Aanvraag, document, received=RECEIVED)), random.Random(2)
    said = {q for _ in range(300) for q in quotations(json.loads(random_answer(start, rng)))}
    assert said == {
        "huis", "huis12", 'huis12 "', 'huis12 "cafe\u0301', 'huis12 "cafe\u0301"', "12", '12 "',
        '12 "cafe\u0301', '12 "cafe\u0301"', '"', '"cafe\u0301', '"cafe\u0301"', "cafe\u0301", 'cafe\u0301"',
    }


@pytest.mark.parametrize(
    "number",
    ["1", "12a", "12 A", "25A-1", "2 A 7", "6 Rood", "14 bis", "3 boven", "14 en 16", "43-63 en 64-84", "3 t/m 9",
     "37- 43 en 47 - 51", "1-153 (oneven)", "12.4", "12, 14 en 16"],
)  # fmt: skip
def test_a_house_number_holds_its_letters_its_additions_and_its_neighbours(number: str) -> None:
    assert re.fullmatch(Huisnummer(label="nummer").pattern() or "", number)


@pytest.mark.parametrize("words", ["46 Zaandam", "3 Westzaan", "25 Zaandam", "0", "a", "12\nte", "123456", "12 -"])
def test_a_place_behind_a_house_number_is_no_part_of_it(words: str) -> None:
    assert not re.fullmatch(Huisnummer(label="nummer").pattern() or "", words)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_located_answer_that_fits_is_accepted_by_both_grammars(data: st.DataObject) -> None:
    writable = st.characters(exclude_categories=["Cs"], exclude_characters="\x7f")
    document = f"{SAMPLE}{data.draw(st.text(writable, max_size=60))} 1234AB"
    pieces = words(document)
    inked = [i for i, piece in enumerate(pieces) if not piece.isspace() and piece > " "]

    def quotation(kind: Kind) -> str:
        if isinstance(kind, Postcode):
            return data.draw(st.sampled_from(["1234 AB", "1234AB"]))
        if kind.pattern():
            return data.draw(st.sampled_from(["12a", "12", "1"]))
        i = data.draw(st.sampled_from(inked))
        runs = ["".join(pieces[i:j + 1]) for j in inked if i <= j]
        fits = [run for run in runs if len(json.dumps(run, ensure_ascii=False)) - 2 <= kind.quote_chars]
        return data.draw(st.sampled_from(fits or ["Ik"]))

    def value(kind: Kind, quotation: str) -> Any:
        readings = kind.readings(quotation, received=RECEIVED)
        if readings is not None:
            return data.draw(st.sampled_from(sorted(readings, key=str)))
        assert isinstance(kind, Choice)
        return data.draw(st.sampled_from(list(kind.options)))

    def item(kind: Kind) -> dict[str, Any] | None:
        said = quotation(kind)
        if kind.copied:
            return {"bron": said}
        # Where code reads the value, only what it can read may be quoted.
        unreadable = kind.readings(said, received=RECEIVED) == frozenset()
        return None if unreadable else {"bron": said, "waarde": value(kind, said)}

    def said(kind: Kind) -> Any:
        items = [item(kind) for _ in range(data.draw(st.integers(1, kind.many)))]
        if None in items or data.draw(st.booleans()):
            return data.draw(st.sampled_from([NOT_STATED, UNSURE]))
        return items if kind.many > 1 else items[0]

    def build(node: dict[str, Any]) -> dict[str, Any]:
        return {key: said(below) if isinstance(below, Kind) else build(below) for key, below in node.items()}

    answer = json.dumps(build(tree(Aanvraag)), ensure_ascii=False, separators=(",", ":"))
    assert accepts(matcher(grammar(Aanvraag, document, received=RECEIVED)), answer)
    check(answer, document)


def test_a_value_that_its_quotation_does_not_state_cannot_be_said() -> None:
    class Maat(Facts):
        breedte = Whole(label="breedte", minimum=1, maximum=900, unit="cm")
        start = Day(label="begin")

    document = "De kap is 2,5 m breed en 90 cm hoog. Wij beginnen op 3 mei 2026."
    within = matcher(grammar(Maat, document, received=RECEIVED))

    def said(width: str, centimetres: int, start: str, day: str) -> str:
        return (f'{{"breedte":{{"bron":"{width}","waarde":{centimetres}}},'
                f'"start":{{"bron":"{start}","waarde":"{day}"}}}}')

    assert accepts(within, said("2,5 m", 250, "3 mei 2026", "2026-05-03"))
    assert accepts(within, said("90 cm hoog", 90, "op 3 mei 2026", "2026-05-03"))
    assert accepts(schema_matcher(Maat), said("2,5 m", 25, "3 mei 2026", "2026-05-03"))
    assert not accepts(within, said("2,5 m", 25, "3 mei 2026", "2026-05-03"))
    assert not accepts(within, said("2,5 m", 250, "3 mei 2026", "2026-03-05"))
    assert not accepts(within, said("De kap", 250, "3 mei 2026", "2026-05-03"))


def test_of_words_that_can_be_read_in_two_ways_either_may_be_said_and_no_third() -> None:
    class Begin(Facts):
        start = Day(label="begin")

    within = matcher(grammar(Begin, "Begin: 1 april", received=RECEIVED))
    assert [accepts(within, f'{{"start":{{"bron":"1 april","waarde":"{year}-04-01"}}}}')
            for year in (2024, 2025, 2026, 2027)] == [False, True, True, False]
