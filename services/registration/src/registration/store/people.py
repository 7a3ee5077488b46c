"""People and grants."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.text import reads_like
from sqlalchemy import ColumnElement, Row, exists, func, insert, select, text, update

from registration.domain.people import Grant, Person
from registration.domain.units import Unit
from registration.domain.vocabulary import Role
from registration.store.tables import metadata, people, unit_periods, units

grants = metadata.tables["access_grant"]


def add_person(uow: UnitOfWork, person: Person) -> None:
    uow.execute(
        insert(people).values(
            tenant=uow.tenant,
            id=person.id,
            name=person.name,
            email=person.email,
            phone=person.phone,
            version=person.version,
        )
    )


def names(uow: UnitOfWork, person_ids: Collection[UUID]) -> dict[UUID, str]:
    query = select(people.c.id, people.c.name).where(people.c.tenant == uow.tenant, people.c.id.in_(person_ids))
    return {row.id: row.name for row in uow.rows(query)}


def person(uow: UnitOfWork, person_id: UUID, *, lock: bool = False) -> Person:
    query = select(people).where(people.c.tenant == uow.tenant, people.c.id == person_id)
    row = uow.find(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("person.not_found")
    return Person(row.id, row.name, row.email, row.phone, row.version)


def save_person(uow: UnitOfWork, person: Person) -> None:
    values = {"name": person.name, "email": person.email, "phone": person.phone, "version": person.version}
    uow.execute(update(people).where(people.c.tenant == uow.tenant, people.c.id == person.id).values(values))


def is_within_reach(uow: UnitOfWork, person_id: UUID, scope: str) -> bool:
    """Whether the person works below `scope` and nowhere else, or was given nothing yet.

    One grant below is not enough: an administrator could make anybody of the province theirs by giving one.
    """
    theirs = (grants.c.tenant == uow.tenant) & (grants.c.person_id == person_id)
    below = grants.c.scope_path.startswith(scope, autoescape=True)
    elsewhere = func.count().filter(~below & grants.c.revoked_at.is_(None)).label("elsewhere")
    counts = select(func.count().label("all"), func.count().filter(below).label("below"), elsewhere)
    row = uow.execute(counts.where(theirs)).one()
    return not row.elsewhere and bool(row.below or not row.all)


def _still_holds(today: date) -> ColumnElement[bool]:
    return grants.c.revoked_at.is_(None) & (grants.c.valid_to.is_(None) | (grants.c.valid_to >= today))


def person_page(
    uow: UnitOfWork, *, q: str, able_on: date | None, private: bool, limit: int, after: UUID | None
) -> list[Row[Any]]:
    """People in the order they were recorded, one more than `limit`; with their addresses only when `private`.

    `able_on` a day: only those who have a login to act under.
    """
    shown = [people.c.id, people.c.name, people.c.version] + ([people.c.email, people.c.phone] if private else [])
    query = select(*shown).where(people.c.tenant == uow.tenant)
    if q:
        named = reads_like(people.c.name, q)
        query = query.where(named | people.c.email.icontains(q, autoescape=True) if private else named)
    if able_on:
        query = query.where(
            exists().where(grants.c.tenant == uow.tenant, grants.c.person_id == people.c.id)
            .where(_still_holds(able_on), grants.c.delegated_from.is_(None))
        )  # fmt: skip
    if after:
        query = query.where(people.c.id > after)
    return uow.rows(query.order_by(people.c.id).limit(limit + 1))


def workplaces(uow: UnitOfWork, person_ids: Collection[UUID], scope: str, today: date) -> dict[UUID, list[str]]:
    """The units below `scope` at which these people hold grants of their own today, by person, in the tree's order."""
    here = (unit_periods.c.tenant == grants.c.tenant) & (unit_periods.c.unit_id == grants.c.unit_id)
    query = (
        select(grants.c.person_id, grants.c.scope_path, unit_periods.c.name)
        .join(unit_periods, here & unit_periods.c.valid_to.is_(None))
        .where(grants.c.tenant == uow.tenant, grants.c.person_id.in_(person_ids))
        .where(grants.c.scope_path.startswith(scope, autoescape=True), grants.c.delegated_from.is_(None))
        .where(_still_holds(today), grants.c.valid_from <= today)
        .distinct()
        .order_by(grants.c.scope_path)
    )
    found: dict[UUID, list[str]] = {}
    for row in uow.rows(query):
        found.setdefault(row.person_id, []).append(row.name)
    return found


