"""Heads of chains: told to the other services as events, and kept of theirs, so that no database is its own only proof.

A head stands for everything before it. Who rewrites a chain, or cuts off its end, contradicts what others saw.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog
from sqlalchemy import Row, String, func, insert, select, text, true
from sqlalchemy.dialects.postgresql import array, distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from common import clock
from common.database import UnitOfWork
from common.events import Event
from common.tenants import Status

SEALED_AGAIN_AFTER = timedelta(days=1)
_NEXT = timedelta(microseconds=1)
_SEALER = text("SELECT pg_try_advisory_xact_lock(0x5A42)")  # Of several consumers one tells.
_HEADS = text('SELECT tenant, "position", hash FROM audit_heads() ORDER BY tenant')
logger = structlog.get_logger(__name__)
Handler = Callable[[UnitOfWork, Event], None]


def sealed_type(service: str) -> str:
    return f"vn.sangtao.{service}.audit.sealed.v1"


@dataclass(frozen=True)
class AuditSealed:
    """The head of a tenant's chain in one service: how many entries there are, and the last one's hash."""

    type: ClassVar[str]
    chain_id: UUID
    version: int
    hash: str

    @property
    def subject(self) -> UUID:
        return self.chain_id


def sealed_fact(service: str) -> type[AuditSealed]:
    """The class of the service's own event; the same fact has a type of its own for each service."""
    return type("AuditSealed", (AuditSealed,), {"type": sealed_type(service), "__doc__": AuditSealed.__doc__})


def chain_id(service: str, tenant: str) -> UUID:
    """The same for ever, without being stored."""
    return uuid5(NAMESPACE_OID, f"audit of {tenant} at {service}")


@dataclass(frozen=True)
class Head:
    """Where a tenant's chain ends, or ended when somebody looked."""

    service: str
    tenant: str
    position: int
    hash: bytes


def heads(uow: UnitOfWork) -> list[Head]:
    """Every tenant's; whoever acts. No entry is read."""
    return [Head(_service(uow), row.tenant, row.position, row.hash) for row in uow.execute(_HEADS)]


def _service(uow: UnitOfWork) -> str:
    return uow.source.lstrip("/")


def unsealed(uow: UnitOfWork) -> list[str]:
    """Tenants whose heads moved since they were told, or were told a day ago; in the context of EVERY_TENANT."""
    ended, there = _ended(uow), heads(uow)
    told = {row.tenant: row for row in _last_told(uow, [head.tenant for head in there])}
    return [head.tenant for head in there if head.tenant not in ended and _is_due(head, told.get(head.tenant))]


def _is_due(head: Head, last: Row[Any] | None) -> bool:
    """A head that is another than the last one told, also one further back: that is what witnesses are for."""
    if last is None or (last.position, last.hash) != (head.position, head.hash):
        return True
    return bool(last.sealed_at < clock.now() - SEALED_AGAIN_AFTER)


def _ended(uow: UnitOfWork) -> set[str]:
    """Tenants of whom nothing is told any more.

    The heir's chain holds a merged one's last hash; of a closed one that was deleted only the tombstone is to stay.
    """
    standing = uow.metadata.tables["tenant_standing"]
    ended = (standing.c.status == Status.MERGED) | standing.c.purged_at.is_not(None)
    return {row.tenant for row in uow.rows(select(standing.c.tenant).where(ended))}


def _last_told(uow: UnitOfWork, tenants: list[str]) -> list[Row[Any]]:
    """For each of the tenants one step along an index, however often it was told of."""
    witness = uow.metadata.tables["audit_witness"]
    names = func.unnest(array(tenants, type_=String)).table_valued("tenant").render_derived()
    own = select(witness).where(witness.c.tenant == names.c.tenant, witness.c.service == _service(uow))
    last = own.order_by(witness.c.sealed_at.desc()).limit(1).lateral()
    return uow.rows(select(last).join_from(names, last, true()))


def _newest(uow: UnitOfWork, service: str) -> list[Row[Any]]:
    witness = uow.metadata.tables["audit_witness"]
    query = select(witness).where(witness.c.service == service).ext(distinct_on(witness.c.tenant))
    return uow.rows(query.order_by(witness.c.tenant, witness.c.sealed_at.desc()))


def told(uow: UnitOfWork) -> list[Head]:
    """The newest head of each tenant that this service has told; for EVERY_TENANT."""
    return [Head(row.service, row.tenant, row.position, row.hash) for row in _newest(uow, _service(uow))]


