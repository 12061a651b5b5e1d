"""The API, version 1: what the pages do, as JSON, through the same actions and so under the same rules.

A program signs in for a token (`POST /api/v1/sessions`) and sends it as a bearer. `expected` is how many events the
caller saw the case have; where someone was first the answer is 409 with how many there are now.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Collection
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from scaffolds.case import Case, fact_to_json
from workflows.desk import actions, arrivals, sessions, worklist
from workflows.desk.confirming import Said
from workflows.desk.messages import Refused
from workflows.desk.view.case import view
from workflows.desk.web.bodies import (
    Application,
    Completion,
    Decision,
    Facts,
    HandOver,
    Letter,
    Name,
    Override,
    Problem,
    Sent,
    Settlement,
    Signature,
    SignIn,
    Step,
    Token,
    Why,
)
from workflows.desk.web.context import Here, NeedSignIn, SignedIn, check_right, desk_of
from workflows.desk.web.received import pasted, receive
from workflows.desk.worklist import Wanted
from workflows.desk.writing import Forbidden, see
from workflows.documents import Upload
from workflows.intake import Intake


def program(here: SignedIn) -> Here:
    """Who calls, by bearer token; a browser's cookie is not enough, because its forms carry a token of their own."""
    if not here.bearer:
        raise NeedSignIn
    return here


Caller = Annotated[Here, Depends(program)]
CaseId = Annotated[str, Path(max_length=200)]

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem} for code in (400, 401, 403, 404, 409, 410, 413, 429)
}
router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)


@router.post("/sessions", status_code=201)
def sign_in(request: Request, body: SignIn) -> Token:
    """Sign in; the token ends when it is idle too long, too old, or revoked."""
    desk = desk_of(request)
    address = request.client.host if request.client else ""
    person = sessions.check_password(
        desk.engine, body.name, body.password, address=address, settings=desk.settings
    )
    if person is None:
        raise NeedSignIn
    if person.must_change:
        raise Forbidden("first_password")
    return Token(token=sessions.begin(desk.engine, person))


@router.delete("/sessions", status_code=204)
def sign_out(here: Caller) -> Response:
    """Sign out."""
    sessions.end(here.desk.engine, here.request.headers["authorization"].removeprefix("Bearer "))
    return Response(status_code=204)


@router.get("/cases")
def cases(
    here: Caller,
    mine: bool = False,
    workflow: Name = "",
    words: Name = "",
    closed: bool = False,
    order: Literal["target", "doubt"] = "target",
    after: Annotated[str, Field(max_length=300)] = "",
) -> dict[str, Any]:
    """List cases, fifty at a time; `after` of an answer gives the next ones."""
    check_right(here, "read")
    holder = here.person.id if mine else None
    wanted = Wanted(holder=holder, workflow=workflow or None, words=words, closed=closed, order=order, after=after)
    found = worklist.find(here.desk.engine, wanted, person=here.person)
    return {"cases": [vars(line) for line in found.lines], "after": found.after}


@router.post("/cases", status_code=201)
def take_in(here: Caller, body: Application) -> dict[str, Any]:
    """Open a case."""
    check_right(here, "take_in")
    sent = _received(here, body.documents, on=body.received)
    number = arrivals.take_in(here.desk, here.person, workflow=body.workflow, sent=sent, received=body.received)
    return _case(here, see(here.desk, here.person, number))


@router.get("/cases/{case_id}")
def show(here: Caller, case_id: CaseId) -> dict[str, Any]:
    """Show a case: where it stands, what was read and confirmed, the rules, the term and the draft."""
    return _case(here, see(here.desk, here.person, case_id))


@router.post("/cases/{case_id}/facts")
def confirm(here: Caller, case_id: CaseId, body: Facts) -> dict[str, Any]:
    """Confirm or correct every fact of the step."""
    said = {
        path: Said(choice=one.choice, values=tuple(one.values), quote=one.quote, reason=one.reason)
        for path, one in body.facts.items()
    }
    return _case(here, actions.confirm(here.desk, here.person, case_id, expected=body.expected, said=said))


@router.post("/cases/{case_id}/unread")
def read_yourself(here: Caller, case_id: CaseId, body: Step) -> dict[str, Any]:
    """Do without the model's reading, which is still in the queue."""
    return _case(here, actions.read_yourself(here.desk, here.person, case_id, expected=body.expected))


@router.post("/cases/{case_id}/request")
def ask(here: Caller, case_id: CaseId, body: Letter) -> dict[str, Any]:
    """The request for what is missing was sent."""
    return _case(here, actions.ask(here.desk, here.person, case_id, expected=body.expected, text=body.letter))


