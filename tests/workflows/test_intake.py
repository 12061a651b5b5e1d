"""The files of an application become its documents with their originals, or are refused by name with what to do."""

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scaffolds.case import Document, beside_scans, open_case
from scaffolds.errors import CasewrightError
from scaffolds.facts import Fact
from tests import files
from workflows.documents import LIMITS, Refused, Upload
from workflows.intake import read_files, take_in

RECEIVED = date(2026, 3, 9)
AT = datetime(2026, 3, 9, tzinfo=UTC)


def test_files_of_every_kind_become_documents_with_their_originals(tmp_path: Path) -> None:
    raws = {"a.txt": b"Tekst.", "b.pdf": files.pdf(["In PDF."]), "c.docx": files.docx_file(["In Word."])}
    for name, raw in raws.items():
        (tmp_path / name).write_bytes(raw)
    (tmp_path / ".verborgen").write_bytes(b"x")
    taken = read_files([tmp_path], received=RECEIVED)
    assert [(one.id, one.text.strip(), one.kind) for one in taken.documents] == [
        ("a.txt", "Tekst.", "tekst"),
        ("b.pdf", "In PDF.", "pdf"),
        ("c.docx", "In Word.", "docx"),
    ]
    for document, raw in zip(taken.documents, raws.values(), strict=True):
        assert taken.originals[document.original] == raw
        assert document.original == hashlib.sha256(raw).hexdigest()
    assert read_files(sorted(tmp_path.glob("[abc].*")), received=RECEIVED) == taken


def test_a_mail_brings_its_attachments_and_tells_what_it_could_not_bring() -> None:
    raw = files.eml(["Zie bijlagen."], attachments={"plan.odt": files.odt(["Het plan."]), "virus.exe": b"MZ\x00\x01"})
    taken = take_in([Upload(name="bericht.eml", raw=raw)], received=RECEIVED)
    assert [one.id for one in taken.documents] == ["bericht.eml", "plan.odt"]
    assert taken.documents[1].text == "Het plan.\n"
    assert {"code": "attachment_refused", "values": {"name": "virus.exe"}} in taken.documents[0].notes
    assert len(taken.originals) == 2


def test_a_mail_in_a_mail_is_read_to_a_depth() -> None:
    raw = files.eml(["Binnenste."])
    for number in range(LIMITS.nesting + 2):
        raw = files.eml([f"Laag {number}."], attachments={"door.eml": raw})
    taken = take_in([Upload(name="a.eml", raw=raw)], received=RECEIVED)
    assert len(taken.documents) == LIMITS.nesting + 1
    assert any(note["code"] == "attachment_refused" for note in taken.documents[0].notes)


def test_attachments_are_counted_over_all_mails_together() -> None:
    inner = files.eml(["x"], attachments={f"{n}.txt": b"x" for n in range(30)})
    raw = files.eml(["x"], attachments={"a.eml": inner, "b.eml": inner})
    with pytest.raises(Refused, match="has 62 attachments, and may have 50"):
        take_in([Upload(name="bericht.eml", raw=raw)], received=RECEIVED)


def test_documents_of_the_same_name_are_told_apart() -> None:
    uploads = [Upload(name=f"{folder}/brief.txt", raw=folder.encode()) for folder in "xyz"]
    taken = take_in(uploads, received=RECEIVED, taken=["brief.txt", "brief.txt (3)"])
    assert [(one.id, one.text) for one in taken.documents] == [
        ("brief.txt (2)", "x"),
        ("brief.txt (4)", "y"),
        ("brief.txt (5)", "z"),
    ]


def test_what_is_missing_empty_or_unreadable_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "leeg.txt").write_bytes(b"")
    for path, told in ((tmp_path / "weg.txt", "weg.txt does not exist"), (tmp_path / "leeg.txt", "leeg.txt is empty")):
        with pytest.raises(CasewrightError, match=told):
            read_files([path], received=RECEIVED)
    (tmp_path / "map").mkdir()
    with pytest.raises(CasewrightError, match="map holds no file"):
        read_files([tmp_path / "map"], received=RECEIVED)


def test_a_document_keeps_its_original_and_its_notes_in_the_case() -> None:
    [document] = take_in([Upload(name="a.docx", raw=files.docx_file(["x"], hidden="y"))], received=RECEIVED).documents
    case = open_case("Z-1", workflow="proef", documents=[document], received=RECEIVED, at=AT)
    assert case.documents == (document,)
    assert document.notes == ({"code": "hidden_text", "values": {}},)


def test_beside_a_scan_what_was_not_found_is_left_to_a_person() -> None:
    facts = {"a": Fact(path="a", state="not_stated"), "b": Fact(path="b", state="stated", values=("x",))}
    text, scan = (Document(id=name, text=text, received=RECEIVED) for name, text in (("t", "x"), ("s", " ")))
    assert beside_scans(facts, [text]) == facts
    assert {path: fact.state for path, fact in beside_scans(facts, [text, scan]).items()} == {
        "a": "unsure",
        "b": "stated",
    }