def seal(uow: UnitOfWork) -> None:
    """Tell the others where the acting tenant's chain ends, and note here that they were told.

    Asked anew under the lock: since the tenant was found `unsealed`, another consumer may have told a later head.
    """
    if not uow.execute(_SEALER).scalar_one():
        return
    head, last = _head(uow), next(iter(_last_told(uow, [uow.tenant])), None)
    if _is_due(head, last):
        _tell(uow, head, max(clock.now(), last.sealed_at + _NEXT) if last else clock.now())


def _head(uow: UnitOfWork) -> Head:
    """The acting tenant's, which has one."""
    entry = uow.metadata.tables["audit_entry"]
    query = select(entry.c.position, entry.c.hash).where(entry.c.tenant == uow.tenant)
    row = uow.execute(query.order_by(entry.c.position.desc()).limit(1)).one()
    return Head(_service(uow), uow.tenant, row.position, row.hash)


def _tell(uow: UnitOfWork, head: Head, at: datetime) -> None:
    """Each at a later moment than the last: by these witnesses compare heads, whosever clock it was."""
    witness = uow.metadata.tables["audit_witness"]
    values = {"tenant": head.tenant, "service": head.service, "position": head.position, "hash": head.hash}
    uow.execute(insert(witness).values(**values, sealed_at=at, contradicts=False))
    fact = sealed_fact(head.service)
    uow.emit(fact(chain_id(head.service, head.tenant), head.position, head.hash.hex()), at=at)


def witnessing(*services: str) -> dict[str, Handler]:
    """Handlers for the heads of these other services."""
    return {sealed_type(service): _witness for service in services}


def _witness(uow: UnitOfWork, event: Event) -> None:
    """Keep the head; one that contradicts what was seen before is kept beside it, never instead of it."""
    if event.tenant != uow.tenant:
        return  # Told before the tenant was merged: its last hash is in the chain of the heir.
    service, position = event.type.split(".")[2], event.data["version"]
    digest = bytes.fromhex(event.data["hash"])
    contradicts = _contradicts(uow, service, position, digest, event.time)
    if contradicts:
        logger.error("audit_contradicted", service_of_chain=service, position=position)
    values = {"tenant": uow.tenant, "service": service, "position": position, "hash": digest}
    witness = uow.metadata.tables["audit_witness"]
    row = upsert(witness).values(**values, sealed_at=event.time, contradicts=contradicts)
    uow.execute(row.on_conflict_do_nothing())


def _contradicts(uow: UnitOfWork, service: str, position: int, digest: bytes, sealed_at: datetime) -> bool:
    """Another hash at the same position, or a chain that was longer before or is shorter after."""
    witness = uow.metadata.tables["audit_witness"]
    mine = select(witness.c.position).where(witness.c.tenant == uow.tenant, witness.c.service == service).limit(1)
    # Asked one by one, each is a short way along an index: of a sound chain there is next to nothing to read.
    others = (
        (witness.c.position == position) & (witness.c.hash != digest),
        (witness.c.position > position) & (witness.c.sealed_at < sealed_at),
        (witness.c.position < position) & (witness.c.sealed_at > sealed_at),
    )
    return any(uow.find(mine.where(other)) is not None for other in others)


def witnessed(uow: UnitOfWork) -> list[Row[Any]]:
    """The newest head seen of each other service and tenant, and all that contradict; for EVERY_TENANT."""
    witness = uow.metadata.tables["audit_witness"]
    others = witness.c.service != _service(uow)
    newest = (
        select(witness)
        .where(others, ~witness.c.contradicts)
        .ext(distinct_on(witness.c.service, witness.c.tenant))
        .order_by(witness.c.service, witness.c.tenant, witness.c.position.desc(), witness.c.sealed_at.desc())
    )
    against = select(witness).where(others, witness.c.contradicts).order_by(witness.c.service, witness.c.tenant)
    return [*uow.rows(newest), *uow.rows(against)]


def kept(uow: UnitOfWork) -> list[Row[Any]]:
    """For the acting tenant: how far each service's chain is witnessed here, since when, and how many contradict.

    Of this service's own chain: how far it was told to the others.
    """
    witness = uow.metadata.tables["audit_witness"]
    sound = ~witness.c.contradicts
    query = select(
        witness.c.service,
        func.max(witness.c.position).filter(sound).label("position"),
        func.max(witness.c.sealed_at).filter(sound).label("sealed_at"),
        func.count().filter(witness.c.contradicts).label("contradictions"),
    ).where(witness.c.tenant == uow.tenant)
    return uow.rows(query.group_by(witness.c.service).order_by(witness.c.service))


def count_contradictions(uow: UnitOfWork) -> int:
    witness = uow.metadata.tables["audit_witness"]
    return int(uow.execute(select(func.count()).select_from(witness).where(witness.c.contradicts)).scalar_one())
