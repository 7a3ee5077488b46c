"""A tenant's settings: each change is a new version, told to every service."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Forbidden

from registration.domain.settings import Document, Quotas, Settings, document_of
from registration.domain.vocabulary import Role
from registration.store import settings as store


def record_settings(
    uow: UnitOfWork, document: Document, *, before: int, now: datetime, by: UUID | None, role: str
) -> Settings:
    """The next version after `before`."""
    document.ensure_sound()
    made = Settings(uow.tenant, before + 1, document)
    store.add_settings(uow, made, at=now, by=by, role=role)
    store.save_quotas(uow, made)
    uow.emit(made.recorded())
    return made


def adopt_preset(uow: UnitOfWork, *, preset: str | None = None, valid_from: date, now: datetime) -> Document:
    """A new tenant's first settings: the preset named, else that of the law when its root began."""
    document = store.preset(preset or store.preset_of(valid_from))
    record_settings(uow, document, before=0, now=now, by=None, role=Role.OPERATOR)
    return document


def ensure_whole(scope: str) -> None:
    """Raises Forbidden unless the grant is one at the root: of the whole province."""
    if scope.strip("/").count("/"):
        raise Forbidden("settings.of_the_root")


def change_settings(
    uow: UnitOfWork, *, scope: str, expected: int | None, now: datetime, by: UUID, values: dict[str, Any]
) -> Settings:
    """By an administrator of the whole province; the quotas stay the operator's. Raises Forbidden, Stale, Invalid."""
    ensure_whole(scope)
    current = store.settings(uow)
    current.ensure_version(expected)
    document = replace(document_of(values), quotas=current.document.quotas)
    document.ensure_sound()
    document.ensure_keeps(store.used_levels(uow), current.document)
    return record_settings(uow, document, before=current.version, now=now, by=by, role=Role.ADMINISTRATOR)


def set_quotas(uow: UnitOfWork, quotas: Quotas, *, now: datetime) -> Settings:
    """By the operator, in the tenant that the unit of work has entered."""
    current = store.settings(uow)
    document = replace(current.document, quotas=quotas)
    return record_settings(uow, document, before=current.version, now=now, by=None, role=Role.OPERATOR)