@router.post("/cases/{case_id}/completion")
def complete(here: Caller, case_id: CaseId, body: Completion) -> dict[str, Any]:
    """What was asked for came in."""
    check_right(here, "handle")
    taken = [document.id for document in see(here.desk, here.person, case_id).documents]
    sent = _received(here, body.documents, on=body.on, taken=taken)
    done = actions.complete(here.desk, here.person, case_id, expected=body.expected, sent=sent, on=body.on)
    return _case(here, done)


@router.post("/cases/{case_id}/lapse")
def lapse(here: Caller, case_id: CaseId, body: Step) -> dict[str, Any]:
    """What was asked for stayed out."""
    return _case(here, actions.lapse(here.desk, here.person, case_id, expected=body.expected))


@router.post("/cases/{case_id}/decision")
def decide(here: Caller, case_id: CaseId, body: Decision) -> dict[str, Any]:
    """Decide."""
    done = actions.decide(
        here.desk,
        here.person,
        case_id,
        expected=body.expected,
        option=body.option,
        reason=body.reason,
        norms=body.norms,
    )
    return _case(here, done)


@router.post("/cases/{case_id}/signature")
def sign(here: Caller, case_id: CaseId, body: Signature) -> dict[str, Any]:
    """Sign a colleague's decision, or send it back."""
    done = actions.sign(
        here.desk, here.person, case_id, expected=body.expected, agreed=body.agreed, reason=body.reason
    )
    return _case(here, done)


@router.post("/cases/{case_id}/letter")
def send(here: Caller, case_id: CaseId, body: Letter) -> dict[str, Any]:
    """The letter was sent."""
    return _case(here, actions.send(here.desk, here.person, case_id, expected=body.expected, text=body.letter))


@router.post("/cases/{case_id}/hand-over")
def hand_over(here: Caller, case_id: CaseId, body: HandOver) -> dict[str, Any]:
    """Take the case, or give it to someone else."""
    done = actions.hand_over(
        here.desk,
        here.person,
        case_id,
        expected=body.expected,
        reason=body.reason,
        to=body.person,
        role=body.role,
    )
    return _case(here, done)


@router.post("/cases/{case_id}/override")
def ask_override(here: Caller, case_id: CaseId, body: Override) -> dict[str, Any]:
    """Ask to set a table's outcome aside."""
    done = actions.ask_override(
        here.desk,
        here.person,
        case_id,
        expected=body.expected,
        table=body.table,
        outputs=body.outputs,
        reason=body.reason,
    )
    return _case(here, done)


@router.post("/cases/{case_id}/override/settle")
def settle_override(here: Caller, case_id: CaseId, body: Settlement) -> dict[str, Any]:
    """Set a table's outcome aside as a colleague asked, or let it stand."""
    done = actions.settle_override(
        here.desk, here.person, case_id, expected=body.expected, agreed=body.agreed, reason=body.reason
    )
    return _case(here, done)


@router.post("/cases/{case_id}/bsn")
def show_bsn(here: Caller, case_id: CaseId, body: Why) -> dict[str, Any]:
    """Show the case with its BSNs, which every other answer masks; who saw them and why is noted in the case."""
    case = actions.show_bsn(here.desk, here.person, case_id, what="case", reason=body.reason)
    return _case(here, case, revealed=True)


def _received(here: Here, sent: list[Sent], *, on: date, taken: Collection[str] = ()) -> Intake:
    uploads = [Upload(name=one.name, raw=_raw(one)) for one in sent]
    return receive(uploads, on=on, language=here.language, taken=taken)


def _raw(sent: Sent) -> bytes:
    if sent.base64 is None:
        return pasted(sent.text or "").raw
    try:
        return b64decode(sent.base64, validate=True)
    except ValueError:
        raise Refused("base64") from None


def _case(here: Here, case: Case, *, revealed: bool = False) -> dict[str, Any]:
    """A case as the API shows it: what its page shows, and nothing that the page would not."""
    shown = view(here.desk, case, revealed=revealed)
    return {
        "id": case.id,
        "workflow": case.workflow,
        "received": case.received.isoformat(),
        "events": shown.expected,
        "step": shown.state.step.id if shown.state.step else None,
        "phase": shown.state.phase,
        "waits_for": shown.role,
        "holder": shown.holder,
        "suggestion": shown.suggestion,
        "bsn": shown.bsn,
        "documents": [
            {"name": d.id, "received": d.received.isoformat(), "sha256": original.sha256, "text": d.text}
            for d, original in zip(shown.case.documents, case.documents, strict=True)
        ],
        "reading": [fact_to_json(line.fact) | {"confidence": line.confidence} for line in shown.reading],
        "facts": [fact_to_json(line.fact) for line in shown.known],
        "missing": list(shown.missing),
        "rules": [dict(rule.receipt) for rule in shown.rules],
        "term": shown.term.to_dict() if shown.term else None,
        "decision": shown.state.decision,
        "draft": shown.draft_text,
    }
