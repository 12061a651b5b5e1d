"""Sign-ins end when they are revoked, idle or old, and guessing a password is slowed down."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.workflows.desk.office import PASSWORD, person
from workflows.desk import people, sessions
from workflows.desk.database import moment, open_store
from workflows.desk.desk import Desk
from workflows.desk.messages import Refused
from workflows.desk.tables import sessions as table


def _age(desk: Desk, **columns: timedelta) -> None:
    with desk.engine.begin() as connection:
        values = {name: moment(datetime.now(UTC) - age) for name, age in columns.items()}
        connection.execute(update(table).values(values))


def test_a_sign_in_is_found_by_its_token_alone_and_the_token_is_not_kept(desk: Desk) -> None:
    token = sessions.begin(desk.engine, person(desk, "anna"))
    found = sessions.find(desk.engine, token, desk.settings)
    assert found is not None
    assert found.person.id == "anna"
    assert sessions.find(desk.engine, token[:-1], desk.settings) is None
    with desk.engine.connect() as connection:
        assert token not in str(connection.execute(table.select()).all())


@pytest.mark.parametrize("ages", [{"seen": timedelta(minutes=31)}, {"created": timedelta(hours=11)}])
def test_an_idle_or_old_sign_in_ends(light: Desk, ages: dict[str, timedelta]) -> None:
    token = sessions.begin(light.engine, person(light, "anna"))
    _age(light, **ages)
    assert sessions.find(light.engine, token, light.settings) is None


def test_a_sign_in_in_use_stays(light: Desk) -> None:
    token = sessions.begin(light.engine, person(light, "anna"))
    _age(light, seen=timedelta(minutes=29))
    assert sessions.find(light.engine, token, light.settings) is not None
    _age(light, created=timedelta(hours=9))
    assert sessions.find(light.engine, token, light.settings) is not None


def test_all_sign_ins_of_a_person_end_at_once(desk: Desk) -> None:
    tokens = [sessions.begin(desk.engine, person(desk, "anna")) for _ in range(2)]
    sessions.end_all(desk.engine, "anna", by="eva")
    assert [sessions.find(desk.engine, token, desk.settings) for token in tokens] == [None, None]


def test_who_is_switched_off_is_out_at_once(desk: Desk) -> None:
    token = sessions.begin(desk.engine, person(desk, "anna"))
    people.change(desk.engine, "anna", roles=["behandelaar"], workflows=["*"], active=False, by="eva")
    assert sessions.find(desk.engine, token, desk.settings) is None


def test_guessing_is_stopped_per_name_and_the_right_password_no_longer_helps(desk: Desk) -> None:
    for guess in range(desk.settings.sign_in_attempts):
        assert sessions.check_password(
            desk.engine, "anna", f"gok {guess}", address=f"10.0.0.{guess}", settings=desk.settings
        ) is None
    with pytest.raises(sessions.TooMany):
        sessions.check_password(desk.engine, "anna", PASSWORD, address="10.0.1.1", settings=desk.settings)
    found = sessions.check_password(desk.engine, "bert", PASSWORD, address="10.0.1.1", settings=desk.settings)
    assert found is not None


def test_guessing_many_names_is_stopped_per_address(light: Desk) -> None:
    for guess in range(light.settings.sign_in_attempts):
        sessions.check_password(light.engine, f"naam{guess}", "gok", address="10.0.0.1", settings=light.settings)
    with pytest.raises(sessions.TooMany):
        sessions.check_password(light.engine, "anna", PASSWORD, address="10.0.0.1", settings=light.settings)


def test_the_first_account_of_an_empty_desk_is_made_once(where: str) -> None:
    with open_store(where) as store:
        made = people.first_account(store.engine)
        assert made is not None
        assert people.verify(store.engine, *made) is not None
        assert people.first_account(store.engine) is None


def test_a_new_account_has_to_change_its_password(light: Desk) -> None:
    password = people.create(light.engine, "hans", display="Hans", roles=["behandelaar"], by="eva")
    made = people.verify(light.engine, "hans", password)
    assert made is not None
    assert made.must_change
    people.set_password(light.engine, "hans", "vier zeer losse woorden")
    changed = people.verify(light.engine, "hans", "vier zeer losse woorden")
    assert changed is not None
    assert not changed.must_change


@pytest.mark.parametrize("password", ["kort", "hier staat anna in"])
def test_a_weak_password_is_refused(light: Desk, password: str) -> None:
    with pytest.raises(Refused):
        people.set_password(light.engine, "anna", password)
