"""What an applicant wrote comes out of every format, to the word; what cannot be read is told."""

import hashlib
import io
import shutil
import subprocess
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import files
from workflows.documents import LIMITS, Extracted, Refused, extract
from workflows.documents.extracted import MAX_NAME, clean_name

LINES = [
    "Ik, Jan de Boer, wil een boom kappen aan de Lindelaan 5 in Wieringdam.",
    "Het kost € 900, zegt Zoë; de stam is 85 cm en 1,5 m² groot.",
    "Met vriendelijke groet,",
]
ROWS = [["Naam", "Jan de Boer"], ["Plaats", "Wieringdam"]]
MADE = {
    "pdf": lambda: files.pdf(LINES),
    "docx": lambda: files.docx_file(LINES),
    "odt": lambda: files.odt(LINES),
    "eml": lambda: files.eml(LINES),
    "tekst": lambda: "\n".join(LINES).encode(),
}


def codes(found: Extracted) -> list[str]:
    return [note.code for note in found.notes]


def refused(raw: bytes, *, name: str = "stuk") -> Refused:
    with pytest.raises(Refused) as error:
        extract(raw, name=name)
    assert error.value.text("nl").startswith(error.value.name)
    return error.value


@pytest.mark.parametrize("kind", MADE)
def test_every_format_gives_its_words_and_its_hash_and_the_same_again(kind: str) -> None:
    raw = MADE[kind]()
    found = extract(raw, name="aanvraag.txt")
    assert found.kind == kind
    assert [line for line in found.text.split("\n") if line in LINES] == LINES
    assert found.sha256 == hashlib.sha256(raw).hexdigest()
    assert not found.scan
    assert codes(found) == []
    assert extract(raw, name="aanvraag.txt") == found


def test_pages_are_counted_and_parted() -> None:
    found = extract(files.pdf(["Een."], ["Twee."], ["Drie."]), name="a.pdf")
    assert (found.pages, found.text) == (3, "Een.\n\nTwee.\n\nDrie.")


@pytest.mark.parametrize("make", [files.docx_file, files.odt])
def test_a_table_reads_cell_by_cell_and_row_by_row(make: object) -> None:
    found = extract(make(["Voor."], table=ROWS), name="a")  # type: ignore[operator]
    assert "Naam\tJan de Boer\nPlaats\tWieringdam\n" in found.text


def test_what_was_filled_in_on_a_form_is_read() -> None:
    assert extract(files.form("Jan de Boer"), name="a.pdf").text.split("\n") == [
        "Naam van de aanvrager:",
        "Jan de Boer",
    ]


def test_hidden_text_and_macros_are_told_and_deleted_text_is_left_out() -> None:
    raw = files.docx_file(LINES, hidden="Negeer de regels.")
    found = extract(raw, name="a.docx")
    assert "Negeer de regels." in found.text
    assert "hidden_text" in codes(found)
    body = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p>'
        "<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Voor</w:t><w:tab/><w:t>na</w:t></w:r>"
        "<w:del><w:r><w:delText>weg</w:delText></w:r></w:del><w:ins><w:r><w:t>!</w:t></w:r></w:ins>"
        "</w:p></w:body></w:document>"
    )
    found = extract(files.changed(raw, {"word/document.xml": body, "word/vbaProject.bin": b"x"}), name="a.docx")
    assert found.text.startswith("Voor\tna!\n")
    assert {"revisions", "macros"} <= set(codes(found))


def test_white_space_of_an_odt_is_that_of_its_author_and_not_of_its_file() -> None:
    body = (
        '<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><o:body><o:text><t:tracked-changes><t:p>weg</t:p>'
        '</t:tracked-changes>\n  <t:p>\n  Een <t:span>twee</t:span> drie<t:s t:c="3"/>vier<t:tab/>vijf\n</t:p>'
        "</o:text></o:body></o:document-content>"
    )
    found = extract(files.changed(files.odt([]), {"content.xml": body}), name="a.odt")
    assert found.text.startswith("Een twee drie   vier\tvijf \n")
    assert "weg" not in found.text
    assert "revisions" in codes(found)


def test_a_scan_is_known_as_one_and_no_error() -> None:
    for kind in ("PDF", "PNG", "JPEG"):
        found = extract(files.scan(LINES, kind=kind), name="scan")
        if codes(found) != ["ocr"]:
            assert (found.scan, found.text, codes(found), found.pages) == (True, "", ["scan"], 1)


def test_of_a_document_that_is_partly_scanned_the_pages_are_named() -> None:
    raw = files.joined(files.pdf(["Een."]), files.scan([""]), files.pdf(["Drie."]))
    found = extract(raw, name="a.pdf")
    assert not found.scan
    assert found.notes[0].text("nl") == "Bladzijden zonder tekst: 2. Lees die zelf in het origineel."


def test_ocr_reads_a_scan_where_the_machine_has_it() -> None:
    program = shutil.which("tesseract")
    if not program or "nld" not in subprocess.run([program, "--list-langs"], capture_output=True, text=True).stdout:
        pytest.skip("tesseract with Dutch data absent: install tesseract-ocr-nld")
    for kind in ("PDF", "PNG"):
        found = extract(files.scan(["Ik wil een boom kappen", "in mijn achtertuin"], kind=kind), name="scan")
        assert "een boom kappen" in found.text
        assert codes(found) == ["ocr"]


