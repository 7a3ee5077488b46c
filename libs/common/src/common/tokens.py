"""Whose tokens are trusted: the issuers by configuration, their keys, and who a token says is asking.

Knows nothing of what anybody may do; that is auth's.
"""

import json
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import requests
import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet

from common.errors import Unauthenticated, Unavailable
from common.failures import describe

ALGORITHMS = ["RS256", "ES256", "PS256"]
KEYS_LIVE_SECONDS = 600.0
KEYS_RETRY_SECONDS = 10.0
FETCH_TIMEOUT_SECONDS = 3.0
CLOCK_SKEW_SECONDS = 30
_UNREACHABLE = (requests.RequestException, JoseError, ValueError, KeyError, TypeError, AttributeError)
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class TrustedIssuer:
    """An issuer as configured. `tenants`: whose people it may speak for; empty is everybody's.

    A province's own provider decides who its subjects are, so without the limit it could name one of another province.
    """

    issuer: str
    audience: str = "sangtao"
    jwks_url: str = ""
    tenants: tuple[str, ...] = ()

    def speaks_for(self, tenant: str) -> bool:
        return not self.tenants or tenant in self.tenants


class TrustedIssuers(tuple[TrustedIssuer, ...]):
    """A setting: a JSON list of objects with the fields of TrustedIssuer, only `issuer` of which is needed."""

    def __new__(cls, raw: "str | Iterable[TrustedIssuer]" = ()) -> "TrustedIssuers":
        """Raises ValueError for what is no such list, and when an issuer is named twice."""
        made = super().__new__(cls, _parsed(raw) if isinstance(raw, str) else raw)
        if len({one.issuer for one in made}) < len(made):
            raise ValueError("an issuer is named twice")
        return made


def _parsed(raw: str) -> Iterator[TrustedIssuer]:
    listed = json.loads(raw)
    if not isinstance(listed, list):
        raise ValueError("not a list")
    known = {field.name for field in fields(TrustedIssuer)}
    for one in listed:
        if not isinstance(one, dict) or not one.get("issuer") or set(one) - known:
            raise ValueError("not an issuer")
        yield TrustedIssuer(**{**one, "tenants": tuple(one.get("tenants", ()))})


@dataclass(frozen=True)
class Identity:
    """A verified token: who, according to which issuer. Says nothing about what they may do.

    `tenants`: where the issuer's word counts; empty is everywhere.
    """

    issuer: str
    subject: str
    tenants: tuple[str, ...] = ()

    def is_known_in(self, tenant: str) -> bool:
        return not self.tenants or tenant in self.tenants


class TokenVerifier:
    """Trusts the keys of one issuer: fetched when first needed, now and then, and when a token names an unknown one."""

    def __init__(self, issuer: str, audience: str, jwks_url: str = "", tenants: tuple[str, ...] = ()) -> None:
        self._issuer, self._jwks_url, self._tenants = issuer, jwks_url, tenants
        self._keys, self._lock = KeySet([]), threading.Lock()
        self._fetched = self._tried = float("-inf")
        self._claims = jwt.JWTClaimsRegistry(
            leeway=CLOCK_SKEW_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    def verify(self, token: str) -> Identity:
        """Raises Unauthenticated for anything but a live token of this issuer for this audience."""
        try:
            claims = jwt.decode(token, self._keys_for, algorithms=ALGORITHMS).claims
            self._claims.validate(claims)
        except (JoseError, ValueError) as error:
            raise Unauthenticated("auth.token_refused") from error
        return Identity(self._issuer, str(claims["sub"]), self._tenants)

    def _keys_for(self, token: GuestProtocol) -> KeySet:
        named = token.headers().get("kid")
        is_known = any(key.kid == named for key in self._keys) or (named is None and bool(self._keys))
        if not is_known or time.monotonic() - self._fetched > KEYS_LIVE_SECONDS:
            self._refresh()
        if not self._keys:
            raise Unavailable("auth.issuer_unreachable")
        return self._keys

    def _refresh(self) -> None:
        """At most every KEYS_RETRY_SECONDS, whatever strangers send.

        One thread asks the issuer; the others go on with the keys they have, and wait only when they have none. The
        keys stay trusted while the issuer does not answer.
        """
        if self._is_tried_lately() or not self._lock.acquire(timeout=-1 if not self._keys else 0):
            return
        try:
            if not self._is_tried_lately():  # Not by the one that this thread has waited for either.
                self._try_to_fetch()
        finally:
            self._lock.release()

    def _try_to_fetch(self) -> None:
        try:
            self._keys = self._fetch()
            self._fetched = time.monotonic()
        except _UNREACHABLE as error:
            logger.warning("issuer_unreachable", issuer=self._issuer, error=describe(error))
        self._tried = time.monotonic()

    def _is_tried_lately(self) -> bool:
        return time.monotonic() - self._tried < KEYS_RETRY_SECONDS

    def _fetch(self) -> KeySet:
        url = self._jwks_url or _get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")["jwks_uri"]
        return KeySet.import_key_set(_get(url))


class Verifier:
    """Several issuers at once, each with keys and trouble of its own; a token is for the one that it names."""

    def __init__(self, issuers: Iterable[TrustedIssuer]) -> None:
        self._issuers = {one.issuer: one for one in issuers}
        self._verifiers = {
            one.issuer: TokenVerifier(one.issuer, one.audience, one.jwks_url, one.tenants)
            for one in self._issuers.values()
        }

    def verify(self, token: str) -> Identity:
        """Raises Unauthenticated for anything but a live token of one of the issuers for its audience."""
        verifier = self._verifiers.get(_named_issuer(token))
        if verifier is None:
            raise Unauthenticated("auth.token_refused")
        return verifier.verify(token)

    def may_speak(self, issuer: str, tenant: str) -> bool:
        """Whether this issuer's tokens can be of use in the tenant."""
        return issuer in self._issuers and self._issuers[issuer].speaks_for(tenant)


def _named_issuer(token: str) -> str:
    """What the token says of itself, unproved: only to know whose keys to try. Empty when it cannot be read."""
    try:
        claims = json.loads(jws.extract_compact(token.encode()).payload)
        return str(claims.get("iss", "")) if isinstance(claims, dict) else ""
    except (JoseError, ValueError):
        return ""


def _get(url: str) -> Any:
    answer = requests.get(url, timeout=FETCH_TIMEOUT_SECONDS)
    answer.raise_for_status()
    return answer.json()
