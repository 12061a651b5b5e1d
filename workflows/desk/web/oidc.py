"""Signing in through an identity provider: OpenID Connect, authorization code with PKCE (RFC 7636).

State, nonce and verifier are kept at the server and tied to the browser that began; the id token's signature,
issuer, audience, time and nonce are checked. Roles and workflows come from its claims, afresh at every sign-in.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from scaffolds.errors import CasewrightError
from workflows.desk import people, sessions
from workflows.desk.database import moment
from workflows.desk.messages import Refused
from workflows.desk.roles import ROLES, Role
from workflows.desk.sessions import hashed
from workflows.desk.settings import Settings
from workflows.desk.tables import sign_ins
from workflows.desk.web.context import desk_of
from workflows.desk.web.sign_in import BEFORE, own, signed
from workflows.desk.writing import Forbidden, NotFound

router = APIRouter(prefix="/sign-in/oidc")
WITHIN = timedelta(minutes=10)
_SIGNED_WITH = ["RS256", "PS256", "ES256", "EdDSA"]


@router.get("")
def begin(request: Request, onward: str = "/") -> Response:
    """Send the browser to the identity provider."""
    desk = desk_of(request)
    provider = _provider(desk.settings)
    browser = secrets.token_urlsafe(32)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    with _client(desk.settings, request) as client:
        where, _ = client.create_authorization_url(
            provider["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
        )
    now = datetime.now(UTC)
    with desk.engine.begin() as connection:
        connection.execute(sign_ins.delete().where(sign_ins.c.created < moment(now - WITHIN)))
        connection.execute(
            sign_ins.insert().values(
                state=state, browser=hashed(browser), verifier=verifier, nonce=nonce, onward=own(onward),
                created=moment(now),
            )
        )
    answer = RedirectResponse(where, status_code=303)
    answer.set_cookie(BEFORE, browser, httponly=True, samesite="lax", secure=desk.settings.https, max_age=600)
    return answer


@router.get("/callback")
def callback(request: Request, state: str = "", code: str = "") -> Response:
    """Take the browser back from the identity provider and sign the person in."""
    desk = desk_of(request)
    provider = _provider(desk.settings)
    taken = sign_ins.delete().where(sign_ins.c.state == state).returning(*sign_ins.c)
    with desk.engine.begin() as connection:
        begun = connection.execute(taken).one_or_none()
    browser = hashed(request.cookies.get(BEFORE, ""))
    if begun is None or not hmac.compare_digest(begun.browser, browser) or not code:
        raise Forbidden("form")
    if begun.created < moment(datetime.now(UTC) - WITHIN):
        raise Refused("sign_in_failed")
    try:
        with _client(desk.settings, request) as client:
            token = client.fetch_token(
                provider["token_endpoint"], code=code, code_verifier=begun.verifier, grant_type="authorization_code"
            )
        claims = _claims(desk.settings, provider, str(token["id_token"]), nonce=begun.nonce)
    except CasewrightError:
        raise
    except Exception as error:
        # Authlib, its HTTP client and joserfc each have their own errors; none of them is a sign-in.
        raise Refused("sign_in_failed") from error
    person = _person(desk.settings, claims)
    found = people.vouched(desk.engine, **person)
    if not found.active or not found.roles:
        raise Forbidden("no_roles")
    return signed(request, sessions.begin(desk.engine, found), onward=begun.onward)


def _client(settings: Settings, request: Request) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client

    return OAuth2Client(
        settings.oidc_client_id,
        settings.oidc_client_secret or None,
        scope="openid profile",
        redirect_uri=str(request.url_for("callback")),
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if settings.oidc_client_secret else "none",
        timeout=10,
    )


def _provider(settings: Settings) -> dict[str, Any]:
    if not settings.oidc_issuer:
        raise NotFound("no_provider")
    return _discovered(settings.oidc_issuer.rstrip("/"), datetime.now(UTC).strftime("%Y%m%d%H"))


@lru_cache(maxsize=4)
def _discovered(issuer: str, hour: str) -> dict[str, Any]:
    """What the provider says of itself, asked once an hour, with its keys."""
    import httpx2

    try:
        found = httpx2.get(f"{issuer}/.well-known/openid-configuration", timeout=10).raise_for_status().json()
        keys = httpx2.get(found["jwks_uri"], timeout=10).raise_for_status().json()
    except Exception as error:
        raise Refused("provider_away") from error
    if str(found["issuer"]).rstrip("/") != issuer:
        raise Refused("provider_away")
    return {**found, "keys": keys}


def _claims(settings: Settings, provider: dict[str, Any], id_token: str, *, nonce: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.jwk import KeySet

    token = jwt.decode(id_token, KeySet.import_key_set(provider["keys"]), algorithms=_SIGNED_WITH)
    registry = jwt.JWTClaimsRegistry(
        leeway=60,
        iss={"essential": True, "value": provider["issuer"]},
        aud={"essential": True, "value": settings.oidc_client_id},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    registry.validate(token.claims)
    return dict(token.claims)


def _person(settings: Settings, claims: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `people.vouched`. The id is issuer and subject, which no name can imitate."""
    named = [settings.oidc_roles.get(str(one), one) for one in _several(claims.get(settings.oidc_roles_claim))]
    roles: list[Role] = [role for role in ROLES if role in named]
    workflows = _several(claims.get(settings.oidc_workflows_claim)) if settings.oidc_workflows_claim else [people.ALL]
    shown = str(claims.get("name") or claims.get("preferred_username") or claims["sub"])
    subject = f"{settings.oidc_issuer.rstrip('/')}|{claims['sub']}"
    if len(subject) > 190 or not subject.isprintable():
        raise Refused("sign_in_failed")
    return {"identity": subject, "display": shown, "roles": roles, "workflows": workflows}


def _several(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []
