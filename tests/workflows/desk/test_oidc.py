"""Signing in through an identity provider: code flow with PKCE, roles from claims; what is forged opens nothing."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from joserfc.jwk import RSAKey

from tests.workflows.desk.provider import Provider, serve
from tests.workflows.desk.site import Browser, Site, open_site
from workflows.desk import people
from workflows.desk.desk import Desk


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider where Sanne is a caseworker."""
    claims = {"sub": "42", "name": "Sanne", "roles": ["zaakbehandelaar", "iets anders"]}
    with serve(Provider(claims=claims)) as running:
        yield running


@pytest.fixture
def site(light: Desk, provider: Provider) -> Iterator[Site]:
    """A site that trusts it."""
    settings = light.settings.model_copy(
        update={
            "oidc_issuer": provider.issuer,
            "oidc_client_id": "desk",
            "oidc_roles": {"zaakbehandelaar": "behandelaar"},
        }
    )
    with open_site(replace(light, settings=settings)) as opened:
        yield opened


def _sign_in(browser: Browser, onward: str = "/intake") -> Any:
    away = browser.get(f"/sign-in/oidc?onward={onward}")
    assert away.status_code == 303
    back = httpx2.get(away.headers["location"]).headers["location"]
    return browser.get(back.removeprefix("http://testserver"))


def test_a_person_comes_in_with_the_roles_of_the_claims(site: Site, provider: Provider) -> None:
    browser = site.browser()
    answer = _sign_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/intake")
    assert "Sanne" in browser.get("/intake").text
    found = people.find(site.desk.engine, f"{provider.issuer}|42")
    assert found is not None
    assert (found.roles, found.local) == (("behandelaar",), False)


def test_roles_are_taken_over_afresh_and_a_name_makes_nobody_else(site: Site, provider: Provider) -> None:
    _sign_in(site.browser())
    provider.claims |= {"name": "Anna", "roles": ["auditor"]}
    browser = site.browser()
    _sign_in(browser)
    assert browser.get("/intake").status_code == 403
    anna = people.find(site.desk.engine, "anna")
    assert anna is not None
    assert anna.roles == ("behandelaar",)


def test_who_has_no_role_or_was_switched_off_stays_out(site: Site, provider: Provider) -> None:
    provider.claims["roles"] = "iets anders"
    assert _sign_in(site.browser()).status_code == 403
    provider.claims["roles"] = ["behandelaar"]
    assert _sign_in(site.browser()).status_code == 303
    identity = f"{provider.issuer}|42"
    people.change(site.desk.engine, identity, roles=["behandelaar"], workflows=["*"], active=False, by="eva")
    assert _sign_in(site.browser()).status_code == 403


@pytest.mark.parametrize(
    "forged",
    [{"aud": "een ander"}, {"iss": "https://elders.nl"}, {"nonce": "oud"}, {"exp": 1_000_000_000}, {"sub": None}],
)
def test_a_forged_token_opens_nothing(site: Site, provider: Provider, forged: dict[str, Any]) -> None:
    provider.forge = forged
    browser = site.browser()
    assert _sign_in(browser).status_code == 400
    assert browser.get("/intake").status_code == 303


def test_a_token_signed_by_another_opens_nothing(site: Site, provider: Provider) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "een"})
    assert _sign_in(site.browser()).status_code == 400


def test_a_code_serves_the_browser_that_asked_and_once(site: Site) -> None:
    asked, other = site.browser(), site.browser()
    away = asked.get("/sign-in/oidc").headers["location"]
    back = httpx2.get(away).headers["location"].removeprefix("http://testserver")
    assert other.get(back).status_code == 403
    assert asked.get(back).status_code == 403  # it was used up by the other's try
    assert asked.get("/sign-in/oidc/callback?state=x&code=y").status_code == 403


def test_a_provider_that_is_away_is_told(light: Desk) -> None:
    settings = light.settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "desk"})
    with open_site(replace(light, settings=settings)) as site:
        answer = site.browser().get("/sign-in/oidc")
        assert answer.status_code == 400
        assert "niet bereikbaar" in answer.text
