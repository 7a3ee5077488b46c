"""What registration tells about units, people and cycles, taken over."""

from common.database import UnitOfWork

from review.domain.reference import Cycle, Person, Unit
from review.store import reference as store
from review.store import structure


def take_over_unit(uow: UnitOfWork, unit: Unit) -> None:
    """Keep its newest state; where it moved in the tree, everything of it here moves with it."""
    structure.note(uow, unit)
    before = store.find_unit_path(uow, unit.id)
    if store.save_unit(uow, unit) and before not in (None, unit.scope_path):
        store.move_rows(uow, unit)


def take_over_person(uow: UnitOfWork, person: Person) -> None:
    store.save_person(uow, person)


def take_over_cycle(uow: UnitOfWork, cycle: Cycle) -> None:
    store.save_cycle(uow, cycle)
