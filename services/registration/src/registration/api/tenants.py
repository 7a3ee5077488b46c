"""Provinces."""

from typing import Any

from common import clock
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, principal

from registration.schemas import tenants as shapes
from registration.usecases import tenants as usecases

blueprint = Blueprint("tenants", __name__, url_prefix="/v1", description="Tỉnh, thành phố")


@blueprint.post("/tenants")
@acting_as("operator")
@blueprint.arguments(shapes.CreateTenant)
@blueprint.response(201, shapes.TenantView)
def create_tenant(uow: UnitOfWork, command: dict[str, Any]) -> Any:
    """Create a province, ready to use."""
    issuer = principal().identity.issuer
    since = command.pop("valid_from") or clock.today()
    return usecases.create_tenant(uow, **command, issuer=issuer, valid_from=since, today=clock.today(), now=clock.now())


@blueprint.post("/tenants/<string:tenant>/administrator")
@acting_as("operator")
@blueprint.arguments(shapes.AppointAdministrator)
@blueprint.response(201, shapes.TenantView)
def appoint_administrator(uow: UnitOfWork, command: dict[str, Any], tenant: str) -> Any:
    """Name the first administrator of a province that has none, such as an imported one."""
    issuer = principal().identity.issuer
    return usecases.appoint_administrator(uow, tenant, **command, issuer=issuer, today=clock.today())
