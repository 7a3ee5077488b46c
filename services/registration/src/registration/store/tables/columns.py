"""The service's MetaData, and the columns and constraints that many tables have."""

from enum import StrEnum

from common import policies
from common.tables import service_metadata
from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    String,
    Uuid,
)

metadata = service_metadata(owns_tenants=True)


def tenant() -> Column[str]:
    return Column("tenant", String(64), primary_key=True)


def id_() -> Column[object]:
    return Column("id", Uuid, primary_key=True)


def scope() -> Column[str]:
    return Column("scope_path", String(500, collation="C"), nullable=False, info=policies.follows_the_unit())


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", column], [f"{table}.tenant", f"{table}.id"], deferrable=True)
