"""Columns that many tables of the review service have; knows no table."""

from enum import StrEnum
from typing import Any

from common import policies
from common.privacy import pseudonym
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Integer, String, Uuid


def tenant() -> Column[str]:
    return Column("tenant", String(64), primary_key=True)


def own_id(name: str = "id") -> Column[Any]:
    return Column(name, Uuid, primary_key=True)


def whose(purpose: str) -> Column[Any]:
    return Column("person_id", Uuid, primary_key=True, info=pseudonym(purpose))


def scope() -> Column[str]:
    return Column("scope_path", String(500, collation="C"), nullable=False, info=policies.follows_the_unit())


def version() -> Column[int]:
    return Column("version", Integer, nullable=False)


def word(name: str, words: type[StrEnum], *, nullable: bool = False) -> list[Any]:
    """A column that holds one of a closed list of words, and the constraint that says so."""
    listed = ", ".join(f"'{word}'" for word in words)
    return [Column(name, String(32), nullable=nullable), CheckConstraint(f"{name} IN ({listed})", name=name)]


def belongs_to(target: str, column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", column], [f"{target}.tenant", f"{target}.id"], deferrable=True)
