"""A letter as PDF: tagged for a screen reader (PDF/UA-1) and fit for the archive (PDF/A-2a), typeset by Typst.

The typesetter gets the letter as data beside a template of its own, so that nothing in a letter is ever its language.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from importlib import resources

from scaffolds.errors import CasewrightError
from workflows.letter.content import Letter


def to_pdf(letter: Letter) -> bytes:
    """Typeset the letter; equal letters give equal bytes on one machine.

    Raises CasewrightError where Typst is not installed, and where no font has a sign of the letter: none is left out.
    """
    try:
        import typst
    except ModuleNotFoundError as error:
        raise CasewrightError("Letters as PDF need Typst; install casewright[letters].") from error
    source = resources.files("workflows.letter").joinpath("letter.typ").read_bytes()
    try:
        made: bytes = typst.compile(
            source,
            sys_inputs={"letter": json.dumps(letter.to_dict())},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=datetime.combine(letter.on, time(), tzinfo=UTC),
        )
    except typst.TypstError as error:
        raise CasewrightError(
            f"The letter of case {letter.case} cannot be made as PDF: {error}. Install a font that has the sign, "
            "such as one of the Noto family, or give the letter as ODT."
        ) from error
    return made
