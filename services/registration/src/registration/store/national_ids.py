"""Sealed national ids, and who has read one."""

from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.ids import new_id
from sqlalchemy import exists, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from registration.national_ids import Sealed
from registration.store.tables import disclosures, national_ids

_STORED = [national_ids.c[field.name] for field in fields(Sealed)]


def keep(uow: UnitOfWork, sealed: Sealed) -> None:
    """In the place of an earlier one. The database refuses a number that is another person's."""
    statement = upsert(national_ids).values(tenant=uow.tenant, **asdict(sealed))
    uow.execute(statement.on_conflict_do_update(index_elements=["tenant", "person_id"], set_=asdict(sealed)))


def find(uow: UnitOfWork, person_id: UUID) -> Sealed | None:
    query = select(*_STORED).where(national_ids.c.tenant == uow.tenant, national_ids.c.person_id == person_id)
    row = uow.find(query)
    return Sealed(**row._mapping) if row else None


def is_kept(uow: UnitOfWork, person_id: UUID) -> bool:
    mine = exists().where(national_ids.c.tenant == uow.tenant, national_ids.c.person_id == person_id)
    return bool(uow.execute(select(mine)).scalar_one())


def sealed_otherwise(uow: UnitOfWork, key_id: str) -> list[Sealed]:
    """Of the acting tenant, those under another key, locked for change."""
    query = select(*_STORED).where(national_ids.c.tenant == uow.tenant, national_ids.c.key_id != key_id)
    return [Sealed(**row._mapping) for row in uow.rows(query.with_for_update())]


def add_disclosure(uow: UnitOfWork, **values: Any) -> None:
    uow.execute(insert(disclosures).values(tenant=uow.tenant, id=new_id(), **values))
