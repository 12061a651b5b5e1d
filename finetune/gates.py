"""The two gates that every source passes before anything is read into a model, or the run stops.

The licence gate asks whether it is known what may be done with a source. The personal-data gate looks for
Dutch identifiers in its text. Findings are counts by kind with the ids of the cases, never the identifiers
themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from finetune.recipe import Provenance
from scaffolds import bsn
from scaffolds.errors import CasewrightError

UNKNOWN = frozenset({"unknown", "onbekend", "?", "tbd", "todo", "n/a"})
TEST_BSN = frozenset({"999999990", "111222333"})

_BSN_WORD = re.compile(r"bsn|burger ?service ?(?:nummer|nr)|sofi-?(?:nummer|nr)", re.IGNORECASE)
_BSN_REACH = 60
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w+])(?:\+31[ -]?(?:\(0\)[ -]?)?|0031[ -]?|0)[1-9](?:[ -]?\d){8}(?!\d)")
_L, _D = "[BDFGHJKLMNPRSTVWXZ]", r"\d"
_PLATE = re.compile(
    r"(?<![\w-])(?:" + "|".join(
        "-".join("".join(_L if sign == "X" else _D for sign in group) for group in series.split("-"))
        for series in (
            "XX-99-99", "99-99-XX", "99-XX-99", "XX-99-XX", "XX-XX-99", "99-XX-XX", "99-XXX-9",
            "9-XXX-99", "XX-999-X", "X-999-XX", "XXX-99-X", "X-99-XXX", "9-XX-999", "999-XX-9",
        )
    ) + r")(?![\w-])"
)


def _bsns(text: str) -> Iterator[str]:
    """Burgerservicenummers.

    The 11-proof, with a word that says so shortly before; test numbers do not count.
    """
    for digits, start in bsn.numbers(text):
        if _BSN_WORD.search(text, max(0, start - _BSN_REACH), start) and digits not in TEST_BSN:
            yield digits


def _ibans(text: str) -> Iterator[str]:
    """Account numbers whose check digits hold (ISO 13616, mod 97); longer text after one is cut off."""
    for match in _IBAN.finditer(text):
        compact = match[0].replace(" ", "")
        for length in range(len(compact), 14, -1):
            moved = compact[4:length] + compact[:4]
            if int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1:
                yield compact[:length]
                break


def _phones(text: str) -> Iterator[str]:
    """Dutch telephone numbers; the digits of an account number are none."""
    return (match[0] for match in _PHONE.finditer(_IBAN.sub(" ", text)))


def _found(pattern: re.Pattern[str]) -> Callable[[str], Iterable[str]]:
    return lambda text: (match[0] for match in pattern.finditer(text))


KINDS: Mapping[str, Callable[[str], Iterable[str]]] = {
    "bsn": _bsns, "iban": _ibans, "e-mail": _found(_EMAIL), "phone": _phones, "plate": _found(_PLATE),
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How often one kind of identifier stands in the texts, and in which cases."""

    kind: str
    count: int
    cases: tuple[str, ...]


def personal_data(texts: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """Find Dutch identifiers in (case id, text) pairs, by kind."""
    counts: dict[str, int] = {}
    cases: dict[str, dict[str, None]] = {}
    for case, text in texts:
        for kind, find in KINDS.items():
            if number := sum(1 for _ in find(text)):
                counts[kind] = counts.get(kind, 0) + number
                cases.setdefault(kind, {})[case] = None
    return tuple(Finding(kind=k, count=counts[k], cases=tuple(cases[k])) for k in KINDS if k in counts)


def check_licence(source: Provenance) -> None:
    """Stop a run whose source does not say its kind, licence or legal basis; raises CasewrightError."""
    said = {"kind": source.kind, "licence": source.licence, "legal_basis": source.legal_basis}
    open_ = [key for key, value in said.items() if value.strip().lower() in UNKNOWN]
    if open_:
        raise CasewrightError(
            f"Licence gate: source '{source.name}' leaves {' and '.join(open_)} unknown. "
            "Find out and write it in the recipe, or leave the source out."
        )


def check_personal_data(source: Provenance, texts: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """Stop a run that would train on personal data without a legal basis; else give what was found.

    Raises CasewrightError with counts by kind and case ids, unless the source is synthetic or names a basis.
    """
    findings = personal_data(texts)
    if findings and source.kind != "synthetic" and source.legal_basis.strip().lower() in ("none", "geen"):
        told = "; ".join(
            f"{f.count} x {f.kind} in {', '.join(f.cases[:5])}"
            + (f" and {len(f.cases) - 5} more" if len(f.cases) > 5 else "")
            for f in findings
        )
        raise CasewrightError(
            f"Personal-data gate: source '{source.name}' names no legal basis and holds {told}. "
            "Remove them from the texts, or name the legal basis (AVG art. 6) in the recipe."
        )
    return findings
