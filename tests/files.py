"""Files as applicants send them, made by code: PDF, DOCX, ODT, EML and scans, each by a library that is not ours.

`lines` are the paragraphs of a document. Equal arguments give equal bytes where the library allows it.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.message import EmailMessage

import docx
import odfdo
import pypdf
import typst
from PIL import Image, ImageDraw, ImageFont

EPOCH = datetime(2026, 3, 9, tzinfo=UTC)
_PDF = b"""
#set page(width: 30cm, height: 20cm, margin: 1cm)
#set text(size: 8pt, lang: "nl", hyphenate: false)
#for (number, page) in json(bytes(sys.inputs.pages)).enumerate() {
  if number > 0 { pagebreak() }
  for line in page { par(line) }
}
"""


def pdf(lines: Sequence[str], *more: Sequence[str]) -> bytes:
    """A PDF with a page per list of paragraphs."""
    return typst.compile(_PDF, sys_inputs={"pages": json.dumps([lines, *more])}, timestamp=EPOCH)


def docx_file(lines: Iterable[str], *, table: Sequence[Sequence[str]] = (), hidden: str = "") -> bytes:
    """A Word document with paragraphs, and a table and a hidden line where given."""
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for cells, row in zip(table, grid.rows, strict=True):
            for text, cell in zip(cells, row.cells, strict=True):
                cell.text = text
    if hidden:
        document.add_paragraph().add_run(hidden).font.hidden = True
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def odt(lines: Iterable[str], *, table: Sequence[Sequence[str]] = ()) -> bytes:
    """An OpenDocument text with paragraphs, and a table where given."""
    document = odfdo.Document("text")
    document.body.clear()
    for line in lines:
        document.body.append(odfdo.Paragraph(line))
    if table:
        grid = odfdo.Table("Tabel")
        for cells in table:
            grid.append_row(_row(cells))
        document.body.append(grid)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _row(cells: Sequence[str]) -> odfdo.Row:
    row = odfdo.Row()
    for text in cells:
        row.append_cell(odfdo.Cell(text=text))
    return row


def eml(
    lines: Iterable[str], *, attachments: Mapping[str, bytes] | None = None, html: str = "", subject: str = "Aanvraag"
) -> bytes:
    """An e-mail; with `html` alone it has no plain text."""
    message = EmailMessage()
    message["From"] = "Jan de Boer <jan@voorbeeld.nl>"
    message["To"] = "gemeente@voorbeeld.nl"
    message["Date"] = "Mon, 09 Mar 2026 10:00:00 +0100"
    message["Subject"] = subject
    message["Message-ID"] = "<1@voorbeeld.nl>"
    if body := "\n".join(lines):
        message.set_content(body)
        if html:
            message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")
    for name, raw in (attachments or {}).items():
        message.add_attachment(raw, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def picture(lines: Sequence[str]) -> Image.Image:
    """A scan: black letters on white paper."""
    page = Image.new("L", (1240, 300 + 60 * len(lines)), 255)
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        draw.text((80, 100 + 60 * number), line, fill=0, font=ImageFont.load_default(32))
    return page


def scan(lines: Sequence[str], *, kind: str = "PDF") -> bytes:
    """A picture of paragraphs as a PDF, PNG or JPEG."""
    written = io.BytesIO()
    picture(lines).save(written, format=kind)
    return written.getvalue()


def with_password(raw: bytes) -> bytes:
    """The same PDF, which only opens with a password."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(raw))
    writer.encrypt("geheim", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def joined(*raws: bytes) -> bytes:
    """Several PDFs as one."""
    writer = pypdf.PdfWriter()
    for raw in raws:
        writer.append(io.BytesIO(raw))
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def raw_pdf(objects: Sequence[str], *, root: int = 1) -> bytes:
    """A PDF of hand-written objects, numbered from 1."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def stream(text: str, options: str = "") -> str:
    """A stream object of a PDF."""
    return f"<< {options}/Length {len(text.encode('latin-1'))} >>\nstream\n{text}\nendstream"


def pages(count: int) -> bytes:
    """A PDF of so many pages that all show the same line."""
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + count))
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F 4 0 R >> >> >>"
    )
    return raw_pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
            stream("BT /F 12 Tf 72 720 Td (Bladzijde) Tj ET"),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *[page] * count,
        ]
    )


def form(value: str) -> bytes:
    """A PDF form in which `value` was filled in."""
    shown = f"/Tx BMC BT /F 12 Tf 2 5 Td ({value}) Tj ET EMC"
    return raw_pdf(
        [
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] /DR << /Font << /F 4 0 R >> >> >> >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Annots [5 0 R] "
            "/Resources << /Font << /F 4 0 R >> >> >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            "<< /Type /Annot /Subtype /Widget /FT /Tx /T (naam) /V "
            f"({value}) /Rect [72 700 400 720] /P 3 0 R /F 4 /DA (/F 12 Tf 0 g) /AP << /N 7 0 R >> >>",
            stream("BT /F 12 Tf 72 730 Td (Naam van de aanvrager:) Tj ET"),
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 328 20] /Resources << /Font << /F 4 0 R >> >> "
            f"/Length {len(shown)} >>\nstream\n{shown}\nendstream",
        ]
    )


def archive(parts: Mapping[str, bytes | str], *, packed: bool = True) -> bytes:
    """A ZIP archive of `parts`, in order."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return written.getvalue()


def changed(raw: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """An office file with some of its parts put in place or added."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        kept = {name: package.read(name) for name in package.namelist()}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in {**kept, **parts}.items():
            package.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return written.getvalue()