def add_grant(uow: UnitOfWork, grant: Grant) -> None:
    """The database refuses it when the login is another person's in these days."""
    uow.execute(insert(grants).values(tenant=uow.tenant, given_in=uow.tenant, **_grant_row(grant)))


def save_grant(uow: UnitOfWork, grant: Grant) -> None:
    uow.execute(
        update(grants).where(grants.c.tenant == uow.tenant, grants.c.id == grant.id).values(**_grant_row(grant))
    )


def grant(uow: UnitOfWork, grant_id: UUID) -> Grant:
    """Locked for change."""
    row = uow.find(select(grants).where(grants.c.tenant == uow.tenant, grants.c.id == grant_id).with_for_update())
    if row is None:
        raise NotFound("grant.not_found")
    return grant_of(row)


def grants_of_issuer(uow: UnitOfWork, issuer: str) -> list[Grant]:
    """All that were ever given, locked for change."""
    query = select(grants).where(grants.c.tenant == uow.tenant, grants.c.issuer == issuer)
    return [grant_of(row) for row in uow.rows(query.with_for_update())]


def grants_at_units(uow: UnitOfWork, unit_ids: Iterable[UUID]) -> list[Grant]:
    """All that were not revoked, locked for change."""
    query = select(grants).where(grants.c.tenant == uow.tenant, grants.c.unit_id.in_(list(unit_ids)))
    return [grant_of(row) for row in uow.rows(query.where(grants.c.revoked_at.is_(None)).with_for_update())]


def unit_names(uow: UnitOfWork, unit_ids: list[UUID]) -> list[Row[Any]]:
    """Id, code, level and newest name of units."""
    joined = units.join(
        unit_periods, (unit_periods.c.tenant == units.c.tenant) & (unit_periods.c.unit_id == units.c.id)
    )
    query = select(units.c.id, units.c.code, units.c.level, unit_periods.c.name).select_from(joined)
    return uow.rows(
        query.where(units.c.tenant == uow.tenant, units.c.id.in_(unit_ids), unit_periods.c.valid_to.is_(None))
    )


def grant_of(row: Row[Any]) -> Grant:
    values = {name: value for name, value in row._mapping.items() if name not in ("tenant", "given_in")}
    return Grant(**{**values, "role": Role(row.role)})


def _grant_row(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "issuer": grant.issuer,
        "subject": grant.subject,
        "person_id": grant.person_id,
        "role": grant.role,
        "unit_id": grant.unit_id,
        "scope_path": grant.scope_path,
        "valid_from": grant.valid_from,
        "valid_to": grant.valid_to,
        "revoked_at": grant.revoked_at,
        "delegated_from": grant.delegated_from,
        "on_behalf_of": grant.on_behalf_of,
        "version": grant.version,
    }


def lock_platform(uow: UnitOfWork) -> None:
    """One at a time: the platform's first rows are made by jobs that may run twice."""
    uow.execute(text("SELECT pg_advisory_xact_lock(hashtext('platform'))"))


def lock_tenant(uow: UnitOfWork) -> None:
    """One at a time inside the acting tenant."""
    uow.execute(text("SELECT pg_advisory_xact_lock(hashtext(:tenant))"), {"tenant": uow.tenant})


def has_administrator(uow: UnitOfWork, root: Unit, today: date) -> bool:
    """Whether anybody still holds an administrator's grant at the root."""
    mine = (grants.c.tenant == uow.tenant, grants.c.unit_id == root.id, _still_holds(today))
    query = select(grants.c.id).where(*mine, grants.c.role == Role.ADMINISTRATOR).limit(1)
    return uow.find(query) is not None


def find_operator(uow: UnitOfWork, issuer: str, subject: str) -> Row[Any] | None:
    query = select(grants.c.id).where(grants.c.issuer == issuer, grants.c.subject == subject)
    return uow.find(query.where(grants.c.role == Role.OPERATOR, grants.c.revoked_at.is_(None)))
