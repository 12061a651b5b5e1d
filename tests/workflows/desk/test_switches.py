"""A switch takes effect at once, on readings that are there already too; nobody sees what they should not."""

from dataclasses import replace

import pytest

from tests.workflows.desk import office
from tests.workflows.desk.office import WORKFLOW, model, person, see, take_in, work
from tests.workflows.desk.site import open_site
from workflows.desk import actions, queue, switches, tallies, worker
from workflows.desk.confirming import Said
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.view.case import view


def _set(desk: Desk, kind: str, mode: str) -> None:
    name = WORKFLOW if kind == "workflow" else model().bundle.name
    switches.set_mode(desk.engine, kind, name, mode, known=desk.every_switch(), reason="Proef.", by="carla")


@pytest.mark.parametrize("kind", ["workflow", "bundle"])
@pytest.mark.parametrize("mode", ["off", "shadow"])
def test_a_switch_hides_a_reading_that_is_there_already(desk: Desk, kind: str, mode: str) -> None:
    number = take_in(desk)
    work(desk)
    shown = view(desk, see(desk, number))
    assert shown.suggestion == "shown"
    said = {line.path: Said(choice="proposal" if line.usable else "not_stated") for line in shown.reading}
    _set(desk, kind, mode)
    hidden = view(desk, see(desk, number))
    assert hidden.suggestion == mode
    assert all(line.fact.state == "unsure" and not line.places for line in hidden.reading)
    assert not any(piece.numbers for marked in hidden.documents for piece in marked.pieces)
    with pytest.raises(actions.Unsettled) as refused:
        actions.confirm(desk, person(desk, "anna"), number, expected=shown.expected, said=said)
    assert set(refused.value.problems.values()) == {"hidden"}


def test_a_model_that_is_off_is_asked_nothing_even_for_work_that_waits(desk: Desk) -> None:
    waiting = take_in(desk)
    _set(desk, "bundle", "off")
    assert work(desk) == 1
    later = take_in(desk)
    assert work(desk) == 0
    for number in (waiting, later):
        assert [event.actor for event in see(desk, number).of("facts_proposed")] == ["desk"]


def test_a_shadowed_model_reads_and_is_compared_and_never_writes_into_a_letter(desk: Desk) -> None:
    _set(desk, "workflow", "shadow")
    number = take_in(desk)
    office.to_decision(desk, number)
    case = see(desk, number)
    assert all(event.actor.startswith("model:") for event in case.of("facts_proposed"))
    assert {event.payload["suggestion"] for event in case.of("facts_confirmed")} == {"shadow"}
    found = tallies.totals(desk.engine, since=office.RECEIVED, workflows=[WORKFLOW])
    assert any(what in ("shadow_same", "shadow_other") for what, _ in found)
    office.decide(desk, number)
    actions.sign(desk, person(desk, "bert"), number, expected=len(see(desk, number).events), agreed=True)
    assert see(desk, number).of("facts_proposed")[-1].payload["why"] == "shadow"


def test_the_lot_leaves_out_a_share_and_always_draws_the_same_for_a_reading(desk: Desk) -> None:
    blind = replace(desk, settings=desk.settings.model_copy(update={"blind_share": 1.0}))
    number = take_in(blind)
    work(blind)
    assert view(blind, see(blind, number)).suggestion == "withheld"
    half = replace(desk, settings=desk.settings.model_copy(update={"blind_share": 0.5}))
    drawn = view(half, see(half, number)).suggestion
    actions.hand_over(half, person(half, "anna"), number, expected=4, reason="Ik pak dit op.")
    assert view(half, see(half, number)).suggestion == drawn


def test_half_of_many_readings_are_drawn(light: Desk) -> None:
    half = replace(
        light, settings=light.settings.model_copy(update={"blind_share": 0.5}), models={WORKFLOW: model()}
    )
    number = take_in(half)
    job = queue.claim(half.engine, worker="een", lease=60)
    assert job is not None
    worker.do(half, job, lock=office.LOCKS)
    case = see(half, number)
    drawn = [half.suggestion(replace(case, id=f"Z-{n}"), half.state(case)) for n in range(400)]
    assert 150 < drawn.count("withheld") < 250


def test_a_switch_is_set_with_a_reason_and_is_logged(light: Desk) -> None:
    known = light.every_switch()
    with pytest.raises(Refused):
        switches.set_mode(light.engine, "workflow", WORKFLOW, "off", known=known, reason=" ", by="carla")
    with pytest.raises(Refused, match="on, shadow, off"):
        switches.set_mode(light.engine, "workflow", WORKFLOW, "soms", known=known, reason="Zo.", by="carla")
    _set(light, "workflow", "off")
    _set(light, "workflow", "on")
    assert switches.every(light.engine) == {("workflow", WORKFLOW): "on"}


@pytest.mark.parametrize(
    ("kind", "name"), [("workflow", "omgevingsvergunnning"), ("bundle", "geen"), ("model", WORKFLOW)]
)
def test_a_switch_that_does_not_exist_is_refused_with_those_that_do(desk: Desk, kind: str, name: str) -> None:
    with pytest.raises(Refused) as refused:
        switches.set_mode(desk.engine, kind, name, "off", known=desk.every_switch(), reason="Proef.", by="carla")
    told = refused.value.worded("nl")
    assert all(f"{kind} {name}" in told for kind, name in desk.every_switch())
    assert ("bundle", model().bundle.name) in desk.every_switch()
    assert switches.every(desk.engine) == {}


def test_the_switch_of_a_bundle_that_is_gone_can_still_be_set(desk: Desk) -> None:
    _set(desk, "bundle", "off")
    without = replace(desk, models={})
    assert without.every_switch()["bundle", model().bundle.name] == "off"
    _set(without, "bundle", "on")


def test_a_form_with_a_switch_that_does_not_exist_changes_nothing_and_says_so(light: Desk) -> None:
    with open_site(light) as site:
        form = {"kind": "workflow", "name": "kapvergunning", "mode": "off", "reason": "Proef."}
        answer = site.browser("carla").post("/switches", form)
    assert answer.status_code == 400
    assert "De schakelaar workflow kapvergunning bestaat niet." in answer.text
    assert switches.every(light.engine) == {}
