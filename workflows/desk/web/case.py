"""The case page, and what a person does on it. A form that comes too late gets 409 and keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from scaffolds.case import Case
from scaffolds.store import Conflict
from scaffolds.table.model import LISTS
from scaffolds.workflow import Read
from workflows.desk import actions, people
from workflows.desk.actions import Unsettled
from workflows.desk.confirming import Said
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused, say
from workflows.desk.roles import Right
from workflows.desk.view.case import View, view
from workflows.desk.web.context import Form, SignedIn, check_right, check_token, number, page, text, texts
from workflows.desk.web.intake import day_of, received_of
from workflows.desk.writing import Forbidden, NotFound, see

router = APIRouter(prefix="/cases/{case_id}")


@router.get("")
def show(here: SignedIn, case_id: str) -> Response:
    """Show a case."""
    return _show(here, case_id)


def _show(
    here: SignedIn,
    case_id: str,
    *,
    status: int = 200,
    typed: FormData | None = None,
    form: str = "",
    problem: str = "",
    problems: dict[str, Any] | None = None,
    revealed: Case | None = None,
) -> Response:
    desk = here.desk
    shown = view(desk, revealed or see(desk, here.person, case_id), revealed=revealed is not None)
    known = people.everyone(desk.engine)
    displays = {person.id: person.display for person in known}
    return page(
        here.request,
        "case.html",
        here=here,
        status=status,
        view=shown,
        state=shown.state,
        may=_may(here, shown),
        typed=typed or FormData(),
        form=form,
        problem=problem,
        problems=problems or {},
        displays=displays,
        who=lambda actor: _who(here, actor, displays),
        colleagues=[p for p in known if p.may("hand_over") and p.may("read") and p.sees(shown.workflow.name)],
    )


def _who(here: SignedIn, actor: str, displays: Mapping[str, str]) -> str:
    """How an actor is called."""
    kind, _, name = actor.partition(":")
    if kind == "person":
        return displays.get(name, name)
    return f"{say(here.language, 'actor.model')} {name}" if kind == "model" else say(here.language, f"actor.{kind}")


def _may(here: SignedIn, shown: View) -> set[str]:
    """Which forms the person gets to see. What they may do is checked again where it is done."""
    person, state = here.person, shown.state
    found = {right for right in ("handle", "hand_over", "settle") if person.may(right)}
    me = f"person:{person.id}"
    if state.phase == "decide" and getattr(state.step, "role", "") in person.roles:
        found.add("decide")
    if state.phase == "sign" and getattr(state.step, "second", "") in person.roles and state.decided_by != me:
        found.add("sign")
    if state.override is not None and state.override.actor == me:
        found.discard("settle")
    return found


def _act(
    here: SignedIn,
    case_id: str,
    form: FormData,
    name: str,
    act: Callable[[Desk, int], object],
    *,
    right: Right = "handle",
) -> Response:
    """Do what a form asks; on refusal show the page again with what was typed."""
    check_token(here, form)
    check_right(here, right)
    try:
        act(here.desk, number(form, "expected"))
    except (Forbidden, NotFound):
        raise
    except Conflict:
        return _show(here, case_id, status=409, typed=form, form=name, problem="conflict")
    except Unsettled as unsettled:
        told = unsettled.worded(here.language)
        return _show(
            here, case_id, status=400, typed=form, form=name, problem=told, problems=dict(unsettled.problems)
        )
    except Refused as refused:
        return _show(here, case_id, status=400, typed=form, form=name, problem=refused.worded(here.language))
    return RedirectResponse(f"/cases/{quote(case_id, safe='')}", status_code=303)


@router.post("/facts")
def confirm(here: SignedIn, case_id: str, form: Form) -> Response:
    """Confirm or correct the facts."""

    def act(desk: Desk, expected: int) -> None:
        step = desk.state(see(desk, here.person, case_id)).step
        kinds = step.facts.kinds if isinstance(step, Read) else {}
        said = {
            path: Said(
                choice=text(form, f"{path}:choice"),
                values=texts(form, f"{path}:value"),
                quote=text(form, f"{path}:quote"),
                reason=text(form, f"{path}:reason"),
            )
            for path in kinds
        }
        actions.confirm(desk, here.person, case_id, expected=expected, said=said)

    return _act(here, case_id, form, "facts", act)


@router.post("/unread")
def read_yourself(here: SignedIn, case_id: str, form: Form) -> Response:
    """Do without the model's reading."""
    return _act(
        here,
        case_id,
        form,
        "unread",
        lambda desk, n: actions.read_yourself(desk, here.person, case_id, expected=n),
    )


@router.post("/request")
def ask(here: SignedIn, case_id: str, form: Form) -> Response:
    """The request for what is missing was sent."""
    return _act(
        here,
        case_id,
        form,
        "request",
        lambda desk, n: actions.ask(desk, here.person, case_id, expected=n, text=text(form, "letter")),
    )


