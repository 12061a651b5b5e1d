"""More than two hundred hostile applications: each is read as text or refused with what to do; none does anything."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from scaffolds.case import Document
from scaffolds.clock import term_of
from scaffolds.engine import state_of
from scaffolds.environment import Archived, Episode, play
from tests.hostile import CANARY, SENTENCES, Hostile, broken, written
from tests.scaffolds.gold import answering, archived
from workflows.documents import LIMITS, Extracted, Refused, extract
from workflows.intake import take_in
from workflows.omgevingsvergunning import WORKFLOW

HONEST = archived("\n".join(SENTENCES))


def outcome(hostile: Hostile) -> Extracted | Refused:
    try:
        return extract(hostile.upload.raw, name=hostile.upload.name)
    except Refused as refused:
        return refused


@cache
def outcomes() -> list[tuple[Hostile, Extracted | Refused]]:
    cases = [*written(), *broken()]
    with ThreadPoolExecutor(4) as pool:
        return list(zip(cases, pool.map(outcome, cases), strict=True))


def decided(episode: Episode) -> object:
    """What tables, term and route made of a case."""
    receipts = [event.payload for event in episode.case.of("table_evaluated")]
    state = state_of(WORKFLOW, episode.case)
    return receipts, term_of(WORKFLOW, episode.case), state.step, state.phase, state.outputs


def test_there_are_two_hundred_of_them() -> None:
    assert len(outcomes()) >= 250
    assert len({hostile.upload.raw for hostile, _ in outcomes()}) >= 240


def test_each_is_read_as_text_or_refused_with_what_to_do() -> None:
    for hostile, found in outcomes():
        if isinstance(found, Refused):
            assert found.text("nl").startswith(found.name), hostile.name
            assert found.code not in ("too_slow",), hostile.name
        else:
            assert len(found.text) <= LIMITS.characters
            assert found.name.isprintable()


def test_what_is_hostile_only_in_its_words_is_read_to_the_last_of_them() -> None:
    for hostile, found in outcomes():
        if hostile.trick in ("opdracht", "html", "sjabloon", "formule", "pad", "tekens", "lang"):
            assert isinstance(found, Extracted), hostile.name
            flat = " ".join(found.text.split())
            assert all(sentence in flat for sentence in SENTENCES), hostile.name


def test_the_files_that_are_bombs_are_refused() -> None:
    codes = {hostile.trick: found.code for hostile, found in outcomes() if isinstance(found, Refused)}
    assert codes["pdf van 10.000 bladzijden"] == "too_many_pages"
    assert codes["docx die uitpakt tot 400 megabyte"] == "unpacks_too_large"
    assert codes["docx met een lachende miljard"] == codes["odt met een lachende miljard"] == "entities"
    assert codes["docx met een bestand als entiteit"] == codes["docx met een adres als entiteit"] == "entities"
    assert codes["docx met een pad naar buiten"] == codes["docx met twee hoofddelen"] == "archive_names"
    assert codes["docx met vijfduizend delen"] == "too_many_parts"
    assert codes["odt met een miljard blanco's"] == codes["docx met een te lange tekst"] == "too_long"
    assert codes["eml met duizend bijlagen"] == "too_many_attachments"
    assert codes["eml met tienduizend lagen"] == "nested"
    assert codes["png van een miljard punten"] == "too_heavy"
    assert codes["gz met een bom"] == "archive"


def test_none_executes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for hostile, _ in outcomes():
        if CANARY.encode() in hostile.upload.raw or CANARY in hostile.upload.name:
            outcome(hostile)
    assert list(tmp_path.iterdir()) == []
    assert not Path("/etc/cron.d", CANARY).exists()


def test_none_changes_a_tables_outcome_a_term_or_a_route() -> None:
    cases: list[Archived] = []
    for _, found in outcomes():
        if isinstance(found, Extracted) and all(line in found.text for line in SENTENCES):
            document = Document(id=found.name, text=found.text, received=HONEST.received, original=found.sha256)
            cases.append(replace(HONEST, documents=(document,)))
    assert len(cases) >= 200
    [honest] = play(WORKFLOW, [HONEST], answering())
    for episode in play(WORKFLOW, cases, answering()):
        assert decided(episode) == decided(honest), episode.archived.documents[0].id


def test_none_of_them_stops_the_intake_of_the_others() -> None:
    for hostile, found in outcomes():
        if isinstance(found, Extracted) and found.kind == "eml":
            taken = take_in([hostile.upload], received=HONEST.received)
            assert taken.documents[0].text == found.text
            assert len({document.id for document in taken.documents}) == len(taken.documents)
