"""A hand-made application with answers, for tests that need a case without a model."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from scaffolds.case import Document
from scaffolds.environment import Archived, Outcome, Question, Reply
from scaffolds.facts import Fact, Value, locate, render

TEXT = (
    "Ik, Jan de Boer, wil een boom kappen. De eik aan de Lindelaan 5 in Wieringdam heeft een stam van 85 cm. "
    "De boom is ziek. Het kost € 900 en ik begin op 1 juli 2026. Ik ben eigenaar. Ik plant een nieuwe. "
    "Bijgevoegd zijn een situatietekening en een foto."
)
Said = tuple[Value, str] | list[tuple[Value, str]]
STATED: Mapping[str, Said] = {
    "activiteit": ("boom_vellen", "een boom kappen"),
    "aanvrager": ("Jan de Boer", "Jan de Boer"),
    "locatie.straat": ("Lindelaan", "Lindelaan"),
    "locatie.huisnummer": ("5", "5"),
    "locatie.plaats": ("Wieringdam", "Wieringdam"),
    "omschrijving": ("een boom kappen", "een boom kappen"),
    "begindatum": ("2026-07-01", "1 juli 2026"),
    "kosten": (90_000, "€ 900"),
    "eigenaar": ("ja", "Ik ben eigenaar"),
    "stamomtrek": (85, "85 cm"),
    "boomsoort": ("eik", "eik"),
    "aantal_bomen": (1, "een boom"),
    "velreden": ("ziek_of_dood", "ziek"),
    "herplant": ("ja", "Ik plant een nieuwe"),
    "bijlagen": [("situatietekening", "situatietekening"), ("foto", "foto")],
}


def archived(text: str = TEXT, *, outcome: Outcome | None = None) -> Archived:
    """One case of the archive, received on 2 March 2026."""
    received = date(2026, 3, 2)
    return Archived(
        id="Z-1",
        received=received,
        outcome=outcome,
        documents=(Document(id="aanvraag", text=text, received=received),),
    )


def fact(path: str, case: Archived, stated: Mapping[str, Said] = STATED) -> Fact:
    """The fact that `stated` gives, or not stated."""
    if path not in stated:
        return Fact(path=path, state="not_stated")
    said = stated[path]
    pairs = said if isinstance(said, list) else [said]
    places = [place for _, quotation in pairs if (place := locate(quotation, documents=case.texts))]
    assert len(places) == len(pairs), pairs
    return Fact(path=path, state="stated", values=tuple(value for value, _ in pairs), evidence=tuple(places))


def answering(
    stated: Mapping[str, Said] = STATED, *, unsure: frozenset[str] = frozenset()
) -> Callable[[Sequence[tuple[int, Question]]], list[Reply]]:
    """An answer function that knows `stated`, is unsure of `unsure`, and of everything else says not stated."""

    def answer(asked: Sequence[tuple[int, Question]]) -> list[Reply]:
        replies = []
        for _, question in asked:
            facts = {
                p: Fact(path=p, state="unsure") if p in unsure else fact(p, question.case, stated)
                for p in question.facts.kinds
            }
            replies.append(Reply(text=render(question.facts, facts)))
        return replies

    return answer
