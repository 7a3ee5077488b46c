"""Who is asking: verify a token against its issuer's keys, resolve the grant they act under, return a Principal."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import requests
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet
from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Engine,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Uuid,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from common import clock, policies
from common.database import Context, UnitOfWork
from common.errors import Forbidden, Unauthenticated, Unavailable
from common.failures import describe
from common.privacy import Basis, personal, pseudonym

ALGORITHMS = ["RS256", "ES256", "PS256"]
KEYS_LIVE_SECONDS = 600.0
KEYS_RETRY_SECONDS = 10.0
FETCH_TIMEOUT_SECONDS = 3.0
GRANTS_LIVE_SECONDS = 2.0  # A revoked grant stops working within this and the event's way.
CLOCK_SKEW_SECONDS = 30
MOST_KNOWN = 10_000
_UNREACHABLE = (requests.RequestException, JoseError, ValueError, KeyError, TypeError, AttributeError)
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Identity:
    """A verified token: who, according to which issuer. Says nothing about what they may do."""

    issuer: str
    subject: str


@dataclass(frozen=True)
class Principal:
    """An identity acting under one grant."""

    identity: Identity
    grant_id: UUID
    tenant: str
    person_id: UUID
    role: str
    unit_id: UUID
    scope_path: str


class TokenVerifier:
    """Trusts the keys of one issuer: fetched when first needed, now and then, and when a token names an unknown one."""

    def __init__(self, issuer: str, audience: str, jwks_url: str = "") -> None:
        self._issuer, self._jwks_url = issuer, jwks_url
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
        return Identity(self._issuer, str(claims["sub"]))

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
            logger.warning("issuer_unreachable", error=describe(error))
        self._tried = time.monotonic()

    def _is_tried_lately(self) -> bool:
        return time.monotonic() - self._tried < KEYS_RETRY_SECONDS

    def _fetch(self) -> KeySet:
        url = self._jwks_url or _get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")["jwks_uri"]
        return KeySet.import_key_set(_get(url))


def _get(url: str) -> Any:
    answer = requests.get(url, timeout=FETCH_TIMEOUT_SECONDS)
    answer.raise_for_status()
    return answer.json()


def add_grant_table(metadata: MetaData) -> None:
    """The grants a service knows. One service owns them; the others keep a copy built from its events."""
    Table(
        "access_grant",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("id", Uuid, primary_key=True),
        Column("issuer", String(300), nullable=False),
        Column("subject", String(255), nullable=False, info=personal("knowing a login again", basis=Basis.ACCESS)),
        Column("person_id", Uuid, nullable=False, info=pseudonym("whose login it is")),
        Column("role", String(32), nullable=False),
        Column("unit_id", Uuid, nullable=False),
        Column("scope_path", String(500, collation="C"), nullable=False),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("revoked_at", DateTime(timezone=True)),
        Column("version", Integer, nullable=False),
        Index("ix_access_grant_subject", "subject", "issuer"),
        Index("ix_access_grant_unit", "tenant", "unit_id", "role"),
        # A person finds the own grants before any tenant is chosen.
        info=policies.rls(
            f"{policies.TENANT} OR (subject = current_setting('app.subject', true)"
            " AND current_setting('app.subject', true) <> '')",
            check=policies.TENANT,
        ),
    )


def grant_values(data: dict[str, Any]) -> dict[str, Any]:
    """A row's values out of the event by which the service that owns grants tells of one."""
    return {
        "id": UUID(data["grant_id"]),
        "issuer": data["issuer"],
        "subject": data["token_subject"],
        "person_id": UUID(data["person_id"]),
        "role": data["role"],
        "unit_id": UUID(data["unit_id"]),
        "scope_path": data["scope_path"],
        "valid_from": date.fromisoformat(data["valid_from"]),
        "valid_to": date.fromisoformat(data["valid_to"]) if data["valid_to"] else None,
        "revoked_at": datetime.fromisoformat(data["revoked_at"]) if data["revoked_at"] else None,
        "version": data["version"],
    }


def save_grant(uow: UnitOfWork, metadata: MetaData, values: dict[str, Any]) -> None:
    """Insert or replace a grant unless a newer version is already here."""
    table = metadata.tables["access_grant"]
    statement = insert(table).values(tenant=uow.tenant, **values)
    uow.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant", "id"], set_=values, where=table.c.version < statement.excluded.version
        )
    )


class Grants:
    """Finds the grant a request acts under; keeps an identity's grants for GRANTS_LIVE_SECONDS."""

    def __init__(self, engine: Engine, metadata: MetaData, clock_: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._metadata, self._clock = engine, metadata, clock_
        self._known: dict[Identity, tuple[float, list[Row[Any]]]] = {}

    def resolve(self, identity: Identity, acting_as: str) -> Principal:
        """The grant named, or the only one. Raises Forbidden when there is none, or several and none is named."""
        fetched, grants = self._known.get(identity, (float("-inf"), []))
        is_fresh = self._clock() - fetched < GRANTS_LIVE_SECONDS
        chosen = _choose(grants, acting_as) if is_fresh else []
        if not chosen:  # Not asked lately, or perhaps given a moment ago.
            chosen = _choose(self._refresh(identity), acting_as)
        if not chosen:
            raise Forbidden("auth.no_such_grant" if acting_as else "auth.no_grant")
        if len(chosen) > 1:
            raise Forbidden("auth.choose_grant", count=len(chosen))
        return _principal(identity, chosen[0])

    def of(self, identity: Identity) -> list[Row[Any]]:
        """All grants of an identity that are valid today, straight from the database."""
        return [grant for grant in self._read(identity) if _is_valid(grant, clock.today())]

    def forget(self, identity: Identity) -> None:
        """What is known of the identity's grants is no longer so."""
        self._known.pop(identity, None)

    def _refresh(self, identity: Identity) -> list[Row[Any]]:
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        grants = self._read(identity)
        self._known[identity] = (self._clock(), grants)
        return grants

    def _read(self, identity: Identity) -> list[Row[Any]]:
        table = self._metadata.tables["access_grant"]
        query = select(table).where(table.c.subject == identity.subject, table.c.issuer == identity.issuer)
        with UnitOfWork(self._engine, self._metadata, "", Context(subject=identity.subject)) as uow:
            return uow.rows(query.where(table.c.revoked_at.is_(None)).order_by(table.c.tenant, table.c.id))


def _choose(grants: list[Row[Any]], acting_as: str) -> list[Row[Any]]:
    valid = [grant for grant in grants if _is_valid(grant, clock.today())]
    return [grant for grant in valid if str(grant.id) == acting_as] if acting_as else valid


def _is_valid(grant: Row[Any], day: date) -> bool:
    return bool(grant.valid_from <= day and (grant.valid_to is None or day <= grant.valid_to))


def _principal(identity: Identity, grant: Row[Any]) -> Principal:
    return Principal(
        identity=identity,
        grant_id=grant.id,
        tenant=grant.tenant,
        person_id=grant.person_id,
        role=grant.role,
        unit_id=grant.unit_id,
        scope_path=grant.scope_path,
    )
