"""Account: sign up and get a personal access token as a browser would; the API offers no way to a first one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from scaffolds.errors import CasewrightError

if TYPE_CHECKING:
    import httpx


def first_token(url: str, *, email: str, password: str) -> str:
    """Log in and make a personal access token.

    Raises CasewrightError when the login is refused, or when the account has a token already.
    """
    with _browser(url) as browser:
        _post(browser, "/user/login/", {"email": email, "password": password, "persist_session": "on"})
        return _token(browser, email)


def sign_up(url: str, *, invitation: str, email: str, password: str) -> str:
    """Make an account through the invitation link, and give its personal access token."""
    with _browser(url) as browser:
        _post(browser, invitation, {"email": email, "password": password, "allow_newsletters": ""})
        return _token(browser, email)


def invitation(url: str, token: str) -> str:
    """The link with which annotators make their accounts."""
    with _browser(url) as browser:
        access = browser.post("/api/token/refresh/", json={"refresh": token})
        access.raise_for_status()
        answer = browser.get("/api/invite", headers={"Authorization": f"Bearer {access.json()['access']}"})
        answer.raise_for_status()
    return str(urljoin(url, answer.json()["invite_url"]))


def _browser(url: str) -> httpx.Client:
    import httpx

    return httpx.Client(base_url=url, timeout=60, follow_redirects=False)


def _post(browser: httpx.Client, page: str, form: dict[str, str]) -> None:
    """Send a form as its page would: with the token against forgery, and back to where it came from."""
    browser.get(page)
    forgery = browser.cookies.get("csrftoken") or ""
    sent = form | {"csrfmiddlewaretoken": forgery}
    answer = browser.post(page, data=sent, headers={"Referer": str(browser.base_url)})
    # A form that was not accepted comes back with 200; one that was leads on.
    if answer.status_code != 302:
        raise CasewrightError(f"{browser.base_url} did not accept {form['email']} ({answer.status_code}).")


def _token(browser: httpx.Client, email: str) -> str:
    answer = browser.post("/api/token/", headers={"X-CSRFToken": browser.cookies.get("csrftoken") or ""})
    if answer.status_code == 409:
        raise CasewrightError(
            f"{email} has an access token already; put it in the file `token`, or revoke it in Label Studio "
            "(Account & Settings)."
        )
    if answer.status_code != 201:
        raise CasewrightError(f"{browser.base_url} gave no access token ({answer.status_code}).")
    return str(answer.json()["token"])
