"""A file becomes a document exactly as it is, or is refused by name with what to do."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaffolds.errors import CasewrightError
from workflows.intake import MAX_BYTES, read_text_document, read_text_documents

RECEIVED = date(2026, 3, 9)


def refusal(path: Path) -> str:
    with pytest.raises(CasewrightError) as error:
        read_text_document(path, received=RECEIVED)
    assert path.name in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF, not text"),
        (b"PK\x03\x04 ...", "is a ZIP archive or office document"),
        (b"tekst\x00met nul", "is a binary file"),
        ("café".encode("cp1252"), "is not UTF-8: byte 3 is 0xe9"),
        ("aanvraag".encode("utf-16"), "is a binary file"),
        (b"a" * 1_000_000, "is 1,000,000 bytes, and a document may have"),
    ],
)
def test_a_file_that_is_no_document_is_refused_with_the_reason(tmp_path: Path, raw: bytes, told: str) -> None:
    path = tmp_path / "aanvraag.txt"
    path.write_bytes(raw)
    assert told in refusal(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "weg.txt")
    assert "is not a file" in refusal(tmp_path)


def test_the_largest_document_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lang.txt"
    path.write_bytes(b"a" * MAX_BYTES)
    assert len(read_text_document(path, received=RECEIVED).text) == MAX_BYTES


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip()))
def test_the_text_is_kept_to_the_last_character(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("in") / "a.txt"
    path.write_bytes(text.encode("utf-8"))
    document = read_text_document(path, received=RECEIVED)
    assert document.text == text.removeprefix("\ufeff")
    assert (document.id, document.received) == ("a.txt", RECEIVED)


def test_line_ends_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"een\r\ntwee\n")
    assert read_text_document(path, received=RECEIVED).text == "een\r\ntwee\n"


def test_files_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "brief.txt").write_text(folder, encoding="utf-8")
    paths = [tmp_path / folder / "brief.txt" for folder in ("x", "y")]
    documents = read_text_documents(paths, received=RECEIVED)
    assert [(document.id, document.text) for document in documents] == [("brief.txt", "x"), ("brief.txt (2)", "y")]