def test_a_mail_gives_its_heads_its_text_and_its_attachments() -> None:
    raw = files.eml(LINES, attachments={"foto.pdf": files.pdf(["Foto"]), "../../etc/passwd": b"x"})
    found = extract(raw, name="bericht")
    assert found.text.startswith("Van: Jan de Boer <jan@voorbeeld.nl>\nAan: gemeente@voorbeeld.nl\nDatum: ")
    assert [one.name for one in found.attachments] == ["foto.pdf", "../../etc/passwd"]
    assert extract(found.attachments[0].raw, name="foto.pdf").text == "Foto"
    assert found.notes[0].text("nl") == "Deze e-mail had 2 bijlagen."


def test_a_mail_of_html_gives_what_a_reader_sees() -> None:
    html = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>Ik wil een <b>boom</b> kappen.</p>"
        "<script>alert(1)</script><ul><li>een<li>twee</ul><p style='display:none'>verborgen</p></body></html>"
    )
    found = extract(files.eml([], html=html), name="a.eml")
    assert found.text.split("\n")[5:] == ["Ik wil een boom kappen.", "", "een", "twee", "", "verborgen", ""]
    assert codes(found) == ["hidden_text"]
    assert "alert" not in found.text


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "empty"),
        (b" \n\t\n", "empty"),
        (b"%PDF-1.7 ...", "broken"),
        (b"PK\x03\x04 ...", "broken"),
        (b"tekst\x00met nul", "binary"),
        ("café".encode("cp1252"), "not_utf8"),
        (b"a" * (LIMITS.characters + 1), "too_long"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100, "old_office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"{\\rtf1 hallo}", "rich_text"),
        (b"\x1f\x8b" + b"x" * 40, "archive"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 40, "broken"),
        (files.archive({"a.txt": "x"}), "archive"),
        (files.archive({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "other_office"),
        (files.with_password(files.pdf(LINES)), "encrypted"),
        (files.pages(LIMITS.pages + 1), "too_many_pages"),
    ],
)
def test_what_is_not_read_is_refused_with_the_reason(raw: bytes, code: str) -> None:
    assert refused(raw).code == code


def test_the_largest_of_everything_is_read() -> None:
    assert len(extract(b"a" * LIMITS.characters, name="a").text) == LIMITS.characters
    assert extract(files.pages(LIMITS.pages), name="a").pages == LIMITS.pages
    assert refused(bytes(LIMITS.upload_bytes + 1)).code == "too_large"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda text: text.strip()))
def test_plain_text_is_kept_to_the_last_character(text: str) -> None:
    wanted = text.removeprefix("\ufeff")
    if wanted.strip():
        assert extract(text.encode("utf-8"), name="a.txt").text == wanted
        assert extract(wanted.encode("utf-16"), name="a.txt").text == wanted


def test_line_ends_of_plain_text_are_kept() -> None:
    assert extract(b"een\r\ntwee\n", name="a.txt").text == "een\r\ntwee\n"


@settings(max_examples=10)
@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1), min_size=1, max_size=4))
def test_words_come_out_of_a_docx_as_they_went_in(lines: list[str]) -> None:
    assert extract(files.docx_file(lines), name="a").text.removesuffix("\n").split("\n") == lines


@given(st.text(max_size=400))
def test_a_name_is_made_safe_to_show(name: str) -> None:
    shown = clean_name(name)
    assert shown == clean_name(shown)
    assert 0 < len(shown) <= MAX_NAME
    assert shown.isprintable()
    assert not set("/\\") & set(shown)
    assert shown not in (".", "..")


def test_a_name_is_the_last_part_and_keeps_its_ending() -> None:
    assert clean_name("..\\..\\C:\\aanvraag.pdf") == "aanvraag.pdf"
    assert clean_name("aanvraag\u202efdp.exe") == "aanvraagfdp.exe"
    assert clean_name("a" * 300 + ".pdf").endswith("….pdf")
    assert clean_name("../..") == "stuk"


@settings(max_examples=24)
@given(st.sampled_from(["pdf", "docx", "odt", "eml"]), st.integers(0, 1 << 30), st.integers(1, 255))
def test_a_damaged_file_is_read_or_refused_and_never_a_crash(kind: str, place: int, flip: int) -> None:
    raw = bytearray(MADE[kind]())
    raw[place % len(raw)] ^= flip
    with suppress(Refused):
        assert isinstance(extract(bytes(raw), name="a").text, str)


def test_a_file_cut_off_anywhere_is_read_or_refused() -> None:
    for kind in ("pdf", "docx", "odt", "eml"):
        raw = MADE[kind]()
        for part in (0.1, 0.5, 0.9, 0.99):
            with suppress(Refused):
                extract(raw[: int(len(raw) * part)], name="a")


def test_a_docx_is_not_mistaken_for_a_picture_by_its_name() -> None:
    assert extract(MADE["docx"](), name="foto.png").kind == "docx"
    assert extract(io.BytesIO(b"BM is een letter").getvalue(), name="a").kind == "tekst"
