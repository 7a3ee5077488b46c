"""Registration's own metrics: what waits longer than the law lets it."""

from collections.abc import Callable

from common import clock
from common.database import Context, UnitOfWork
from common.outbox import EVERY_TENANT
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.exc import DBAPIError

from registration.store import subject_requests as store


def observe(unit_of_work: Callable[[Context], UnitOfWork], registry: CollectorRegistry) -> None:
    """Asked of the database at each scrape; every replica answers the same."""
    overdue = Gauge(
        "subject_requests_overdue", "Requests about personal data past their day.", ["service"], registry=registry
    )
    overdue.labels("registration").set_function(lambda: _count_overdue(unit_of_work))


def _count_overdue(unit_of_work: Callable[[Context], UnitOfWork]) -> float:
    """Not a number while the database is away: nobody knows then."""
    try:
        with unit_of_work(Context(EVERY_TENANT)) as uow:
            return store.count_overdue(uow, clock.today())
    except DBAPIError:
        return float("nan")
