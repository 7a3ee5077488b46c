"""Rulebooks: written by a unit, published once, followed by a new edition instead of a change."""

from datetime import date, datetime
from uuid import UUID

from common.database import UnitOfWork
from common.errors import Invalid, NotFound
from common.ids import new_id

from review.domain.rulebooks import Rulebook, Rules
from review.store import reference
from review.store import rulebooks as store


def draft_rulebook(
    uow: UnitOfWork, *, unit_id: UUID, valid_from: date, rules: Rules, succeeds: UUID | None = None
) -> Rulebook:
    """A first edition, or with `succeeds` the next one of that rulebook's lineage."""
    unit = reference.unit(uow, unit_id)
    unit.ensure_under(uow.context.scope)
    rules.ensure_sound()
    rulebook = Rulebook(
        id=new_id(),
        lineage_id=new_id(),
        edition=1,
        unit_id=unit.id,
        scope_path=unit.scope_path,
        valid_from=valid_from,
        rules=rules,
    )
    if succeeds:
        _continue_lineage(uow, rulebook, succeeds)
    store.add_rulebook(uow, rulebook)
    return rulebook


def adopt_template(uow: UnitOfWork, *, unit_id: UUID, valid_from: date, now: datetime) -> Rulebook:
    """A new province's first rulebook, published, so that a council may sit before it has issued its own."""
    rulebook = draft_rulebook(uow, unit_id=unit_id, valid_from=valid_from, rules=store.template())
    return publish_rulebook(uow, rulebook.id, now=now)


def _continue_lineage(uow: UnitOfWork, rulebook: Rulebook, succeeds: UUID) -> None:
    before = store.find_rulebook(uow, succeeds)
    if before is None or before.unit_id != rulebook.unit_id:
        raise Invalid("rulebook.no_such_predecessor", pointer="/succeeds")
    rulebook.lineage_id = before.lineage_id
    rulebook.edition = store.last_edition(uow, before.lineage_id) + 1


def publish_rulebook(uow: UnitOfWork, rulebook_id: UUID, *, now: datetime) -> Rulebook:
    """From now on sessions may use it, and nobody can change it."""
    rulebook = store.rulebook(uow, rulebook_id)
    rulebook.publish(now)
    store.save_rulebook(uow, rulebook)
    return rulebook


def show_rulebook(uow: UnitOfWork, rulebook_id: UUID) -> Rulebook:
    """Raises NotFound for one that the acting unit has no part in."""
    rulebook = store.find_rulebook(uow, rulebook_id)
    if rulebook is None:
        raise NotFound("rulebook.not_found")
    return rulebook
