"""The desk's web site as a browser without script sees it: one client per person, forms sent with what they hold."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fastapi.testclient import TestClient

from tests.workflows.desk.office import person
from workflows.desk import sessions
from workflows.desk.desk import Desk
from workflows.desk.web.app import create_app


class Browser:
    """Someone's browser. `name` is None for who is not signed in."""

    def __init__(self, site: "Site", name: str | None) -> None:
        self.client = TestClient(site.app, follow_redirects=False, raise_server_exceptions=False)
        self.csrf = ""
        if name is not None:
            token = sessions.begin(site.desk.engine, person(site.desk, name))
            self.client.cookies.set("desk", token)
            found = sessions.find(site.desk.engine, token, site.desk.settings)
            assert found is not None
            self.csrf = found.csrf

    def get(self, path: str, **more: Any) -> Any:
        """Open a page."""
        return self.client.get(path, **more)

    def post(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> Any:
        """Send a form with the token of the sign-in."""
        return self.client.post(path, data={"csrf": self.csrf, **(form or {})}, **more)

    def expected(self, number: str) -> str:
        """The count of events that the forms of a case page carry."""
        found = re.search(r'name="expected" value="(\d+)"', self.get(f"/cases/{number}").text)
        assert found is not None
        return found[1]


class Site:
    """The application around an open desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.app = create_app(desk.settings, desk=desk)

    def browser(self, name: str | None = None) -> Browser:
        """A new browser, signed in where a name is given."""
        return Browser(self, name)

    def bearer(self, name: str) -> TestClient:
        """A program that is signed in by a bearer token."""
        client = TestClient(self.app, raise_server_exceptions=False)
        token = sessions.begin(self.desk.engine, person(self.desk, name))
        client.headers["authorization"] = f"Bearer {token}"
        return client


@contextmanager
def open_site(desk: Desk) -> Iterator[Site]:
    """Start the application on a desk, without workers of its own."""
    site = Site(desk)
    site.app.state.desk = desk
    yield site
