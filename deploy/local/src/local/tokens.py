"""A persona's access token by the real code flow with PKCE; knows the provider only by its published document."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlsplit

import requests

from local.identity.clients import COMMAND_LINE_CLIENT, COMMAND_LINE_REDIRECT
from local.personas import personas

_SECONDS = 10


class NoToken(Exception):
    """The provider gave none; the message says why."""


def fetch(issuer: str, persona: str) -> str:
    """An access token for the platform's APIs, good for eight hours."""
    if persona not in personas():
        raise NoToken(f"There is no persona {persona!r}; there are: {', '.join(personas())}.")
    with requests.Session() as session:
        session.trust_env = False  # A proxy for the internet has no business between here and this machine.
        try:
            return _code_flow(session, issuer, persona)
        except requests.RequestException as error:
            raise NoToken(f"The identity provider at {issuer} does not answer ({type(error).__name__}).") from error


def _code_flow(session: requests.Session, issuer: str, persona: str) -> str:
    endpoints = session.get(f"{issuer}/.well-known/openid-configuration", timeout=_SECONDS).json()
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    code = _authorise(session, endpoints["authorization_endpoint"], persona, state, verifier)
    asked = {
        "grant_type": "authorization_code",
        "client_id": COMMAND_LINE_CLIENT,
        "redirect_uri": COMMAND_LINE_REDIRECT,
        "code": code,
        "code_verifier": verifier,
    }
    answer = session.post(endpoints["token_endpoint"], data=asked, timeout=_SECONDS)
    if answer.status_code != requests.codes.ok:
        raise NoToken(f"The identity provider refused the code: {answer.text}")
    return str(answer.json()["access_token"])


def _authorise(session: requests.Session, endpoint: str, persona: str, state: str, verifier: str) -> str:
    asked = {
        "response_type": "code",
        "client_id": COMMAND_LINE_CLIENT,
        "redirect_uri": COMMAND_LINE_REDIRECT,
        "scope": "openid profile email",
        "state": state,
        "code_challenge": challenge(verifier),
        "code_challenge_method": "S256",
    }
    answer = session.post(endpoint, params=asked, data={"persona": persona}, allow_redirects=False, timeout=_SECONDS)
    query = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
    if query.get("state") != [state] or "code" not in query:
        raise NoToken(f"The identity provider refused {persona}: {answer.status_code} {query.get('error', '')}")
    return query["code"][0]


def challenge(verifier: str) -> str:
    """RFC 7636 section 4.2, method S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
