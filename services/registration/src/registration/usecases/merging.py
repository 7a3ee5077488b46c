"""Two provinces become one: what the other brings along, and the doors through which it is looked into and taken in."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any
from uuid import UUID

from common import tenants as common_tenants
from common.database import UnitOfWork
from common.errors import Conflict, Moved, NotFound

from registration.domain.units import Unit
from registration.store import reorganisations as store
from registration.store import tenants as tenant_store
from registration.store import tree as tree_store
from registration.store import units as unit_store
from registration.usecases import recommended


@contextmanager
def inside(uow: UnitOfWork, tenant: str) -> Iterator[None]:
    """The only door through which a reorganisation looks into a province that is to be merged.

    Raises Conflict when it has become part of another meanwhile.
    """
    home = uow.tenant
    try:
        uow.enter_tenant(tenant)
    except Moved as moved:
        raise Conflict("tenant.already_merged", **moved.details) from moved
    yield
    uow.enter_tenant(home)


def ensure_can_join(uow: UnitOfWork, absorbed: str) -> None:
    """Raises NotFound for no province, and Conflict for one that cannot become part of the acting one."""
    heir = uow.tenant
    with inside(uow, absorbed):
        if absorbed == tenant_store.PLATFORM or tenant_store.find_tenant(uow, absorbed) is None:
            raise NotFound("tenant.not_found")
        tenant_store.acting_tenant(uow).ensure_can_merge_into(heir)


def joining(uow: UnitOfWork, absorbed: str) -> list[dict[str, Any]]:
    """What stands directly under the other province's root moves under this one's; its root ends into this one's.

    The roles at the root that ends, end with it: the committees of provinces that merge are set up anew (guide
    18-HD/MTTW-BTT of June 2025).
    """
    root = _root(tree_store.every_unit(uow))
    with inside(uow, absorbed):
        theirs = tree_store.every_unit(uow)
    ended = _root(theirs)
    below = [unit for unit in theirs if unit.parent_id == ended.id and not unit.ended_on]
    moves = [{"action": "move", "unit_id": unit.id, "parent_id": root.id} for unit in below]
    end = {"successor_ids": [root.id], "heir_id": root.id, "grants": "end"}
    return [*moves, {"action": "end", "unit_id": ended.id, **end}]


def _root(units: Iterable[Unit]) -> Unit:
    return next(unit for unit in units if unit.parent_id is None and not unit.ended_on)


def unit_names(uow: UnitOfWork, tenants: Iterable[str], unit_ids: Collection[UUID], day: date) -> dict[UUID, str]:
    """What those of the units are called that belong to these provinces; one that has merged by now has none left."""
    home, found = uow.tenant, dict[UUID, str]()
    for tenant in tenants:
        with suppress(Moved):
            uow.enter_tenant(tenant)
            found |= unit_store.names(uow, unit_ids, day)
        uow.enter_tenant(home)
    return found


def absorb(uow: UnitOfWork, absorbed: str) -> None:
    """Two tenants become one: nothing is lost, codes stay, and every service follows the event.

    What the other had prepared and not applied is withdrawn: it speaks of a tree that is no more.
    """
    heir = uow.tenant
    with inside(uow, absorbed):
        tenant = tenant_store.acting_tenant(uow)
        merged = tenant.merge_into(heir)
        for act in store.open_acts(uow):
            act.withdraw()
            store.save(uow, act)
        common_tenants.absorb(uow, heir)
        tenant_store.save_tenant(uow, tenant)
        uow.emit(merged)
    recommended.hand_over(uow, absorbed)
