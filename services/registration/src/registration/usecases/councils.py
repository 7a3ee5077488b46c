"""Councils are review's; registration keeps which units have one, so that no dossier goes where nobody judges it."""

from common.database import UnitOfWork

from registration.domain.councils import Council
from registration.store import councils as store


def take_over_council(uow: UnitOfWork, council: Council) -> None:
    store.save_council(uow, council)
