"""A case goes from intake to letter through people; the server holds them to role, turn and four eyes."""

from datetime import UTC, date, datetime

import pytest

from scaffolds.store import Conflict, replay
from tests.workflows.desk import office
from tests.workflows.desk.office import Clock, person, see, sent, take_in, to_decision, work
from workflows.desk import actions, arrivals, people, writing
from workflows.desk.confirming import Said
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.view.case import view
from workflows.desk.writing import Forbidden, NotFound


def test_a_case_goes_from_intake_to_letter_with_four_eyes(desk: Desk) -> None:
    number = take_in(desk)
    assert desk.state(see(desk, number)).phase == "read"
    to_decision(desk, number)
    office.decide(desk, number)
    bert = person(desk, "bert")
    actions.sign(desk, bert, number, expected=len(see(desk, number).events), agreed=True)
    assert work(desk) == 1
    case = see(desk, number)
    drafted = view(desk, case).draft_body
    actions.send(desk, person(desk, "anna"), number, expected=len(case.events), text=drafted + "\n\nTot slot.")
    closed = see(desk, number)
    assert desk.state(closed).phase == "closed"
    assert closed.of("letter_sent")[0].payload["edited"]
    assert [event.actor for event in closed.of("signed")] == ["person:bert"]
    assert replay(desk.workflows[closed.workflow], closed).difference is None
    assert desk.store.verify().sound


def test_an_original_is_kept_as_it_came(desk: Desk) -> None:
    number = take_in(desk)
    [document] = see(desk, number).documents
    assert desk.store.original(number, document.original) == sent().originals[document.original]


def test_who_decided_does_not_sign_whatever_roles_they_have(light: Desk) -> None:
    number = take_in(light, "frits")
    to_decision(light, number, "frits")
    office.decide(light, number, "frits")
    with pytest.raises(Forbidden, match="Another person"):
        actions.sign(light, person(light, "frits"), number, expected=len(see(light, number).events), agreed=True)


def test_a_decision_that_is_sent_back_is_taken_again(light: Desk) -> None:
    number = take_in(light)
    to_decision(light, number)
    office.decide(light, number)
    bert, count = person(light, "bert"), len(see(light, number).events)
    with pytest.raises(Refused, match="reason"):
        actions.sign(light, bert, number, expected=count, agreed=False)
    actions.sign(light, bert, number, expected=count, agreed=False, reason="De reden is te kort.")
    assert light.state(see(light, number)).phase == "decide"


def test_a_decision_needs_every_open_norm(light: Desk) -> None:
    number = take_in(light)
    expected = len(to_decision(light, number).events)
    with pytest.raises(Refused, match="open norm"):
        actions.decide(
            light, person(light, "anna"), number, expected=expected, option="verlenen", reason="Zo.", norms={}
        )


@pytest.mark.parametrize("name", ["bert", "dirk"])
def test_only_the_role_of_the_step_decides(light: Desk, name: str) -> None:
    number = take_in(light)
    to_decision(light, number)
    with pytest.raises(Forbidden):
        office.decide(light, number, name)


def test_missing_facts_are_asked_for_and_the_term_stands_still(desk: Desk, clock: Clock) -> None:
    number = take_in(desk)
    work(desk)
    office.confirm(desk, number)
    work(desk)
    office.confirm(desk, number, stamomtrek=Said(choice="not_stated"))
    shown = view(desk, see(desk, number))
    assert (shown.state.phase, shown.missing) == ("ask", ("stamomtrek",))
    before = shown.term
    actions.ask(desk, person(desk, "anna"), number, expected=shown.expected)
    asked = view(desk, see(desk, number))
    assert asked.suspended
    assert before is not None
    with pytest.raises(Refused, match="until 2026-04-08"):
        actions.lapse(desk, person(desk, "anna"), number, expected=asked.expected)
    clock.now = datetime(2026, 3, 20, 9, tzinfo=UTC)
    more = sent("De stam heeft een omtrek van 145 cm.", "aanvulling.txt")
    actions.complete(
        desk, person(desk, "anna"), number, expected=asked.expected, sent=more, on=date(2026, 3, 20)
    )
    assert desk.state(see(desk, number)).phase == "read"
    to_decision(desk, number)
    after = view(desk, see(desk, number)).term
    assert after is not None
    assert (after.raw_end - before.raw_end).days == 8  # 12 to 19 March, the day of completion not counted


def test_what_stays_out_is_found_to_have_lapsed_by_a_person(light: Desk, clock: Clock) -> None:
    number = take_in(light)
    office.confirm(light, number)
    office.confirm(light, number, stamomtrek=Said(choice="not_stated"))
    actions.ask(light, person(light, "anna"), number, expected=len(see(light, number).events))
    clock.now = datetime(2026, 4, 9, 9, tzinfo=UTC)
    actions.lapse(light, person(light, "anna"), number, expected=len(see(light, number).events))
    assert light.state(see(light, number)).phase == "decide"


def test_every_fact_is_answered_by_itself(desk: Desk) -> None:
    number = take_in(desk)
    work(desk)
    with pytest.raises(actions.Unsettled) as refused:
        office.confirm(desk, number, kosten=Said(), begindatum=Said(choice="value", values=("ooit",)))
    assert refused.value.problems == {"kosten": "missing", "begindatum": "misfit"}


