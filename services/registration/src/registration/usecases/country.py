"""The import of the country's maintained data, one province at a time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.database import UnitOfWork
from common.errors import Moved, NotFound

from registration.country.differences import Differences, compare, refusal
from registration.country.editions import Place, Province, editions, provinces
from registration.country.reform import OwnUnit, origins, plan
from registration.country.succession import BEFORE
from registration.domain.tenants import Tenant
from registration.domain.units import Unit, path_below
from registration.domain.vocabulary import Affiliation, UnitKind
from registration.store import people as people_store
from registration.store import tenants as tenant_store
from registration.store import units as store
from registration.usecases import settings
from registration.usecases.tenants import PLATFORM, add_tenant


@dataclass(frozen=True)
class Dates:
    """`valid_from`: since when the units of a new province exist; `changed_on`: since when a difference holds."""

    valid_from: date
    changed_on: date
    today: date


def import_province(uow: UnitOfWork, province: Province, dates: Dates, now: datetime) -> Differences:
    """Make the province's tenant what the edition says, as far as no person has to decide. Run again, it does nothing.

    The unit of work acts as PLATFORM, and goes on in the province's tenant. What users added stays as it is.
    """
    people_store.lock_platform(uow)
    taken = set(tenant_store.tenant_names(uow))
    day = province.edition.day(dates.today)
    for tenant in province.tenants:
        if tenant in taken and _has_root(uow, tenant, province.root, day):
            return _apply_differences(uow, tenant, province, day, dates.changed_on)
    uow.enter_tenant(PLATFORM)
    if province.tenant in taken:
        reason = f"there is such a tenant, and on {day} its root was not the imported unit {province.root.code}"
        return Differences(province.tenant, refused=reason)
    if other := tenant_store.find_tenant_of_prefix(uow, province.prefix):
        return Differences(province.tenant, refused=f"{other} has the prefix {province.prefix}")
    return _create(uow, province, dates.valid_from, now)


def provinces_left(uow: UnitOfWork, edition: str, today: date) -> list[str]:
    """Tenants of provinces that only earlier editions know and that nobody has reorganised yet."""
    roots = {province.root.id for province in provinces(edition)}
    earlier = [province for name in editions() if name < edition for province in provinces(name)]
    taken, day = set(tenant_store.tenant_names(uow)), editions()[edition].day(today)
    gone = [one for one in earlier if one.root.id not in roots and one.tenant in taken]
    return [one.tenant for one in gone if _has_root(uow, one.tenant, one.root, day)]


def plan_reform(uow: UnitOfWork, code: str, today: date) -> dict[str, Any]:
    """The draft of a reorganisation for the province of today of this code, with what users added in the old ones.

    Raises NotFound when one of those is not on this platform, or not as it was imported.
    """
    old = [one for one in provinces(BEFORE) if one.root.code in origins()[code]]
    return plan(code, [unit for one in old for unit in _own_units(uow, one, today)])


def _own_units(uow: UnitOfWork, province: Province, today: date) -> list[OwnUnit]:
    """What users added directly below imported units. The unit of work goes on in the province's tenant."""
    if province.tenant not in tenant_store.tenant_names(uow) or not _has_root(
        uow, province.tenant, province.root, today
    ):
        raise NotFound("tenant.not_found")
    imported = {place.id for place in province.places}
    below = [unit for unit in store.living(uow, today) if unit.parent_id in imported and unit.id not in imported]
    return [OwnUnit(unit.id, unit.parent_id) for unit in below if unit.parent_id]


def _has_root(uow: UnitOfWork, tenant: str, root: Place, day: date) -> bool:
    try:
        uow.enter_tenant(tenant)
    except Moved:  # Part of another province by now, which has its root.
        return False
    return any(unit.id == root.id for unit in store.roots(uow, day))


def _create(uow: UnitOfWork, province: Province, valid_from: date, now: datetime) -> Differences:
    add_tenant(uow, Tenant(province.tenant, province.root.name), code_prefix=province.prefix, now=now)
    settings.adopt_preset(uow, valid_from=valid_from, now=now)
    _add(uow, province.places, {}, valid_from)
    return Differences(province.tenant, added=list(province.places), is_new=True)


def _apply_differences(uow: UnitOfWork, tenant: str, province: Province, day: date, changed_on: date) -> Differences:
    alive = store.territory(uow, day, path_below(None, province.root.code))
    if reason := refusal(province, alive):
        return Differences(tenant, refused=reason)
    found = compare(tenant, province, alive, store.unit_codes(uow), changed_on)
    _add(uow, found.added, {unit.code: unit for unit in alive}, changed_on)
    for unit, name in found.renamed:
        unit.rename(name, changed_on)
        store.add_change(uow, unit)
        uow.emit(unit.recorded())
    return found


def _add(uow: UnitOfWork, places: Iterable[Place], known: dict[str, Unit], valid_from: date) -> None:
    """`places` come after their parents, which are among them or in `known`, by code."""
    added = []
    for place in places:
        known[place.code] = _unit(place, known.get(place.parent), valid_from)
        added.append(known[place.code])
    if added:
        store.add_units(uow, added)
        uow.emit(*(unit.recorded() for unit in added))


def _unit(place: Place, parent: Unit | None, valid_from: date) -> Unit:
    return Unit(
        id=place.id,
        code=place.code,
        kind=UnitKind.ADMINISTRATIVE,
        level=place.level,
        affiliation=Affiliation.OTHER_AGENCY,
        name=place.name,
        parent_id=parent.id if parent else None,
        scope_path=path_below(parent, place.code),
        valid_from=valid_from,
    )
