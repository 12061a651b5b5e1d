"""Schemathesis against the OpenAPI document, on either database: whatever is sent, no answer is a 5xx.

Every request goes out as it was made up, and once more to a case that exists with the number of events it has, so
that it comes past the first two checks.
"""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from tests.postgres import new_database
from tests.workflows.desk.office import person as of_the_office
from tests.workflows.desk.office import populate, take_in
from workflows.desk import sessions
from workflows.desk.opening import open_desk
from workflows.desk.settings import Settings
from workflows.desk.web.app import create_app

EXAMPLES = 15


class Target:
    """The application, with a token of someone who may do most things and a case to do them to."""

    def __init__(self, where: str) -> None:
        self._opened = open_desk(Settings(database=where, workers=0, requests_per_minute=1_000_000))
        self.desk = self._opened.__enter__()
        populate(self.desk)
        self.app = create_app(self.desk.settings, desk=self.desk)
        self.number = take_in(self.desk)

    def headers(self, name: str) -> dict[str, str]:
        """Sign in; done anew for each request, because some of them sign out."""
        return {"authorization": f"Bearer {sessions.begin(self.desk.engine, of_the_office(self.desk, name))}"}

    def events(self) -> int:
        """How many events the case has now."""
        return sum(1 for _ in self.desk.store.records(self.number))

    def close(self) -> None:
        """Close the desk."""
        self._opened.__exit__(None, None, None)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    where = new_database() if request.param == "postgresql" else str(tmp_path_factory.mktemp("openapi") / "desk.db")
    found = Target(where)
    yield found
    found.close()


def test_no_request_makes_the_desk_fail(target: Target) -> None:
    api = schemathesis.openapi.from_asgi("/api/v1/openapi.json", target.app)
    operations = [found.ok() for found in api.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def check(case: schemathesis.Case) -> None:
            assert case.call(headers=target.headers("frits")).status_code < 500
            if "case_id" in (case.path_parameters or {}):
                case.path_parameters["case_id"] = target.number
                if isinstance(case.body, dict) and "expected" in case.body:
                    case.body["expected"] = target.events()
                assert case.call(headers=target.headers("frits")).status_code < 500
                assert case.call(headers=target.headers("carla")).status_code < 500

        check()
