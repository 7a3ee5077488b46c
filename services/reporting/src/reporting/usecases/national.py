"""The centre's side: it takes in what provinces give, and shows the country."""

from datetime import datetime
from typing import Any

from common.centre import CENTRE, is_province
from common.database import UnitOfWork
from common.errors import Forbidden
from common.tenants import Status

from reporting.domain import national
from reporting.domain.figures import Span
from reporting.domain.national import Received
from reporting.store import national as store
from reporting.store import projections


def receive(uow: UnitOfWork, one: Received) -> None:
    """Told in the province's name; the transaction goes on in the centre."""
    if is_province(one.province):
        uow.enter_tenant(CENTRE)
        store.save_received(uow, one)


def hold_still(uow: UnitOfWork, heir: str) -> None:
    """Before a merger: no roll-up of the heir is being drawn until all of the other's rows are there."""
    projections.lock_figures(uow, heir)


def record_province(uow: UnitOfWork, told: dict[str, Any], now: datetime) -> None:
    """Which provinces there are is public; since when one's figures are its heir's is what is known here only."""
    if not is_province(told["code"]):
        return
    values = {name: told[name] for name in ("version", "name", "status", "heir")}
    merged_at = now if told["status"] == Status.MERGED else None
    uow.enter_tenant(CENTRE)
    store.save_province(uow, {"province": told["code"], "merged_at": merged_at, **values})


def show_country(uow: UnitOfWork, span: Span) -> dict[str, Any]:
    """Raises Forbidden to whoever is not of the centre."""
    if uow.tenant != CENTRE:
        raise Forbidden("national.of_the_centre")
    found = national.national(store.received(uow, span), store.known_provinces(uow), span)
    return {"from_year": span.from_year, "to_year": span.to_year, **found}
