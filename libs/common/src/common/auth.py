"""What who asks may do: the grants of an identity, the one that they act under, and the Principal that it makes."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
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
from common.errors import Forbidden
from common.privacy import Basis, personal, pseudonym
from common.tokens import Identity

GRANTS_LIVE_SECONDS = 2.0  # A revoked grant stops working within this and the event's way.
MOST_KNOWN = 10_000


@dataclass(frozen=True)
class Principal:
    """An identity acting under one grant. `person_id` acts; `on_behalf_of` lent them the grant, if anybody did.

    `selves`: whose dossiers are the principal's own, so that nobody judges what is theirs: who acts, on whose behalf,
    and everybody whom the same login has ever stood for in this tenant.
    """

    identity: Identity
    grant_id: UUID
    tenant: str
    person_id: UUID
    role: str
    unit_id: UUID
    scope_path: str
    on_behalf_of: UUID | None
    selves: frozenset[UUID]

    @property
    def is_at_the_root(self) -> bool:
        """Whether the grant reaches over the whole tenant: a path of one code, such as `/KH/`."""
        return self.scope_path.count("/") == len("//")


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
        Column("scope_path", String(500, collation="C"), nullable=False, info=policies.follows_the_unit()),
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        Column("revoked_at", DateTime(timezone=True)),
        Column("delegated_from", Uuid),  # The grant that its holder lent, and who that is.
        Column("on_behalf_of", Uuid, info=pseudonym("whose grant it is")),
        Column("version", Integer, nullable=False),
        CheckConstraint("(delegated_from IS NULL) = (on_behalf_of IS NULL)", name="delegation"),
        CheckConstraint("on_behalf_of <> person_id", name="delegated_to_another"),
        Index("ix_access_grant_subject", "subject", "issuer"),
        Index("ix_access_grant_unit", "tenant", "unit_id", "role"),
        # A person finds the own grants before any tenant is chosen.
        info=policies.rls(
            f"{policies.TENANT} OR (subject = current_setting('app.subject', true)"
            " AND current_setting('app.subject', true) <> '')",
            check=policies.TENANT,
        )
        | policies.about("person_id"),
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
        "delegated_from": _optional_id(data, "delegated_from"),
        "on_behalf_of": _optional_id(data, "on_behalf_of"),
        "version": data["version"],
    }


def _optional_id(data: dict[str, Any], name: str) -> UUID | None:
    """Grants told of before there were delegations do not say that they are none."""
    return UUID(data[name]) if data.get(name) else None


def save_grant(uow: UnitOfWork, metadata: MetaData, values: dict[str, Any]) -> None:
    """Insert or replace a grant unless a newer version is already here."""
    table = metadata.tables["access_grant"]
    statement = insert(table).values(tenant=uow.tenant, **values)
    uow.execute(
        statement.on_conflict_do_update(
            index_elements=["tenant", "id"], set_=values, where=table.c.version < statement.excluded.version
        )
    )


def lenders(uow: UnitOfWork, grant_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Of those grants that were lent: by whom."""
    table = uow.metadata.tables["access_grant"]
    query = select(table.c.id, table.c.on_behalf_of).where(table.c.tenant == uow.tenant, table.c.id.in_(grant_ids))
    return {row.id: row.on_behalf_of for row in uow.rows(query.where(table.c.on_behalf_of.is_not(None)))}


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
            grants = self._refresh(identity)
            chosen = _choose(grants, acting_as)
        if not chosen:
            raise Forbidden("auth.no_such_grant" if acting_as else "auth.no_grant")
        if len(chosen) > 1:
            raise Forbidden("auth.choose_grant", count=len(chosen))
        return _principal(identity, chosen[0], grants)

    def of(self, identity: Identity) -> list[Row[Any]]:
        """All grants of an identity that are valid today, straight from the database."""
        return _choose(self._read(identity), "")

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
        """All that were ever given to the identity where its issuer's word counts, revoked ones too."""
        table = self._metadata.tables["access_grant"]
        query = select(table).where(table.c.subject == identity.subject, table.c.issuer == identity.issuer)
        with UnitOfWork(self._engine, self._metadata, "", Context(subject=identity.subject)) as uow:
            rows = uow.rows(query.order_by(table.c.tenant, table.c.id))
        return [row for row in rows if identity.is_known_in(row.tenant)]


def _choose(grants: list[Row[Any]], acting_as: str) -> list[Row[Any]]:
    valid = [grant for grant in grants if _is_valid(grant, clock.today())]
    return [grant for grant in valid if str(grant.id) == acting_as] if acting_as else valid


def _is_valid(grant: Row[Any], day: date) -> bool:
    has_begun, is_over = grant.valid_from <= day, grant.valid_to is not None and grant.valid_to < day
    return bool(has_begun and not is_over and grant.revoked_at is None)


def _selves(grant: Row[Any], grants: list[Row[Any]]) -> frozenset[UUID]:
    """A login may have passed from one person to another, and two may share one after their provinces have merged."""
    same_login = {other.person_id for other in grants if other.tenant == grant.tenant}
    return frozenset(same_login | ({grant.on_behalf_of} if grant.on_behalf_of else set()))


def _principal(identity: Identity, grant: Row[Any], grants: list[Row[Any]]) -> Principal:
    return Principal(
        identity=identity,
        grant_id=grant.id,
        tenant=grant.tenant,
        person_id=grant.person_id,
        role=grant.role,
        unit_id=grant.unit_id,
        scope_path=grant.scope_path,
        on_behalf_of=grant.on_behalf_of,
        selves=_selves(grant, grants),
    )
