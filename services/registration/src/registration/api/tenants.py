"""Provinces."""

from typing import Any

from common import clock, policies
from common.database import UnitOfWork
from common.http import Blueprint, acting_as, page_of, principal

from registration.api.settings import shown
from registration.domain.settings import Quotas
from registration.schemas import tenants as shapes
from registration.schemas.settings import QuotasShape, SettingsView
from registration.store import tenants as store
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


@blueprint.get("/tenants")
@acting_as("operator")
@blueprint.arguments(shapes.TenantArgs, location="query")
@blueprint.response(200, shapes.TenantPage)
def tenants(uow: UnitOfWork, args: dict[str, Any]) -> Any:
    """Every province on the platform with its standing; nothing of what is in it."""
    after = args["cursor"][0] if args["cursor"] else ""
    uow.enter_tenant(policies.EVERY_TENANT)
    rows = store.tenant_page(uow, q=args["q"], status=args["status"], limit=args["limit"], after=after)
    return page_of(rows, args["limit"], lambda row: [row.tenant])


@blueprint.get("/tenants/<string:tenant>")
@acting_as("operator")
@blueprint.response(200, shapes.OneTenant)
def show_tenant(uow: UnitOfWork, tenant: str) -> Any:
    """One province with its standing and its quotas."""
    return usecases.show_tenant(uow, tenant)


@blueprint.post("/tenants/<string:tenant>/suspend")
@acting_as("operator")
@blueprint.arguments(shapes.GiveReason)
@blueprint.response(200, shapes.StandingView)
def suspend_tenant(uow: UnitOfWork, command: dict[str, Any], tenant: str) -> Any:
    """Refuse everybody of a province, with a reason, until it is resumed."""
    return usecases.suspend_tenant(uow, tenant, reason=command["reason"])


@blueprint.post("/tenants/<string:tenant>/resume")
@acting_as("operator")
@blueprint.response(200, shapes.StandingView)
def resume_tenant(uow: UnitOfWork, tenant: str) -> Any:
    """Let a suspended province work again, or a closed one until the day its retention ends."""
    return usecases.resume_tenant(uow, tenant, today=clock.today())


@blueprint.post("/tenants/<string:tenant>/close")
@acting_as("operator")
@blueprint.arguments(shapes.GiveReason)
@blueprint.response(200, shapes.StandingView)
def close_tenant(uow: UnitOfWork, command: dict[str, Any], tenant: str) -> Any:
    """Let a province leave: exported now, deleted after its retention."""
    return usecases.close_tenant(uow, tenant, reason=command["reason"], today=clock.today(), now=clock.now())


@blueprint.put("/tenants/<string:tenant>/quotas")
@acting_as("operator")
@blueprint.arguments(QuotasShape)
@blueprint.response(200, SettingsView)
def set_quotas(uow: UnitOfWork, command: dict[str, Any], tenant: str) -> Any:
    """What the province may use; 0 stands for what the platform gives everybody."""
    return shown(usecases.set_quotas(uow, tenant, Quotas(**command), now=clock.now()))


@blueprint.post("/tenants/<string:tenant>/administrator")
@acting_as("operator")
@blueprint.arguments(shapes.AppointAdministrator)
@blueprint.response(201, shapes.TenantView)
def appoint_administrator(uow: UnitOfWork, command: dict[str, Any], tenant: str) -> Any:
    """Name the first administrator of a province that has none, such as an imported one."""
    issuer = principal().identity.issuer
    return usecases.appoint_administrator(uow, tenant, **command, issuer=issuer, today=clock.today())
