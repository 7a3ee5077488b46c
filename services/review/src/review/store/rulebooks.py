"""Rulebooks, and their rules as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import NotFound
from common.keyset import page
from sqlalchemy import ColumnElement, Row, func, insert, select

from review.domain.rulebooks import Criterion, Rulebook, Rules
from review.domain.vocabulary import BallotKind, RulebookStatus, TieRule
from review.store.queries import own, read_template, save
from review.store.tables import rulebook as table
from review.store.tables import unit

NUMBERS = ("weight", "max_score", "min_score", "pass_score", "quorum_percent", "approval_percent")


def rules_to_json(rules: Rules) -> dict[str, Any]:
    """Decimals as text: no digit is lost."""
    return {**_texts(asdict(rules)), "criteria": [_texts(asdict(criterion)) for criterion in rules.criteria]}


def rules_from_json(stored: dict[str, Any]) -> Rules:
    words = {"ballot": BallotKind(stored["ballot"]), "tie_rule": TieRule(stored["tie_rule"])}
    criteria = tuple(Criterion(**_numbers(criterion)) for criterion in stored["criteria"])
    return Rules(**{**_numbers(stored), **words, "criteria": criteria})


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if name in NUMBERS else value for name, value in values.items()}


def _numbers(stored: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) if name in NUMBERS else value for name, value in stored.items()}


def _entity(row: Row[Any]) -> Rulebook:
    return Rulebook(
        id=row.id,
        lineage_id=row.lineage_id,
        edition=row.edition,
        unit_id=row.unit_id,
        scope_path=row.scope_path,
        valid_from=row.valid_from,
        rules=rules_from_json(row.rules),
        status=RulebookStatus(row.status),
        published_at=row.published_at,
        version=row.version,
    )


def template() -> Rules:
    """What a new province's first rulebook says."""
    return rules_from_json(read_template("rulebook"))


def find_rulebook(uow: UnitOfWork, rulebook_id: UUID) -> Rulebook | None:
    row = uow.find(select(table).where(own(uow, table), table.c.id == rulebook_id))
    return _entity(row) if row else None


def rulebook(uow: UnitOfWork, rulebook_id: UUID) -> Rulebook:
    """Locked, to be changed; only one whose unit is the acting one or below it."""
    here = table.c.scope_path.startswith(uow.context.scope, autoescape=True)
    row = uow.find(select(table).where(own(uow, table), table.c.id == rulebook_id, here).with_for_update())
    if row is None:
        raise NotFound("rulebook.not_found")
    return _entity(row)


def rulebooks(
    uow: UnitOfWork, *, council_unit_id: UUID | None, on: date, limit: int, cursor: Sequence[Any] | None = None
) -> list[Rulebook]:
    """Newest first; the acting unit's, those below it, and those above it that it may use."""
    query = select(table).where(own(uow, table))
    if council_unit_id is not None:
        query = query.where(*_usable(uow, council_unit_id, on))
    return [_entity(row) for row in uow.rows(page(query, cursor, limit, table.c.id, newest_first=True))]


def _usable(uow: UnitOfWork, council_unit_id: UUID, on: date) -> list[ColumnElement[bool]]:
    """For a query: those that `Rulebook.ensure_usable` lets a session of the unit's council use; none outside the own
    subtree, as for a unit that nobody has."""
    here = unit.c.scope_path.startswith(uow.context.scope, autoescape=True)
    path = select(unit.c.scope_path).where(own(uow, unit), unit.c.id == council_unit_id, here).scalar_subquery()
    in_force = [table.c.status == RulebookStatus.PUBLISHED, table.c.valid_from <= on]
    return [*in_force, func.starts_with(path, table.c.scope_path)]


def last_edition(uow: UnitOfWork, lineage_id: UUID) -> int:
    query = select(func.coalesce(func.max(table.c.edition), 0)).where(own(uow, table), table.c.lineage_id == lineage_id)
    return int(uow.execute(query).scalar_one())


def add_rulebook(uow: UnitOfWork, rulebook: Rulebook) -> None:
    values = {**asdict(rulebook), "rules": rules_to_json(rulebook.rules)}
    uow.execute(insert(table).values(tenant=uow.tenant, **values))


def save_rulebook(uow: UnitOfWork, rulebook: Rulebook) -> None:
    """Its state only: the rules of a rulebook are never written again."""
    save(
        uow,
        table,
        rulebook.id,
        status=rulebook.status,
        published_at=rulebook.published_at,
        version=rulebook.version,
    )
