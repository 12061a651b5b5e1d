"""The work list is found by deadline, doubt, person, workflow and word, a page at a time, through an index."""

from datetime import date

import pytest
from sqlalchemy import text

from tests.workflows.desk import office
from tests.workflows.desk.office import person, see, sent, take_in, work
from workflows.desk import actions, arrivals, tallies, worklist
from workflows.desk.desk import Desk
from workflows.desk.tables import cases
from workflows.desk.worklist import PER_PAGE, Wanted, find


def _ids(desk: Desk, wanted: Wanted, name: str = "anna") -> list[str]:
    return [line.id for line in find(desk.engine, wanted, person=person(desk, name)).lines]


def test_cases_stand_by_target_date_and_are_paged_without_a_gap(desk: Desk) -> None:
    anna = person(desk, "anna")
    made = [
        arrivals.take_in(desk, anna, workflow="woo_verzoek", sent=sent("Een verzoek."), received=date(2026, 3, day))
        for day in [1 + n % 9 for n in range(PER_PAGE + 3)]
    ]
    first = find(desk.engine, Wanted(), person=anna)
    second = find(desk.engine, Wanted(after=first.after), person=anna)
    assert len(first.lines) == PER_PAGE
    assert second.after == ""
    targets = [line.target for line in (*first.lines, *second.lines)]
    assert targets == sorted(targets)
    assert {line.id for line in (*first.lines, *second.lines)} == set(made)


def test_the_least_sure_readings_come_first_by_doubt(desk: Desk) -> None:
    for _ in range(3):
        take_in(desk)
    work(desk)
    lines = find(desk.engine, Wanted(order="doubt"), person=person(desk, "anna")).lines
    assert [line.doubt for line in lines] == sorted((line.doubt for line in lines), reverse=True)
    assert lines[0].doubt > 0


def test_mine_are_those_i_took_and_the_teams_are_all_i_may_see(desk: Desk) -> None:
    mine, theirs = take_in(desk), take_in(desk)
    take_in(desk, workflow="woo_verzoek", text="Een verzoek.")
    expected = len(see(desk, mine).events)
    actions.hand_over(desk, person(desk, "anna"), mine, expected=expected, reason="Ik pak dit op.")
    assert _ids(desk, Wanted(holder="anna")) == [mine]
    assert set(_ids(desk, Wanted(workflow=office.WORKFLOW))) == {mine, theirs}
    assert len(_ids(desk, Wanted(), "gerda")) == 1


def test_a_case_is_found_by_the_beginning_of_a_word_once_it_is_confirmed(light: Desk) -> None:
    number = take_in(light)
    assert _ids(light, Wanted(words="graaf")) == []
    office.confirm(light, number)
    for words in ("graaf", "GRA", "lindel 12", "1501kl", number.lower(), "aanvraag"):
        assert _ids(light, Wanted(words=words)) == [number], words
    assert _ids(light, Wanted(words="graaf kerkstraat")) == []
    assert _ids(light, Wanted(words="% _ ' \U0010ffff")) == []


def test_a_name_that_was_corrected_no_longer_finds_the_case(light: Desk) -> None:
    number = take_in(light)
    office.confirm(light, number)
    line = find(light.engine, Wanted(), person=person(light, "anna")).lines[0]
    assert line.title == "M. de Graaf, een boom vellen"
    assert number == line.id


def test_a_page_reads_through_an_index_whatever_the_number_of_cases(desk: Desk) -> None:
    with desk.engine.connect() as connection:
        if desk.engine.dialect.name == "sqlite":
            for order in ("target, id", "doubt DESC, id DESC"):
                query = f"SELECT * FROM desk_cases WHERE closed = 0 ORDER BY {order} LIMIT 51"
                plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
                assert "USING INDEX" in plan
                assert "TEMP B-TREE" not in plan
        else:
            for other in ("seqscan", "bitmapscan", "sort"):
                connection.execute(text(f"SET LOCAL enable_{other} = off"))
            query = "SELECT * FROM desk_cases WHERE closed = false ORDER BY target, id LIMIT 51"
            plan = str(connection.execute(text(f"EXPLAIN {query}")).all())
            assert "Index Scan using desk_cases_target" in plan
            assert "Sort" not in plan


def test_the_list_can_be_made_again_from_the_trace(light: Desk) -> None:
    number = take_in(light)
    office.confirm(light, number)
    with light.engine.begin() as connection:
        before = connection.execute(cases.select()).all()
        case = see(light, number)
        worklist.write(connection, light.workflows[case.workflow], case, light.state(case))
        assert connection.execute(cases.select()).all() == before


def test_tallies_count_the_work_and_no_one(desk: Desk) -> None:
    number = take_in(desk)
    office.to_decision(desk, number)
    office.decide(desk, number)
    found = tallies.totals(desk.engine, since=office.RECEIVED, workflows=[office.WORKFLOW])
    assert found["opened", ""] == found["in_time", ""] == found["decided", "verlenen"] == 1
    per_day = tallies.by_day(desk.engine, "opened", since=office.RECEIVED, workflows=[office.WORKFLOW])
    assert per_day == {"2026-03-11": 1}
    assert not {"anna", "Anna"} & {about for _, about in found}


@pytest.mark.parametrize("after", ["~", "x", "niets~Z", "1e999~Z-1", "nan~Z"])
def test_a_made_up_place_in_the_list_does_no_harm(light: Desk, after: str) -> None:
    take_in(light)
    for order in ("target", "doubt"):
        find(light.engine, Wanted(after=after, order=order), person=person(light, "anna"))  # type: ignore[arg-type]
