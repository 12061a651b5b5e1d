"""The licence gate stops on `unknown`; the personal-data gate finds Dutch identifiers and names counts and cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finetune.gates import TEST_BSN, check_licence, check_personal_data, personal_data
from finetune.recipe import Source
from scaffolds.errors import CasewrightError


def source(**changes: object) -> Source:
    known = {"name": "archief", "kind": "case_files", "licence": "intern", "legal_basis": "none"}
    return Source.model_validate(known | changes)


def kinds(text: str) -> dict[str, int]:
    return {finding.kind: finding.count for finding in personal_data([("zaak-1", text)])}


def proof(digits: list[int]) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 11 == 0


@pytest.mark.parametrize("key", ["kind", "licence", "legal_basis"])
def test_a_source_that_leaves_one_thing_unknown_stops_the_run(key: str) -> None:
    with pytest.raises(CasewrightError, match=f"source 'archief' leaves {key} unknown"):
        check_licence(source(**{key: "unknown"}))


@pytest.mark.parametrize("word", ["Unknown", " onbekend ", "?", "TBD"])
def test_unknown_is_recognised_however_it_is_written(word: str) -> None:
    if len(word) > 1:
        with pytest.raises(CasewrightError, match="licence"):
            check_licence(source(licence=word))


def test_a_source_that_says_everything_passes() -> None:
    check_licence(source(licence="CC0-1.0"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("bsn", "BSN: 123456782"),
        ("bsn", "mijn burgerservicenummer is 1234.56.782"),
        ("bsn", "sofinummer 123 456 782"),
        ("iban", "Rekening NL91 ABNA 0417 1643 00 graag"),
        ("iban", "NL91ABNA0417164300"),
        ("e-mail", "mail naar j.de-vries+bouw@post.example.nl."),
        ("phone", "bel 06-12345678"),
        ("phone", "tel. +31 (0)75 655 20 00"),
        ("phone", "0031 20 1234567"),
        ("plate", "mijn auto 12-ABC-3... nee: 12-BDF-3 staat in de weg"),
        ("plate", "kenteken GB-001-B"),
    ],
)
def test_an_identifier_is_found(kind: str, text: str) -> None:
    assert kinds(text) == {kind: 1}


@pytest.mark.parametrize(
    "text",
    [
        "zaaknummer 123456782",
        "BSN 123456789",
        "BSN 999999990 en burgerservicenummer 111222333",
        "NL91ABNA0417164301",
        "1501 KL Zaandam, Lindelaan 12-14, 12-03-2026, € 12.500,00",
        "telefoon 012345",
        "artikel 22-26-28",
    ],
)
def test_what_only_looks_like_one_is_not_counted(text: str) -> None:
    assert kinds(text) == {}


@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_a_bsn_counts_exactly_when_the_eleven_proof_holds(digits: list[int]) -> None:
    number = "".join(map(str, digits))
    counted = kinds(f"BSN {number}").get("bsn", 0)
    assert counted == (proof(digits) and number not in TEST_BSN and any(digits))


def test_a_source_with_identifiers_and_no_basis_stops_the_run_with_counts_and_cases() -> None:
    texts = [("zaak-1", "BSN 123456782, mail a@b.nl"), ("zaak-2", "c@d.nl")]
    with pytest.raises(CasewrightError) as error:
        check_personal_data(source(), texts)
    assert "1 x bsn in zaak-1; 2 x e-mail in zaak-1, zaak-2" in str(error.value)
    assert "123456782" not in str(error.value)
    assert "a@b.nl" not in str(error.value)


def test_many_cases_are_named_by_the_first_five_and_a_number() -> None:
    with pytest.raises(CasewrightError, match="zaak-4 and 3 more"):
        check_personal_data(source(), [(f"zaak-{n}", "a@b.nl") for n in range(8)])


@pytest.mark.parametrize("changes", [{"kind": "synthetic"}, {"legal_basis": "AVG art. 6 lid 1 onder e"}])
def test_a_synthetic_source_or_one_with_a_basis_passes_and_is_still_counted(changes: dict[str, str]) -> None:
    [finding] = check_personal_data(source(**changes), [("zaak-1", "a@b.nl")])
    assert (finding.kind, finding.count, finding.cases) == ("e-mail", 1, ("zaak-1",))


def test_a_clean_source_passes() -> None:
    assert check_personal_data(source(), [("zaak-1", "Ik wil een boom kappen.")]) == ()