@router.post("/completion")
def complete(here: SignedIn, case_id: str, form: Form) -> Response:
    """What was asked for came in."""

    def act(desk: Desk, expected: int) -> None:
        on = day_of(form, "on")
        taken = [document.id for document in see(desk, here.person, case_id).documents]
        sent = received_of(here, form, on=on, taken=taken)
        actions.complete(desk, here.person, case_id, expected=expected, sent=sent, on=on)

    return _act(here, case_id, form, "completion", act)


@router.post("/lapse")
def lapse(here: SignedIn, case_id: str, form: Form) -> Response:
    """What was asked for stayed out."""
    return _act(
        here, case_id, form, "lapse", lambda desk, n: actions.lapse(desk, here.person, case_id, expected=n)
    )


@router.post("/decision")
def decide(here: SignedIn, case_id: str, form: Form) -> Response:
    """Decide."""

    def act(desk: Desk, expected: int) -> None:
        norms = {name.removeprefix("norm:"): text(form, name) for name in form if name.startswith("norm:")}
        actions.decide(
            desk,
            here.person,
            case_id,
            expected=expected,
            option=text(form, "option"),
            reason=text(form, "reason"),
            norms=norms,
        )

    return _act(here, case_id, form, "decision", act, right="read")


@router.post("/signature")
def sign(here: SignedIn, case_id: str, form: Form) -> Response:
    """Sign, or send back."""

    def act(desk: Desk, expected: int) -> None:
        if text(form, "agreed") not in ("yes", "no"):
            raise Refused("no_option")
        actions.sign(
            desk,
            here.person,
            case_id,
            expected=expected,
            agreed=text(form, "agreed") == "yes",
            reason=text(form, "reason"),
        )

    return _act(here, case_id, form, "signature", act, right="read")


@router.post("/letter")
def send(here: SignedIn, case_id: str, form: Form) -> Response:
    """The letter was sent."""
    return _act(
        here,
        case_id,
        form,
        "letter",
        lambda desk, n: actions.send(desk, here.person, case_id, expected=n, text=text(form, "letter")),
    )


@router.post("/hand-over")
def hand_over(here: SignedIn, case_id: str, form: Form) -> Response:
    """Take the case, or give it to someone else."""

    def act(desk: Desk, expected: int) -> None:
        kind, _, who = text(form, "to").partition(":")
        if kind == "person" and not _colleague(desk, who):
            raise Refused("no_colleague")
        actions.hand_over(
            desk,
            here.person,
            case_id,
            expected=expected,
            reason=text(form, "reason"),
            to=who if kind == "person" else "",
            role=who if kind == "role" else "",
        )

    return _act(here, case_id, form, "hand-over", act, right="hand_over")


def _colleague(desk: Desk, identity: str) -> bool:
    person = people.find(desk.engine, identity)
    return person is not None and person.may("hand_over")


@router.post("/override")
def ask_override(here: SignedIn, case_id: str, form: Form) -> Response:
    """Ask to set a table's outcome aside."""

    def act(desk: Desk, expected: int) -> None:
        table = text(form, "table")
        workflow = desk.workflows[see(desk, here.person, case_id).workflow]
        if table not in workflow.tables:
            raise Refused("no_table")
        outputs: dict[str, Any] = {}
        for column in workflow.tables[table].outputs:
            chosen = [value for value in texts(form, f"output:{column.name}") if value]
            several = workflow.tables[table].hit_policy in LISTS
            outputs[column.name] = chosen if several else "".join(chosen[:1])
        actions.ask_override(
            desk,
            here.person,
            case_id,
            expected=expected,
            table=table,
            outputs=outputs,
            reason=text(form, "reason"),
        )

    return _act(here, case_id, form, "override", act)


@router.post("/override/settle")
def settle_override(here: SignedIn, case_id: str, form: Form) -> Response:
    """Settle what a colleague asked for."""

    def act(desk: Desk, expected: int) -> None:
        if text(form, "agreed") not in ("yes", "no"):
            raise Refused("no_option")
        actions.settle_override(
            desk,
            here.person,
            case_id,
            expected=expected,
            agreed=text(form, "agreed") == "yes",
            reason=text(form, "reason"),
        )

    return _act(here, case_id, form, "settle", act, right="settle")


@router.post("/bsn")
def show_bsn(here: SignedIn, case_id: str, form: Form) -> Response:
    """Show the case once with its BSNs, for a reason that is noted."""
    check_token(here, form)
    try:
        case = actions.show_bsn(here.desk, here.person, case_id, what="case", reason=text(form, "reason"))
    except (Forbidden, NotFound):
        raise
    except Refused as refused:
        return _show(here, case_id, status=400, typed=form, form="bsn", problem=refused.worded(here.language))
    return _show(here, case_id, revealed=case)