def test_why_a_person_came_to_something_else_is_recorded_and_only_where_they_did(desk: Desk) -> None:
    number = take_in(desk)
    work(desk)
    proposed = desk.state(see(desk, number)).proposed
    read = [path for path, fact in proposed.items() if not fact.handed_over]
    wrong = next(path for path in read if proposed[path].state == "stated")
    right = next(path for path in read if path != wrong)
    said = {
        wrong: Said(choice="not_stated", reason=" Dat is de buurman. "),
        right: Said(choice="proposal", reason="Het klopt."),
    }
    with pytest.raises(Refused, match="too long"):
        office.confirm(desk, number, **said | {wrong: Said(choice="not_stated", reason="x" * 5_001)})
    [confirmed] = office.confirm(desk, number, **said).of("facts_confirmed")
    assert confirmed.payload["reasons"] == {wrong: "Dat is de buurman."}


def test_words_that_are_not_in_the_documents_are_no_evidence(light: Desk) -> None:
    number = take_in(light)
    with pytest.raises(actions.Unsettled) as refused:
        office.confirm(light, number, kosten=Said(choice="value", values=("10",), quote="tien euro"))
    assert refused.value.problems == {"kosten": "not_found"}


def test_a_correction_points_at_the_place_it_was_read_from(light: Desk) -> None:
    number = take_in(light)
    case = office.confirm(light, number)
    fact = light.state(case).known["kosten"]
    [place] = fact.evidence
    assert (fact.value, place.quotation) == (85_000, "€ 850,00")
    assert case.documents[0].text[place.start : place.end] == "€ 850,00"


def test_a_stale_action_is_refused_and_nothing_is_written(desk: Desk) -> None:
    number = take_in(desk)
    work(desk)
    seen = len(see(desk, number).events)
    actions.hand_over(desk, person(desk, "frits"), number, expected=seen, reason="Ik neem dit over.")
    with pytest.raises(Conflict):
        actions.hand_over(desk, person(desk, "anna"), number, expected=seen, reason="Ik ook.")
    assert len(see(desk, number).events) == seen + 1


def test_a_table_is_set_aside_only_by_a_person_with_authority(light: Desk) -> None:
    number = take_in(light)
    office.confirm(light, number)
    office.confirm(light, number, stamomtrek=Said(choice="not_stated"))
    anna, carla = person(light, "anna"), person(light, "carla")
    table = "omgevingsvergunning/volledigheid"
    asked = actions.ask_override(
        light, anna, number, expected=len(see(light, number).events), table=table, outputs={"vraag": []},
        reason="De omtrek staat op de foto.",
    )
    assert view(light, asked).role == "teamleider"
    with pytest.raises(Refused, match="team lead"):
        actions.ask(light, anna, number, expected=len(asked.events))
    with pytest.raises(Forbidden):
        actions.settle_override(light, anna, number, expected=len(asked.events), agreed=True, reason="Ja.")
    settled = actions.settle_override(
        light, carla, number, expected=len(asked.events), agreed=True, reason="Eens: 145 cm op de foto."
    )
    shown = view(light, settled)
    assert shown.state.phase == "decide"
    assert [rule.table.id for rule in shown.rules if rule.set_aside] == [table]
    assert [rule.table.id for rule in shown.rules][1:] == ["omgevingsvergunning/boom", "omgevingsvergunning/leges"]


def test_an_override_that_is_refused_leaves_the_table_standing(light: Desk) -> None:
    number = take_in(light)
    case = to_decision(light, number)
    asked = actions.ask_override(
        light, person(light, "anna"), number, expected=len(case.events), table="omgevingsvergunning/boom",
        outputs={"uitkomst": "vergunningvrij"}, reason="De boom staat er al niet meer.",
    )
    stands = actions.settle_override(
        light, person(light, "carla"), number, expected=len(asked.events), agreed=False, reason="Dat blijkt niet."
    )
    assert light.state(stands).outputs["omgevingsvergunning/boom.uitkomst"] == "vergunningplichtig"
    assert light.state(stands).override is None


def test_an_outcome_that_the_table_does_not_know_cannot_be_asked_for(light: Desk) -> None:
    number = take_in(light)
    case = to_decision(light, number)
    with pytest.raises(Refused, match="no outcome"):
        actions.ask_override(
            light, person(light, "anna"), number, expected=len(case.events), table="omgevingsvergunning/boom",
            outputs={"uitkomst": "gratis"}, reason="Zo.",
        )


def test_cases_of_another_team_do_not_exist_for_a_person(light: Desk) -> None:
    number = take_in(light)
    with pytest.raises(NotFound):
        see(light, number, "gerda")
    with pytest.raises(NotFound):
        actions.hand_over(light, person(light, "gerda"), number, expected=3, reason="Ik.")
    with pytest.raises(Forbidden):
        take_in(light, "gerda")


def test_an_administrator_sees_no_case_and_an_auditor_changes_none(light: Desk) -> None:
    number = take_in(light)
    with pytest.raises(Forbidden):
        see(light, number, "eva")
    assert see(light, number, "dirk").id == number
    expected = len(see(light, number).events)
    with pytest.raises(Forbidden):
        office.confirm(light, number, "dirk")
    with pytest.raises(Forbidden):
        actions.hand_over(light, person(light, "dirk"), number, expected=expected, reason="Ik.")


def test_who_is_switched_off_does_nothing(light: Desk) -> None:
    number = take_in(light)
    people.change(light.engine, "anna", roles=["behandelaar"], workflows=["*"], active=False, by="eva")
    with pytest.raises(Forbidden):
        writing.see(light, person(light, "anna"), number)


def test_an_application_from_the_future_is_refused(light: Desk) -> None:
    with pytest.raises(Refused, match="future"):
        arrivals.take_in(
            light, person(light, "anna"), workflow=office.WORKFLOW, sent=sent(), received=date(2026, 3, 12)
        )
