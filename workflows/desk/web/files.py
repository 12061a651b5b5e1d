"""Files of a case, to be saved: its letter, and its documents as they came in. A file is given as it is, unmasked."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter, Response

from scaffolds.case import Case
from workflows.desk import actions
from workflows.desk.view.case import view
from workflows.desk.view.masking import masked
from workflows.desk.web.context import Form, SignedIn, check_token, text
from workflows.desk.writing import Forbidden, NotFound, see
from workflows.letter import Letter, to_html, to_odt, to_pdf

router = APIRouter(prefix="/cases/{case_id}")


@router.get("/letter.{form}")
def letter(here: SignedIn, case_id: str, form: str) -> Response:
    """Give the letter that is due, or the last that was sent, as HTML, PDF or ODT to be saved."""
    return _letter(here, _without_bsn(see(here.desk, here.person, case_id)), form)


@router.post("/letter.{form}")
def letter_with_bsn(here: SignedIn, case_id: str, form: str, sent: Form) -> Response:
    """Give the letter of a case that holds a BSN, for a reason that is noted."""
    check_token(here, sent)
    case = actions.show_bsn(here.desk, here.person, case_id, what="letter", reason=text(sent, "reason"))
    return _letter(here, case, form)


def _letter(here: SignedIn, case: Case, form: str) -> Response:
    shown = view(here.desk, case, revealed=True)
    if form not in _FORMS or shown.letter is None:
        raise NotFound("no_letter")
    make, media = _FORMS[form]
    made = make(shown.letter)
    raw = made.encode() if isinstance(made, str) else made
    named = f"attachment; filename*=UTF-8''{quote(f'{case.id}.{form}', safe='')}"
    return Response(raw, media_type=media, headers={"content-disposition": named})


_FORMS: dict[str, tuple[Callable[[Letter], str | bytes], str]] = {
    "html": (to_html, "text/html"),
    "pdf": (to_pdf, "application/pdf"),
    "odt": (to_odt, "application/vnd.oasis.opendocument.text"),
}


@router.get("/documents/{place}")
def original(here: SignedIn, case_id: str, place: int) -> Response:
    """Give a document as it came in, to be saved and never to be shown by the browser itself."""
    return _original(here, _without_bsn(see(here.desk, here.person, case_id)), place)


@router.post("/documents/{place}")
def original_with_bsn(here: SignedIn, case_id: str, place: int, form: Form) -> Response:
    """Give a document of a case that holds a BSN, for a reason that is noted."""
    check_token(here, form)
    case = actions.show_bsn(here.desk, here.person, case_id, what="document", reason=text(form, "reason"))
    return _original(here, case, place)


def _without_bsn(case: Case) -> Case:
    """The case, where it holds no BSN: a file is given as it is. Raises Forbidden."""
    if masked(case) is not case:
        raise Forbidden("bsn")
    return case


def _original(here: SignedIn, case: Case, place: int) -> Response:
    if not 0 <= place < len(case.documents):
        raise NotFound("no_case", case=case.id[:40])
    document = case.documents[place]
    if document.original:
        raw = here.desk.store.original(case.id, document.original)
    else:
        raw = document.text.encode("utf-8", "surrogatepass")
    named = f"attachment; filename*=UTF-8''{quote(document.id, safe='')}"
    return Response(raw, media_type="application/octet-stream", headers={"content-disposition": named})
