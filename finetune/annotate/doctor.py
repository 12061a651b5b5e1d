"""Doctor: how a Label Studio server is set up, as it behaves, and what of that is unsafe for case files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finetune.annotate.environment import VERSION
from scaffolds.errors import CasewrightError

if TYPE_CHECKING:
    import httpx

_ELSEWHERE = "https://elsewhere.invalid"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at: whether it is as it should be, and what was seen or what to do."""

    what: str
    good: bool
    seen: str


def examine(url: str, token: str, *, project: int | None = None) -> Iterator[Finding]:
    """Look at a server's version, tokens, telemetry, sign-up, CORS, and with a project its protection against SSRF.

    Nothing is changed on it. Raises CasewrightError when it cannot be reached or refuses the token.
    """
    import httpx

    try:
        with httpx.Client(base_url=url, timeout=30) as browser:
            refreshed = browser.post("/api/token/refresh/", json={"refresh": token})
            if refreshed.status_code != 200:
                raise CasewrightError(f"{url} refuses the token; it has to be a personal access token.")
            access = {"Authorization": f"Bearer {refreshed.json()['access']}"}
            yield _version(browser)
            yield _tokens(browser, access)
            yield _telemetry(browser)
            yield _sign_up(browser)
            yield _cors(browser)
            if project is not None:
                yield _ssrf(browser, access, project)
    except httpx.HTTPError as error:
        raise CasewrightError(f"{url} cannot be reached ({type(error).__name__}).") from None


def _version(browser: httpx.Client) -> Finding:
    found = browser.get("/api/version").json()["release"]
    return Finding(what="version", good=found == VERSION, seen=f"{found}; Casewright is tested with {VERSION}")


def _tokens(browser: httpx.Client, access: dict[str, str]) -> Finding:
    found = browser.get("/api/jwt/settings", headers=access).json()
    good = bool(found.get("api_tokens_enabled")) and not found.get("legacy_api_tokens_enabled")
    seen = "personal access tokens only" if good else "turn legacy tokens off: they never expire"
    return Finding(what="tokens", good=good, seen=seen)


def _telemetry(browser: httpx.Client) -> Finding:
    page = browser.get("/user/login/").text
    signs = ("googletagmanager", "sentry.io", "collect_analytics = true")
    told = [sign for sign in signs if sign in page.lower()]
    seen = "nothing is sent" if not told else "set COLLECT_ANALYTICS=false and empty SENTRY_DSN, FRONTEND_SENTRY_DSN"
    return Finding(what="telemetry", good=not told, seen=seen)


def _sign_up(browser: httpx.Client) -> Finding:
    browser.get("/user/signup/")
    # No address, so that no account is made where sign-up is open.
    form = {"email": "none", "password": "none", "csrfmiddlewaretoken": browser.cookies.get("csrftoken") or ""}
    answer = browser.post("/user/signup/", data=form, headers={"Referer": str(browser.base_url)})
    good = answer.status_code == 403
    seen = "by invitation only" if good else "set DISABLE_SIGNUP_WITHOUT_LINK=true: anybody can make an account"
    return Finding(what="sign-up", good=good, seen=seen)


def _cors(browser: httpx.Client) -> Finding:
    answer = browser.get("/api/version", headers={"Origin": _ELSEWHERE})
    good = "access-control-allow-origin" not in answer.headers
    return Finding(what="CORS", good=good, seen="closed" if good else "set CORS_ALLOW_ALL_ORIGINS=false")


def _ssrf(browser: httpx.Client, access: dict[str, str], project: int) -> Finding:
    # Port 9 (discard) of the server's own machine: where protection is off, the connection fails and no task comes.
    address = {"url": "http://127.0.0.1:9/nothing.json"}
    answer = browser.post(f"/api/projects/{project}/import", data=address, headers=access)
    good = "reserved network address" in answer.text
    seen = "private addresses are refused" if good else "turn SSRF_PROTECTION_ENABLED on: users reach your network"
    return Finding(what="SSRF", good=good, seen=seen)
