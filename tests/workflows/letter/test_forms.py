"""A letter as HTML, PDF and ODT: the three say the same, a screen reader finds its way, and text stays text."""

import io
import re
import zipfile
from datetime import date
from html.parser import HTMLParser

import odfdo
import pypdf
import pytest
from defusedxml.ElementTree import fromstring

from scaffolds.errors import CasewrightError
from tests.hostile import CONTROLS, FORMULAS, INSTRUCTIONS, MARKUP, PATHS, SIGNS, TEMPLATES
from tests.workflows.letter.cases import decided
from workflows.documents import extract
from workflows.letter import Heading, Items, Letter, Paragraph, draft, draft_in_parts, to_html, to_odt, to_pdf
from workflows.letter.content import one_line
from workflows.omgevingsvergunning import WORKFLOW

ON = date(2026, 4, 2)
HOSTILE = [*INSTRUCTIONS, *MARKUP, *TEMPLATES, *FORMULAS, *PATHS, *SIGNS, *CONTROLS]
TAGS = {"html", "head", "meta", "title", "style", "body", "header", "main", "p", "br", "h1", "h2", "ul", "li"}


class Page(HTMLParser):
    """The words of a page, its elements and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def spoken(letter: Letter) -> str:
    """Every word of a letter in order."""
    texts = [f"Zaak {letter.case}", "2 april 2026", letter.subject]
    for block in letter.blocks:
        texts += block.texts if isinstance(block, Items) else [block.text]
    return squeezed(" ".join(texts))


def squeezed(text: str) -> str:
    """Text without white space and without the bullets of a list, to compare forms by."""
    return re.sub(r"[\s•‣\u00ad]+", "", text)


def of_html(letter: Letter) -> str:
    return squeezed("".join(Page(to_html(letter).partition("<body>")[2]).words))


def of_odt(letter: Letter) -> str:
    with zipfile.ZipFile(io.BytesIO(to_odt(letter))) as package:
        return squeezed("".join(fromstring(package.read("content.xml")).itertext()))


def of_pdf(letter: Letter) -> str:
    text = extract(to_pdf(letter), name="brief.pdf").text
    return squeezed(re.sub(r"(?m)^\d+$", "", text))


@pytest.fixture(scope="module")
def plain() -> Letter:
    return draft(WORKFLOW, decided(quoted="ziek"), on=ON)


@pytest.fixture(scope="module")
def letter() -> Letter:
    return draft(WORKFLOW, decided(reason="Eerste reden.\nTweede reden.", quoted="ziek"), on=ON)


def test_the_three_forms_say_the_same(letter: Letter) -> None:
    assert of_html(letter) == of_odt(letter) == of_pdf(letter) == spoken(letter)
    edited = letter.edited(body=letter.body + "\n\nNog een alinea van de behandelaar.", subject="anders")
    assert of_html(edited) == of_odt(edited) == of_pdf(edited) == spoken(edited) != spoken(letter)


def test_what_a_letter_was_filled_with_is_told_apart_from_its_template() -> None:
    case = decided(name="- Jan", reason="# Eerste.\n\nTweede.", quoted="ziek")
    letter, parts = draft_in_parts(WORKFLOW, case, on=ON)
    assert letter == draft(WORKFLOW, case, on=ON)
    assert "".join(part.text for part in parts) == letter.text
    filled = [part.text for part in parts if part.filled]
    assert filled[:4] == ["- Jan", "2 maart 2026", "een boom kappen", "# Eerste.\nTweede."]
    assert {"ziek", "18 mei 2026", "het college van burgemeester en wethouders"} <= set(filled)
    own = "".join(part.text for part in parts if not part.filled)
    assert "Beste ,\n\nOp  kregen wij uw aanvraag" in own
    assert "Jan" not in own


def test_the_page_has_landmarks_a_language_and_one_first_heading(letter: Letter) -> None:
    page = Page(to_html(letter))
    assert '<html lang="nl">' in to_html(letter)
    assert page.elements.count("h1") == page.elements.count("main") == page.elements.count("header") == 1
    assert page.elements.count("h2") == sum(isinstance(block, Heading) for block in letter.blocks)
    assert page.elements.count("li") == sum(len(b.texts) for b in letter.blocks if isinstance(b, Items))
    assert set(page.elements) <= TAGS
    assert not page.attributes & {"src", "href"}


def test_the_pdf_is_tagged_and_fit_for_the_archive(letter: Letter) -> None:
    reader = pypdf.PdfReader(io.BytesIO(to_pdf(letter)))
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "nl-NL"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == letter.subject
    xmp = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in xmp
    assert "pdfaid:conformance" in xmp
    found = list(tags(root["/StructTreeRoot"]))
    assert found.count("/H1") == 1
    assert found.count("/H2") == sum(isinstance(block, Heading) for block in letter.blocks)
    assert found.count("/LI") == sum(len(b.texts) for b in letter.blocks if isinstance(b, Items))


def tags(node: object) -> list[str]:
    """The tags of a PDF's structure tree, in reading order."""
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        return [tag for kid in node for tag in tags(kid)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node and "/Subtype" not in node else []
    return own + tags(node.get("/K", []))


def test_the_odt_opens_elsewhere_with_its_headings_and_items(letter: Letter) -> None:
    document = odfdo.Document(io.BytesIO(to_odt(letter)))
    assert [heading.text_recursive.strip() for heading in document.body.get_headers()] == [
        letter.subject,
        *(block.text for block in letter.blocks if isinstance(block, Heading)),
    ]
    assert document.meta.title == letter.subject
    assert extract(to_odt(letter), name="brief.odt").kind == "odt"


def test_equal_letters_give_equal_bytes(letter: Letter) -> None:
    for form in (to_html, to_pdf, to_odt):
        assert form(letter) == form(letter)  # type: ignore[operator]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_words_of_an_applicant_stay_words_in_every_form(plain: Letter, words: str) -> None:
    """As a name in the middle of a line, as a quotation, and as a value that stands at the start of one."""
    name = words.split("\n")[0]
    letter = draft(WORKFLOW, decided(name=name, quoted=words, reason=words), on=ON)
    assert [b for b in letter.blocks if isinstance(b, Heading | Items)] == [
        b for b in plain.blocks if isinstance(b, Heading | Items)
    ]
    assert letter.subject == plain.subject
    assert Paragraph(f"Beste {one_line(name)},") in letter.blocks
    assert any(isinstance(b, Paragraph) and one_line(name) in b.text for b in letter.blocks[3:])
    page = Page(to_html(letter))
    assert page.elements.count("h1") == 1
    assert set(page.elements) <= TAGS
    assert of_html(letter) == of_odt(letter) == spoken(letter)


def test_the_pdf_holds_hostile_words_as_words() -> None:
    for words in (TEMPLATES[4], TEMPLATES[0], MARKUP[0], FORMULAS[0], "# Ons besluit", "*vet* _cursief_ $x$ @a <b>"):
        letter = draft(WORKFLOW, decided(quoted=words, reason=words), on=ON)
        assert of_pdf(letter) == spoken(letter)


def test_a_sign_that_no_font_has_is_refused_and_never_left_out() -> None:
    letter = draft(WORKFLOW, decided(reason="Naam: \U00013000"), on=ON)
    with pytest.raises(CasewrightError, match="Install a font"):
        to_pdf(letter)
    assert "\U00013000" in to_html(letter)
