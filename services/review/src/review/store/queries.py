"""What every query here shares: the tenant repeated beside the policy, versions kept."""

import tomllib
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from sqlalchemy import ColumnElement, Table, update
from sqlalchemy.dialects.postgresql import insert


@cache
def _templates() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("review").joinpath("template.toml").read_text("utf-8"))


def read_template(name: str) -> dict[str, Any]:
    """A part of what every new province begins with."""
    return dict(_templates()[name])


def own(uow: UnitOfWork, table: Table) -> ColumnElement[bool]:
    """Rows of the acting tenant; row-level security says the same, this lets the index say it first."""
    return table.c.tenant == uow.tenant


def keep_newest(uow: UnitOfWork, table: Table, values: dict[str, Any]) -> bool:
    """Insert or replace unless a version as new is already there; returns whether this one is now kept."""
    keys = [column.name for column in table.primary_key.columns]
    changed = {name: value for name, value in values.items() if name not in keys}
    statement = insert(table).values(tenant=uow.tenant, **values)
    kept = statement.on_conflict_do_update(
        index_elements=keys, set_=changed, where=table.c.version < statement.excluded.version
    )
    return uow.find(kept.returning(table.c.version)) is not None


def save(uow: UnitOfWork, table: Table, id_: UUID, **values: Any) -> None:
    """Change a row that this transaction holds locked."""
    uow.execute(update(table).where(own(uow, table), table.c.id == id_).values(**values))


def plain(entity: Any, *names: str) -> dict[str, Any]:
    """The named fields of a dataclass, for a row."""
    return {name: getattr(entity, name) for name in names} if names else asdict(entity)
